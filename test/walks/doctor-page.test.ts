import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Doctor, KEPT } from '../../src/doctor/doctor.ts';
import { describeOnBothEngines } from '../databases.ts';
import { textOf } from '../forms.ts';
import { HttpBrowser } from '../http-browser.ts';
import { TestClock } from '../told.ts';
import { openWorld, type World } from '../world.ts';
import { assertNoDefect } from './administration.ts';

const page = '/admin/doctor';

describeOnBothEngines('the doctor’s page', (engine) => {
  let world: World;
  let admin: HttpBrowser;
  before(async () => {
    world = await openWorld({ engine });
    admin = (await world.signIn('dana')).browser;
  });
  after(() => world[Symbol.asyncDispose]());

  const open = (browser = admin, headers = {}) => browser.ask(world.url(page), { headers });

  it('says what it found in the running process and in the request, each with what to do', async () => {
    const { status, body } = await open(admin, { 'x-forwarded-for': '192.0.2.7' });
    assert.equal(status, 200);
    const text = textOf(body);
    assert.match(text, /takes the client’s credentials/);
    assert.match(text, engine === 'sqlite' ? /The database is SQLite/ : /The database is PostgreSQL/);
    assert.match(text, /A proxy stands in front, and TRUST_PROXY does not say so\./);
    assert.match(body, /<code>TRUST_PROXY=1<\/code>/);
    assert.match(text, /could be better|All is well/);
    assertNoDefect(world);
  });

  it('is the same for an auditor, and for everybody else the page that does not exist', async () => {
    assert.equal((await open((await world.signIn('audrey')).browser)).status, 200);
    for (const name of ['alice', 'manuel', 'fiona', 'nobody'] as const)
      assert.equal((await open((await world.signIn(name)).browser)).status, 404, name);
    assert.equal((await open(new HttpBrowser())).status, 303);
  });

  it('answers a GET alone', async () => {
    const { status, headers } = await admin.ask(world.url(page), { method: 'POST', form: {} });
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD']);
  });

  it('shows no secret, and nothing that a header says as anything but text', async () => {
    const host = '"><script>alert(1)</script>';
    const { body } = await open(admin, { 'x-forwarded-host': host, 'x-forwarded-proto': host });
    assert.doesNotMatch(body, /<script/);
    const cookie = await admin.cookies.getCookieString(world.url('/'));
    for (const secret of cookie.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1))) assert.ok(!body.includes(secret));
    assert.doesNotMatch(body, /alice@|dana@|Alice Archer/);
  });

  it('says that the provider is away, and that it is back', async () => {
    await world.stopProvider();
    world.advance(KEPT);
    const away = await open();
    assert.match(
      textOf(away.body),
      /Wrong The provider’s host localhost:\d+ does not take connections from here \(ECONNREFUSED\)/,
    );
    await world.startProvider();
    assert.match(textOf((await open()).body), /does not take connections/, 'kept, for ten seconds');
    world.advance(KEPT);
    assert.doesNotMatch(textOf((await open()).body), /does not take connections/);
  });

  it('examines once, however many ask and however often', async () => {
    const clock = new TestClock();
    let begun = 0;
    const finished = Promise.withResolvers<readonly []>();
    const doctor = new Doctor(async () => {
      begun += 1;
      return finished.promise;
    }, clock.now);
    const asked = [doctor.examination(), doctor.examination()];
    clock.advance(KEPT * 2);
    asked.push(doctor.examination());
    finished.resolve([]);
    await Promise.all(asked);
    await doctor.examination();
    clock.advance(KEPT - 1);
    await doctor.examination();
    assert.equal(begun, 1);
    clock.advance(1);
    await doctor.examination();
    assert.equal(begun, 2);
  });
});

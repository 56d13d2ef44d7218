import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { fieldsOf, mistakesOn, submit, textOf } from '../forms.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import { assertNoDefect, giveByHand, personId } from './administration.ts';

const list = '/admin/people';

describeOnBothEngines('the pages of people', (engine) => {
  let world: World;
  let admin: HttpBrowser;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'charlie', 'nobody', 'mallory', 'nameless', 'markup'] as const) await world.signIn(name);
    admin = (await world.signIn('dana')).browser;
  });
  after(() => world[Symbol.asyncDispose]());

  const open = async (path: string, browser = admin) => browser.ask(world.url(path));
  const landOn = async ({ location = '' }: Answer) => admin.ask(location);
  const pathOf = async (name: CastName) => `${list}/${await personId(world, name)}`;
  const press = async (path: string, way: string, typed: Readonly<Record<string, string>> = {}) =>
    submit(admin, await open(path), `${path}/${way}`, typed);
  const removals = (body: string) => [...body.matchAll(/action="([^"]+\/removal)"/g)].map(([, action = '']) => action);
  const isIn = async (browser: HttpBrowser) => (await open('/dashboard', browser)).status === 200;
  const audited = async (action: string) =>
    world.db.selectFrom('audit_entry').selectAll().where('action', '=', action).orderBy('id').execute();

  it('list who has signed in, with what they may do; a name with markup is text', async () => {
    const { body } = await open(list);
    const text = textOf(body);
    for (const words of [
      'Alice Archer alice@example.com Finance, as a member',
      'Nora Nobody nobody@example.com Sees nothing',
      'Dana Dyer dana@example.com Every team, as an admin',
      'Somebody without a name',
    ])
      assert.ok(text.includes(words), `${words} in ${text}`);
    assert.doesNotMatch(text, /Bob Baker/, 'who never came is not here');
    assert.doesNotMatch(body, /<script/);
  });

  it('say what somebody may do and why, and what the provider said, to an admin and to another one alike', async () => {
    await giveByHand(world, await personId(world, 'alice'), { role: 'member', team_id: 'marketing' });
    const path = await pathOf('alice');
    const page = await open(path);
    const text = textOf(page.body);
    for (const words of [
      'E-mail alice@example.com (verified)',
      'Finance, as a member A rule gives this to everybody whose e-mail address is alice@example.com.',
      'Marketing, as a member Given by Dana Dyer on',
      'At the provider sub-alice',
      'did not say anything about groups',
      'Signed in',
    ])
      assert.ok(text.includes(words), `${words} in ${text}`);
    assert.doesNotMatch(text, /marker/);
    await giveByHand(world, await personId(world, 'charlie'), { role: 'admin', team_id: null });
    const { browser } = await world.signIn('charlie');
    assert.equal(textOf((await open(path, browser)).body), text);
    assert.equal(textOf((await open(list, browser)).body), textOf((await open(list)).body));
    await world.db.deleteFrom('right_grant').execute();
  });

  it('say so where an address is not verified, or there is neither name nor address', async () => {
    assert.match(
      textOf((await open(await pathOf('mallory'))).body),
      /dana@example\.com \(not verified, so no rule counts for it\)/,
    );
    assert.match(textOf((await open(await pathOf('nameless'))).body), /Somebody without a name E-mail none was sent/);
  });

  it('list what the provider said one by one, and fold away what is long', async () => {
    world.tell('bob', { groups: Array.from({ length: 60 }, (_, index) => `CN=group ${index},DC=example`), department: 'Sales' });
    await world.signIn('bob');
    const { body } = await open(await pathOf('bob'));
    assert.match(body, /<details><summary>50 values and 10 more<\/summary>/);
    assert.match(body, /<li>CN=group 0,DC=example<\/li><li>CN=group 1,DC=example<\/li>/);
    assert.match(textOf(body), /department Sales groups/);
    assert.equal(body.split('<details>').length, 2);
  });

  it('explain why somebody sees a team, or why not, by the rules that would have to fit', async () => {
    const path = await pathOf('alice');
    const why = async (team: string, at = path) => textOf((await open(`${at}?team=${team}`)).body);
    assert.match(await why('finance'), /Alice Archer sees Finance\. Member\. A rule gives this/);
    assert.match(
      await why('marketing'),
      /none of its rules fits\. A rule wants everybody whose e-mail address is charlie@example\.com\. Theirs: alice@example\.com\./,
    );
    assert.match(await why('finance', await pathOf('mallory')), /dana@example\.com is not verified by your company’s sign-in/);
    await world.db.insertInto('team').values({ id: 'closed', label: 'Closed', currency: 'EUR' }).execute();
    assert.match(await why('closed'), /No rule gives Closed to anybody, and Alice Archer was not given it by an admin\./);
    for (const team of ['nothing', '__proto__', '']) assert.doesNotMatch((await open(`${path}?team=${team}`)).body, /id="why"/);
  });

  it('give a role that counts on the person’s next request, once, and take it back', async () => {
    const { browser } = await world.signIn('nobody');
    const path = await pathOf('nobody');
    assert.equal((await open('/team/finance', browser)).status, 404);
    const given = await landOn(await press(path, 'grants', { role: 'manager', team: 'finance' }));
    assert.match(textOf(given.body), /The role is given, and counts from now on\./);
    assert.equal((await open('/team/finance', browser)).status, 200, 'without signing in again');
    const again = await landOn(await press(path, 'grants', { role: 'manager', team: 'finance' }));
    assert.match(textOf(again.body), /so nothing was changed/);
    await press(path, 'grants', { role: 'member', team: 'marketing' });
    const { body } = await open(path);
    assert.equal(removals(body).length, 2);
    const [first = '', second = ''] = removals(body);
    assert.match(textOf((await landOn(await submit(admin, await open(path), first))).body), /The role is taken back\./);
    assert.ok(await isIn(browser), 'something is left to them');
    await submit(admin, await open(path), second);
    assert.ok(!(await isIn(browser)), 'whoever has nothing left is out');
    for (const gone of [first, second]) assert.equal((await admin.ask(world.url(gone), { method: 'POST' })).status, 404);
    assert.deepEqual(
      (await audited('grant-added')).map(({ about_name: name, detail }) => [name, detail]),
      [
        ['Nora Nobody', '{"what":"Finance, as a manager"}'],
        ['Nora Nobody', '{"what":"Marketing, as a member"}'],
      ],
    );
    assert.equal((await audited('grant-removed')).length, 2);
  });

  it('take no role that makes no sense: the page comes back with what was chosen and a sentence beside it', async () => {
    const path = await pathOf('nobody');
    for (const [typed, expected] of [
      [{ role: 'member', team: '' }, { team: 'Choose the team.' }],
      [{ role: 'admin', team: 'finance' }, { team: 'This role counts for every team. Choose no team.' }],
      [{ role: 'owner', team: '' }, { role: 'Choose a role.' }],
      [{ role: 'member', team: 'nothing' }, { team: 'Choose the team.' }],
    ] as const) {
      const answer = await press(path, 'grants', typed);
      assert.equal(answer.status, 422);
      assert.deepEqual(mistakesOn(answer.body), expected);
      assert.match(textOf(answer.body), /Nora Nobody E-mail nobody@example\.com/);
      const shown = fieldsOf(answer.body, `${path}/grants`);
      if (typed.role !== 'owner') assert.equal(shown['role'], typed.role);
      if (typed.team !== 'nothing') assert.equal(shown['team'], typed.team);
    }
    assert.equal((await audited('grant-added')).length, 2, 'as before');
  });

  it('sign somebody out everywhere, who may sign in again', async () => {
    const [one, two] = [(await world.signIn('alice')).browser, (await world.signIn('alice')).browser];
    const path = await pathOf('alice');
    const page = await landOn(await press(path, 'sessions/ending'));
    assert.match(textOf(page.body), /They are signed out everywhere\. They can come back .*Nowhere at the moment\./);
    assert.ok(!page.body.includes(`${path}/sessions/ending`), 'there is nothing left to end');
    for (const browser of [one, two]) assert.ok(!(await isIn(browser)));
    assert.ok(await isIn((await world.signIn('alice')).browser));
  });

  it('disable somebody: out everywhere at once, kept out at sign-in, and let in again', async () => {
    const { browser } = await world.signIn('alice');
    const path = await pathOf('alice');
    const page = await landOn(await press(path, 'disabling'));
    assert.match(textOf(page.body), /Their access has ended, everywhere and at once\. Disabled since .* cannot sign in/);
    assert.ok(!(await isIn(browser)));
    const { landed } = await world.signIn('alice');
    assert.equal(landed.status, 403);
    assert.match(textOf(landed.body), /an admin of Outlay has ended your access/);
    assert.match(textOf((await open(list)).body), /Alice Archer Disabled/);
    assert.match(textOf((await open(`${path}?team=finance`)).body), /has been disabled, and sees nothing at all/);
    assert.equal((await admin.ask(world.url(`${path}/disabling`), { method: 'POST' })).status, 303, 'twice is once');
    const back = await landOn(await press(path, 'enabling'));
    assert.match(textOf(back.body), /They can sign in again\./);
    assert.ok(await isIn((await world.signIn('alice')).browser));
    assert.equal((await audited('person-disabled')).length, 1);
    assert.equal((await audited('person-enabled')).length, 1);
  });

  it('let nobody disable themselves', async () => {
    const path = await pathOf('dana');
    assert.ok(!(await open(path)).body.includes('/disabling'));
    const answer = await admin.ask(world.url(`${path}/disabling`), { method: 'POST' });
    assert.equal(answer.status, 409);
    assert.match(textOf(answer.body), /You cannot disable yourself\. Ask another admin to do it\./);
    assert.ok(await isIn(admin));
  });

  it('keep the last admin, whoever wants them gone', async () => {
    const grant = await giveByHand(world, await personId(world, 'bob'), { role: 'admin', team_id: null });
    const { browser } = await world.signIn('bob');
    await world.db.updateTable('rule').set({ value: 'gone@example.com' }).where('value', '=', 'dana@example.com').execute();
    const removal = `${await pathOf('bob')}/grants/${grant}/removal`;
    const refused = await browser.ask(world.url(removal), { method: 'POST' });
    assert.equal(refused.status, 409);
    assert.match(textOf(refused.body), /The last admin stays Nobody would be an admin any more, so nothing was changed\./);
    assert.ok((await open('/admin/teams', browser)).status === 200);
    await world.db.updateTable('rule').set({ value: 'dana@example.com' }).where('value', '=', 'gone@example.com').execute();
    assert.equal((await browser.ask(world.url(removal), { method: 'POST' })).status, 303, 'with another one it goes');
  });

  it('are found by name or address, in pages that show each of them once', async () => {
    const row = await world.db.selectFrom('person').selectAll().where('subject', '=', 'sub-nobody').executeTakeFirstOrThrow();
    const many = Array.from({ length: 120 }, (_, index) => {
      // Several of one name, so that a page ends among them.
      const name = `Zoë ${Math.floor(index / 30)}`;
      const email = `z${index % 7}%_\\@example.org`;
      return {
        ...row,
        id: randomUUIDv7(),
        subject: `many-${index}`,
        name,
        email,
        sort_name: `zoe ${Math.floor(index / 30)} ${email}`,
      };
    });
    await world.db.insertInto('person').values(many).execute();
    const seen: string[] = [];
    let path: string | undefined = `${list}?q=ZOE`;
    while (path !== undefined) {
      const { body } = await open(path);
      seen.push(...[...body.matchAll(/href="\/admin\/people\/([^"?]+)"/g)].map(([, id = '']) => id));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
    assert.equal(seen.length, 120);
    assert.equal(new Set(seen).size, 120);
    const found = async (q: string) =>
      [...(await open(`${list}?q=${encodeURIComponent(q)}`)).body.matchAll(/class="row-title"/g)].length;
    assert.equal(await found('z0%_\\'), 18, 'what a pattern means stands for itself');
    assert.equal(await found('alice@EXAMPLE.com'), 1);
    for (const none of ['z_%', 'nobody at all'])
      assert.match(textOf((await open(`${list}?q=${encodeURIComponent(none)}`)).body), /Nobody is called that/);
    assertNoDefect(world);
  });
});

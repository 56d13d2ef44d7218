import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { it } from 'node:test';
import { addGrant } from '../../src/rights/grants.ts';
import { fillPath, paths } from '../../src/web/paths.ts';
import { type CastName, cast } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

async function idOf({ db }: World, name: CastName): Promise<string> {
  const { id } = await db.selectFrom('person').select('id').where('subject', '=', cast[name].subject).executeTakeFirstOrThrow();
  return id;
}

async function makeAdmin(world: World, name: CastName): Promise<{ browser: HttpBrowser; id: string }> {
  const { browser } = await world.signIn(name);
  const id = await idOf(world, name);
  await world.db
    .transaction()
    .execute((transaction) => addGrant(transaction, id, { role: 'admin', teamId: null }, 'Dana', new Date()));
  return { browser, id };
}

/** Sends a form but for its last character, does something meanwhile, and then sends the rest. @returns the status. */
async function postSlowly(world: World, browser: HttpBrowser, path: string, form: string, meanwhile: () => Promise<unknown>) {
  const url = world.url(path);
  const headers = {
    accept: 'text/html',
    cookie: await browser.cookies.getCookieString(url),
    origin: world.baseUrl,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(form.length),
    // Answered once the request has been read up to its body.
    expect: '100-continue',
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sending = request(url, { method: 'POST', headers }, (response) => resolve(response.resume().statusCode ?? 0));
  sending.on('error', reject);
  await Promise.race([once(sending, 'continue'), promise]);
  sending.write(form.slice(0, -1));
  // What comes after it is answered: it would have been let in by now, if it were before it is there as a whole.
  await browser.ask(world.url(paths.profile));
  await meanwhile();
  sending.end(form.slice(-1));
  return promise;
}

describeOnBothEngines('a right that was taken away', (engine) => {
  it('is gone for a request that had begun before, and whose form arrives afterwards', async () => {
    await using world = await openWorld({ engine });
    const { browser: dana } = await world.signIn('dana');
    const { browser: bob, id: bobId } = await makeAdmin(world, 'bob');
    await world.signIn('mallory');
    const malloryId = await idOf(world, 'mallory');
    const attempts = [
      [fillPath(paths.adminPersonGrants, { id: malloryId }), 'role=admin&team='],
      [paths.adminTeams, 'label=Mallory%27s&currency=EUR&id=mallory'],
    ] as const;
    const disable = () => dana.ask(world.url(fillPath(paths.adminPersonDisabling, { id: bobId })), { method: 'POST' });
    const statuses: number[] = [];
    for (const [path, form] of attempts) {
      await world.db.updateTable('person').set({ disabled_at: null }).where('id', '=', bobId).execute();
      await world.signIn('bob', bob);
      statuses.push(await postSlowly(world, bob, path, form, disable));
    }
    assert.deepEqual(statuses, [401, 401]);
    const granted = await world.db.selectFrom('right_grant').select('person_id').execute();
    assert.deepEqual(
      granted.map(({ person_id: who }) => who),
      [bobId],
    );
    assert.equal(await world.db.selectFrom('team').select('id').where('id', '=', 'mallory').executeTakeFirst(), undefined);
  });

  it('is gone for whoever waited meanwhile: of two admins who put each other out at once, one stays', async () => {
    await using world = await openWorld({ engine });
    // Without a third one, the last admin's right to stay would already decide it.
    await world.signIn('dana');
    const [alice, bob] = [await makeAdmin(world, 'alice'), await makeAdmin(world, 'bob')];
    for (let round = 0; round < 5; round += 1) {
      await world.db.updateTable('person').set({ disabled_at: null }).execute();
      await Promise.all([world.signIn('alice', alice.browser), world.signIn('bob', bob.browser)]);
      const disable = (by: HttpBrowser, id: string) =>
        by.ask(world.url(fillPath(paths.adminPersonDisabling, { id })), { method: 'POST' });
      await Promise.all([disable(alice.browser, bob.id), disable(bob.browser, alice.id)]);
      const out = await world.db.selectFrom('person').select('id').where('disabled_at', 'is not', null).execute();
      assert.equal(out.length, 1, `round ${round}`);
    }
  });

  it('is gone for an export that goes on: what is recorded after it was asked for is not in it', async () => {
    await using world = await openWorld({ engine });
    const { browser: dana } = await world.signIn('dana');
    const bob = await makeAdmin(world, 'bob');
    // More than what the network and the program hold, so that the rest is read once the reader goes on.
    const detail = JSON.stringify({ text: 'x'.repeat(4_000) });
    for (let batch = 0; batch < 20; batch += 1) {
      const rows = Array.from({ length: 500 }, (_, index) => {
        const id = `00000000-${String(batch).padStart(4, '0')}-${String(index).padStart(4, '0')}`;
        return { id, at: new Date(0).toISOString(), action: 'signed-in', detail };
      });
      await world.db.insertInto('audit_entry').values(rows).execute();
    }
    const url = world.url(paths.auditExport);
    const headers = { cookie: await bob.browser.cookies.getCookieString(url), origin: world.baseUrl };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request(url, { method: 'POST', headers }, resolve).on('error', reject).end();
    const response = await promise;
    await dana.ask(world.url(fillPath(paths.adminPersonDisabling, { id: bob.id })), { method: 'POST' });
    let lines = 0;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      lines += String(chunk).split('\n').length - 1;
      text = (text + String(chunk)).slice(-20_000);
    }
    assert.ok(lines >= 10_000, 'all of what there was');
    assert.match(text, /"audit-exported"/, 'up to the export itself');
    assert.doesNotMatch(text, /"person-disabled"/);
  });

  it('does not come back with a session of before: who is let in again signs in anew', async () => {
    await using world = await openWorld({ engine });
    const { browser: dana } = await world.signIn('dana');
    const { browser: bob } = await world.signIn('bob');
    const id = await idOf(world, 'bob');
    // By hand, or by a process that ended before it could end the sessions.
    await world.db.updateTable('person').set({ disabled_at: new Date().toISOString() }).where('id', '=', id).execute();
    assert.equal((await bob.ask(world.url(paths.profile))).status, 303);
    await dana.ask(world.url(fillPath(paths.adminPersonEnabling, { id })), { method: 'POST' });
    assert.equal((await bob.ask(world.url(paths.profile))).status, 303);
    await world.signIn('bob', bob);
    assert.equal((await bob.ask(world.url(paths.profile))).status, 200);
  });

  it('is gone for every change of rights that waited for the one that took it away', async () => {
    await using world = await openWorld({ engine });
    const { browser: dana } = await world.signIn('dana');
    const bob = await makeAdmin(world, 'bob');
    await world.signIn('alice');
    const aliceId = await idOf(world, 'alice');
    const { version: seen } = await world.db.selectFrom('rule_book').select('version').executeTakeFirstOrThrow();
    const grant = (personId: string) =>
      world.db
        .transaction()
        .execute((transaction) => addGrant(transaction, personId, { role: 'member', teamId: 'empty' }, 'Dana', new Date()));
    const given = await grant(aliceId);
    const posts: readonly [string, Record<string, string>][] = [
      [fillPath(paths.adminPersonGrants, { id: aliceId }), { role: 'admin', team: '' }],
      [fillPath(paths.adminPersonGrantRemoval, { id: aliceId, grant: given?.id ?? '' }), {}],
      // Not Dana: were that the first of all, nobody would take anything away.
      [fillPath(paths.adminPersonDisabling, { id: aliceId }), {}],
      [paths.adminRuleChanges, { seen, kind: 'add', claim: 'x', operator: 'equals', value: 'y', role: 'admin', team: '' }],
    ];
    const { id } = await world.db
      .selectFrom('right_grant')
      .select('id')
      .where('person_id', '=', bob.id)
      .executeTakeFirstOrThrow();
    const removal = fillPath(paths.adminPersonGrantRemoval, { id: bob.id, grant: id });
    const [removed, ...refused] = await Promise.all([
      dana.ask(world.url(removal), { method: 'POST' }),
      ...posts.map(([path, form]) => bob.browser.ask(world.url(path), { method: 'POST', form })),
    ]);
    // Whichever came first, nothing of what came after it was done.
    assert.equal(removed?.status, 303);
    const entries = await world.db.selectFrom('audit_entry').select(['action', 'person_id', 'about_id']).orderBy('id').execute();
    const taken = entries.findIndex(({ action, about_id: about }) => action === 'grant-removed' && about === bob.id);
    const changes = ['grant-added', 'grant-removed', 'person-disabled', 'rule-added'];
    const later = entries.slice(taken + 1).filter(({ action, person_id: by }) => by === bob.id && changes.includes(action));
    assert.deepEqual(later, []);
    assert.ok(
      refused.every(({ status }) => [303, 404].includes(status)),
      refused.map(({ status }) => status).join(),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listAudit } from '../../src/audit/entries.ts';
import { linkPending } from '../../src/audit/linking.ts';
import { REFUSALS_OF_ONE, REFUSALS_PER_MINUTE } from '../../src/audit/refusals.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { paths, sessionEndingPath } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { jsonAnswer } from '../hostile-provider/behaviour.ts';
import { type HostileWorld, openHostileWorld } from '../hostile-provider/hostile-world.ts';

async function signIn({ world, provider }: HostileWorld, browser = new HttpBrowser()): Promise<HttpBrowser> {
  provider.behaviour = { claims: (claims) => ({ ...claims, sid: 'sid-1', acr: 'mfa' }) };
  assert.equal((await browser.follow(world.url('/login'))).url, world.url(paths.dashboard));
  return browser;
}

/** The record, the oldest first. */
async function recorded({ world: { db } }: HostileWorld) {
  const { entries } = await listAudit(db, {});
  return entries.toReversed();
}

const shown = (entries: Awaited<ReturnType<typeof recorded>>) =>
  entries.map(({ action, by, about, detail }) => [action, by?.name ?? null, about?.name ?? null, detail['channel'] ?? null]);

describeOnBothEngines('what is recorded', (engine) => {
  it('of signing in and out: who, how, and in which request', async () => {
    await using opened = await openHostileWorld({ engine });
    const browser = await signIn(opened);
    await browser.follow(opened.world.url(paths.logout), { method: 'POST' });
    await browser.follow(opened.world.url(paths.logout), { method: 'POST' });
    await signIn(opened);
    const entries = await recorded(opened);
    assert.deepEqual(shown(entries), [
      ['person-admitted', null, 'Alice Archer', null],
      ['signed-in', 'Alice Archer', null, null],
      ['signed-out', 'Alice Archer', null, null],
      ['signed-in', 'Alice Archer', null, null],
    ]);
    const [admitted, signedIn, signedOut] = entries;
    const { id } = await opened.world.db.selectFrom('person').select('id').executeTakeFirstOrThrow();
    assert.deepEqual([admitted?.about?.id, signedIn?.by?.id, signedOut?.by?.id], [id, id, id]);
    assert.equal(signedIn?.detail['acr'], 'mfa');
    assert.equal(signedIn.detail['issuer'], opened.provider.issuer);
    const line = opened.world.log.find(({ event }) => event === 'signed-in');
    assert.equal(signedIn.reference, line?.['reference']);
    await linkPending(opened.world.db);
    assert.equal((await verifyAudit(opened.world.db)).fault, undefined);
  });

  it('of sessions that end otherwise: by which way, whose, and how many', async () => {
    await using opened = await openHostileWorld({ engine });
    const { provider, world } = opened;
    await signIn(opened);
    const { id_hash: id } = await world.db.selectFrom('session').select('id_hash').executeTakeFirstOrThrow();
    const first = await signIn(opened);
    await first.follow(world.url(sessionEndingPath(id)), { method: 'POST' });
    await first.follow(world.url(sessionEndingPath(id)), { method: 'POST' });
    await signIn(opened);
    await signIn(opened);
    const tell = (claims: Record<string, unknown>) =>
      fetch(world.url(paths.backChannelLogout), {
        method: 'POST',
        body: new URLSearchParams({ logout_token: provider.makeLogoutToken({ claims }) }),
      });
    assert.equal((await tell({ sid: 'sid-1' })).status, 200);
    assert.equal((await tell({ sub: 'sub-alice' })).status, 200);
    assert.equal((await tell({ sub: 'somebody-else' })).status, 200);
    await signIn(opened);
    const query = new URLSearchParams({ iss: provider.issuer, sid: 'sid-1' });
    for (let twice = 0; twice < 2; twice += 1) await fetch(`${world.url(paths.frontChannelLogout)}?${query.toString()}`);
    const ends = (await recorded(opened)).filter(({ action }) => action === 'access-ended');
    assert.deepEqual(
      ends.map(({ by, about, detail }) => [detail['channel'], detail['ended'], by?.name, about?.name]),
      [
        ['profile', 1, 'Alice Archer', 'Alice Archer'],
        ['back-channel', 3, undefined, 'Alice Archer'],
        ['back-channel', 0, undefined, 'Alice Archer'],
        ['back-channel', 0, undefined, undefined],
        ['front-channel', 1, undefined, 'Alice Archer'],
      ],
    );
    const lines = world.log.filter(({ event }) => event === 'access-ended');
    assert.deepEqual(
      ends.map(({ reference }) => reference),
      lines.map((line) => line['reference']),
    );
  });

  it('of all the others that somebody ends, and of a session that the provider no longer lets be renewed', async () => {
    await using opened = await openHostileWorld({ engine, provider: { offlineAccess: true }, revalidation: 60_000 });
    const { provider, world } = opened;
    const now = Math.floor(Date.now() / 1_000);
    await signIn(opened);
    provider.behaviour = { claims: (claims) => ({ ...claims, acr: 'mfa', auth_time: now }) };
    const browser = new HttpBrowser();
    await browser.follow(world.url('/login'));
    await browser.follow(world.url(paths.sessionsEnding), { method: 'POST' });
    provider.behaviour = { refreshAnswer: () => jsonAnswer({ error: 'invalid_grant' }, 400) };
    world.advance(61_000);
    assert.equal((await browser.ask(world.url(paths.dashboard))).status, 303);
    const ends = (await recorded(opened)).filter(({ action }) => action === 'access-ended');
    assert.deepEqual(
      ends.map(({ by, about, detail }) => [detail['channel'], detail['ended'], by?.name, about?.name]),
      [
        ['profile', 1, 'Alice Archer', 'Alice Archer'],
        ['revalidation', 1, undefined, 'Alice Archer'],
      ],
    );
  });

  it('not of somebody who ends their other sessions where there are none, however often', async () => {
    await using opened = await openHostileWorld({ engine });
    const { provider, world } = opened;
    provider.behaviour = { claims: (claims) => ({ ...claims, auth_time: Math.floor(Date.now() / 1_000) }) };
    const browser = new HttpBrowser();
    await browser.follow(world.url('/login'));
    for (let times = 0; times < 3; times += 1) {
      const { status } = await browser.ask(world.url(paths.sessionsEnding), { method: 'POST' });
      assert.equal(status, 303);
    }
    assert.deepEqual(
      (await recorded(opened)).map(({ action }) => action),
      ['person-admitted', 'signed-in'],
    );
  });

  it('of a sign-in that was refused: why, and about whom, where that is known', async () => {
    await using opened = await openHostileWorld({ engine });
    const { provider, world } = opened;
    const browser = await signIn(opened);
    provider.behaviour = { claims: (claims) => ({ ...claims, nonce: 'another' }) };
    const refused = new HttpBrowser();
    assert.equal((await refused.follow(world.url('/login'))).status, 400);
    provider.behaviour = { claims: (claims) => ({ ...claims, session_expiry: 1 }) };
    assert.equal((await browser.follow(world.url('/login'))).status, 400);
    const entries = (await recorded(opened)).filter(({ action }) => action === 'sign-in-refused');
    assert.deepEqual(
      entries.map(({ by, about, detail: { reason, check } }) => [by, about?.name, reason, check]),
      [
        [null, undefined, 'response-not-trusted', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
        [null, 'Alice Archer', 'session-expired', undefined],
      ],
    );
    assert.ok(entries.every(({ detail }) => detail['issuer'] === provider.issuer));
    const references = world.log.filter(({ event }) => event === 'sign-in-refused').map((line) => line['reference']);
    assert.deepEqual(
      entries.map(({ reference }) => reference),
      references,
    );
  });

  it('is nothing of strangers who come back from no attempt of their browser', async () => {
    await using opened = await openHostileWorld({ engine });
    for (const query of ['', '?state=x&code=y', '?error=access_denied&state=x'])
      assert.equal((await new HttpBrowser().ask(opened.world.url(paths.callback) + query)).status, 400);
    assert.deepEqual(await recorded(opened), []);
  });

  it('does not keep a refusal from being one where it cannot be written', async () => {
    await using opened = await openHostileWorld({ engine });
    const { provider, world } = opened;
    await world.db.schema.dropTable('audit_pending').execute();
    provider.behaviour = { claims: (claims) => ({ ...claims, nonce: 'another' }) };
    const { status, body } = await new HttpBrowser().follow(world.url('/login'));
    assert.equal(status, 400);
    assert.match(body, /Signing in did not work/);
    assert.ok(world.log.some(({ event, action }) => event === 'not-recorded' && action === 'sign-in-refused'));
    assert.deepEqual(await world.db.selectFrom('audit_entry').selectAll().execute(), [], 'nor half of it');
  });

  it('is a condition of signing in: where it cannot be written, nobody is signed in', async () => {
    await using opened = await openHostileWorld({ engine });
    const { world } = opened;
    await world.db.schema.dropTable('audit_pending').execute();
    assert.equal((await new HttpBrowser().follow(world.url('/login'))).status, 500);
    for (const table of ['session', 'person'] as const)
      assert.deepEqual(await world.db.selectFrom(table).selectAll().execute(), [], table);
  });
});

describeOnBothEngines('what somebody who is signed in can have recorded', (engine) => {
  it('is bounded for each of them, so that nobody crowds out what others are refused', async () => {
    await using opened = await openHostileWorld({ engine });
    const { provider, world } = opened;
    const browser = await signIn(opened);
    world.advance(60_000 - (Date.now() % 60_000));
    for (let times = 0; times < REFUSALS_PER_MINUTE + 5; times += 1)
      assert.equal((await browser.ask(world.url(paths.adminTeams))).status, 404);
    provider.behaviour = { claims: (claims) => ({ ...claims, nonce: 'another' }) };
    assert.equal((await new HttpBrowser().follow(world.url('/login'))).status, 400);
    const refusals = (await recorded(opened)).filter(({ action }) => action.endsWith('-refused'));
    assert.deepEqual(
      refusals.map(({ action, detail }) => [action, detail['furtherInLogOnly'] ?? false]),
      [
        ...Array.from({ length: REFUSALS_OF_ONE - 1 }, () => ['request-refused', false]),
        ['request-refused', true],
        ['sign-in-refused', false],
      ],
    );
  });
});

describe('what strangers can have recorded', () => {
  it('is bounded: after sixty refusals in a minute, one entry says that further ones stand in the log only', async () => {
    await using opened = await openHostileWorld();
    const { provider, world } = opened;
    provider.behaviour = { claims: (claims) => ({ ...claims, nonce: 'another' }) };
    const refuse = () => new HttpBrowser().follow(world.url('/login'));
    const count = async () => (await world.db.selectFrom('audit_entry').select('id').execute()).length;
    // Into the beginning of a minute by the app's clock, so that all of them fall into one.
    world.advance(60_000 - (Date.now() % 60_000));
    for (let times = 0; times < REFUSALS_PER_MINUTE + 5; times += 1) await refuse();
    assert.equal(await count(), REFUSALS_PER_MINUTE);
    const last = (await recorded(opened)).filter(({ detail }) => detail['furtherInLogOnly'] === true);
    assert.equal(last.length, 1);
    assert.equal(world.log.filter(({ event }) => event === 'sign-in-refused').length, REFUSALS_PER_MINUTE + 5);
    world.advance(60_000);
    await refuse();
    assert.equal(await count(), REFUSALS_PER_MINUTE + 1);
  });
});

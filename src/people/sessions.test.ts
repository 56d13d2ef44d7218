import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { identityOf, ruleBookOf, TestClock, usualLimits } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { noClaims } from '../rights/claims.ts';
import { admit } from './people.ts';
import { SessionStore } from './session-store.ts';
import { addSession, endSession, hashSessionId, listSessions, type Session, touchSession } from './sessions.ts';
import { findViewer } from './viewer.ts';

const minute = 60_000;

describe('a session', () => {
  it('has an id that is kept as its SHA-256, from which nobody gets back to it', () => {
    // The digest of "abc" in FIPS 180-2, appendix B.1.
    const digest = Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex');
    assert.equal(hashSessionId('abc'), digest.toString('base64url'));
  });
});

describeOnBothEngines('a session', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let personId: string;
  let clock: TestClock;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    ({ id: personId } = await admit(db, identityOf(), true, new TestClock().now));
  });
  after(() => fresh[Symbol.asyncDispose]());
  beforeEach(async () => {
    clock = new TestClock();
    await db.deleteFrom('session').execute();
  });

  function sessionOf(id: string, different: Partial<Session> = {}): Session {
    const at = clock.now().toISOString();
    return {
      id_hash: hashSessionId(id),
      person_id: personId,
      issuer: 'https://id.example.com',
      subject: 'sub-alice',
      sid: 'sid-1',
      auth_time: null,
      acr: null,
      amr: '',
      nonce_hash: randomUUID(),
      device: 'A browser',
      address: '192.0.2.1',
      sealed_id_token: 'sealed',
      sealed_refresh_token: null,
      started_at: at,
      seen_at: at,
      ends_at: new Date(clock.now().getTime() + usualLimits.absolute).toISOString(),
      revalidate_at: null,
      ...different,
    };
  }

  const find = (id: string) => findViewer(db, hashSessionId(id), ruleBookOf(db), usualLimits, clock.now);
  const touch = async (id: string) => touchSession(db, hashSessionId(id), usualLimits, clock.now);
  const stored = async (id: string) =>
    db.selectFrom('session').selectAll().where('id_hash', '=', hashSessionId(id)).executeTakeFirst();

  it('says who the viewer is, as the person’s row has it now', async () => {
    await addSession(db, sessionOf('a'), clock.now(), usualLimits, clock.now);
    const viewer = {
      personId,
      sessionIdHash: hashSessionId('a'),
      issuer: 'https://id.example.com',
      subject: 'sub-alice',
      authTime: undefined,
      acr: undefined,
      seenAt: clock.now(),
      revalidateAt: undefined,
      name: 'Alice Archer',
      email: 'alice@example.com',
      locale: undefined,
      verifiedEmail: 'alice@example.com',
      claims: noClaims,
      rights: [],
    };
    assert.deepEqual(await find('a'), viewer);
    await admit(db, identityOf({ name: undefined, emailVerified: false }), true, clock.now);
    assert.deepEqual(await find('a'), { ...viewer, name: undefined, verifiedEmail: undefined });
    await admit(db, identityOf({ email: undefined, emailVerified: true }), true, clock.now);
    assert.deepEqual(await find('a'), { ...viewer, email: undefined, verifiedEmail: undefined });
    await admit(db, identityOf(), true, clock.now);
  });

  it('is nobody’s under another id', async () => {
    await addSession(db, sessionOf('a'), clock.now(), usualLimits, clock.now);
    for (const id of ['b', 'A', '', hashSessionId('a'), '%', "a' or '1'='1"]) assert.equal(await find(id), undefined);
  });

  it('leaves only a hash behind', async () => {
    const id = 'the-session-id-of-the-cookie';
    await addSession(db, sessionOf(id), clock.now(), usualLimits, clock.now);
    assert.ok(!JSON.stringify(await db.selectFrom('session').selectAll().execute()).includes(id));
    assert.equal((await stored(id))?.id_hash, hashSessionId(id));
  });

  it('ends 30 minutes after the last request', async () => {
    await addSession(db, sessionOf('a'), clock.now(), usualLimits, clock.now);
    clock.advance(usualLimits.idle - 1);
    assert.notEqual(await find('a'), undefined);
    clock.advance(1);
    assert.equal(await find('a'), undefined);
  });

  it('goes on with each request, but not beyond 12 hours after signing in', async () => {
    await addSession(db, sessionOf('a'), clock.now(), usualLimits, clock.now);
    for (let passed = 0; passed < usualLimits.absolute - 20 * minute; passed += 20 * minute) {
      clock.advance(20 * minute);
      assert.notEqual(await find('a'), undefined, `after ${passed / minute} minutes`);
      await touch('a');
    }
    clock.advance(20 * minute - 1);
    assert.notEqual(await find('a'), undefined);
    clock.advance(1);
    assert.equal(await find('a'), undefined);
  });

  it('is written to at most once a minute', async () => {
    await addSession(db, sessionOf('a'), clock.now(), usualLimits, clock.now);
    const began = clock.now().toISOString();
    clock.advance(minute - 1);
    await touch('a');
    assert.equal((await stored('a'))?.seen_at, began);
    clock.advance(1);
    await touch('a');
    assert.equal((await stored('a'))?.seen_at, clock.now().toISOString());
    assert.equal((await stored('a'))?.started_at, began);
  });

  it('that has ended is not brought back by a request that was under way', async () => {
    await addSession(db, sessionOf('signed-out'), clock.now(), usualLimits, clock.now);
    await endSession(db, hashSessionId('signed-out'));
    await addSession(db, sessionOf('idle'), clock.now(), usualLimits, clock.now);
    const seenLast = new Date(clock.now().getTime() + usualLimits.absolute - minute).toISOString();
    await addSession(db, sessionOf('old', { seen_at: seenLast }), clock.now(), usualLimits, clock.now);
    clock.advance(usualLimits.idle);
    for (const id of ['signed-out', 'idle']) {
      await touch(id);
      assert.equal(await find(id), undefined, id);
    }
    assert.equal(await stored('signed-out'), undefined);
    clock.advance(usualLimits.absolute - usualLimits.idle);
    const before = await stored('old');
    await touch('old');
    assert.deepEqual(await stored('old'), before);
  });

  it('is given back when it ends, once, for what is left to do at the provider', async () => {
    const session = sessionOf('a', { acr: 'mfa', auth_time: clock.now().toISOString() });
    await addSession(db, session, clock.now(), usualLimits, clock.now);
    await addSession(db, sessionOf('b'), clock.now(), usualLimits, clock.now);
    assert.deepEqual({ ...(await endSession(db, hashSessionId('a'))) }, session);
    assert.equal(await endSession(db, hashSessionId('a')), undefined);
    assert.notEqual(await find('b'), undefined, 'others go on');
  });

  it('that has ended is cleared away at the next sign-in, and no other', async () => {
    await addSession(db, sessionOf('old'), clock.now(), usualLimits, clock.now);
    clock.advance(1);
    await addSession(db, sessionOf('younger'), clock.now(), usualLimits, clock.now);
    clock.advance(usualLimits.idle - 1);
    await addSession(db, sessionOf('new'), clock.now(), usualLimits, clock.now);
    assert.equal(await stored('old'), undefined);
    assert.notEqual(await stored('younger'), undefined);
    assert.notEqual(await stored('new'), undefined);
  });

  it('that has ended is looked for once a minute, however many people sign in', async () => {
    const store = new SessionStore(db, ruleBookOf(db), { ...usualLimits, idle: 10_000 }, clock.now);
    const signIn = async (id: string) => {
      const { id_hash: _hash, ...begins } = sessionOf(id);
      const user = { begins, begunAt: clock.now() };
      const content = { cookie: { originalMaxAge: null }, passport: { user } };
      await new Promise<void>((resolve, reject) => {
        store.set(id, content, (error: unknown) => (error == null ? resolve() : reject(error)));
      });
    };
    await signIn('first');
    clock.advance(20_000);
    await signIn('second');
    assert.notEqual(await stored('first'), undefined);
    clock.advance(40_000);
    await signIn('third');
    assert.equal(await stored('first'), undefined);
    assert.equal(await stored('second'), undefined);
    assert.notEqual(await stored('third'), undefined);
  });

  it('is not opened where clearing away fails: a sign-in that failed has failed', async () => {
    await addSession(db, sessionOf('stuck'), clock.now(), usualLimits, clock.now);
    await sql`create table hold (id_hash text references session (id_hash))`.execute(db);
    await sql`insert into hold select id_hash from session`.execute(db);
    clock.advance(usualLimits.idle);
    await assert.rejects(addSession(db, sessionOf('new'), clock.now(), usualLimits, clock.now));
    assert.equal(await stored('new'), undefined);
    await sql`drop table hold`.execute(db);
  });

  it('goes with its person', async () => {
    const { id } = await admit(db, identityOf({ subject: 'leaver' }), true, clock.now);
    await addSession(db, sessionOf('a', { person_id: id }), clock.now(), usualLimits, clock.now);
    await db.deleteFrom('person').where('id', '=', id).execute();
    assert.equal(await stored('a'), undefined);
  });

  it('is in its person’s list, the last used first, for as long as it counts', async () => {
    const other = await admit(db, identityOf({ subject: 'other' }), true, clock.now);
    await addSession(db, sessionOf('first'), clock.now(), usualLimits, clock.now);
    await addSession(db, sessionOf('theirs', { person_id: other.id }), clock.now(), usualLimits, clock.now);
    clock.advance(10 * minute);
    await addSession(db, sessionOf('second'), clock.now(), usualLimits, clock.now);
    const viewer = await find('second');
    assert.ok(viewer !== undefined);
    const listed = async () => (await listSessions(db, viewer, usualLimits, clock.now)).map((session) => session.id_hash);
    assert.deepEqual(await listed(), [hashSessionId('second'), hashSessionId('first')]);
    clock.advance(10 * minute);
    await touch('first');
    assert.deepEqual(await listed(), [hashSessionId('first'), hashSessionId('second')]);
    clock.advance(20 * minute);
    assert.deepEqual(await listed(), [hashSessionId('first')]);
  });
});

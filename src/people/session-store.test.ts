import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import type { SessionData } from 'express-session';
import { type KyselyPlugin, sql } from 'kysely';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { identityOf, ruleBookOf, TestClock, usualLimits } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { admit } from './people.ts';
import { SessionStore } from './session-store.ts';
import { endSession, hashSessionId, touchSession } from './sessions.ts';

describeOnBothEngines('the session store', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  let personId: string;
  const clock = new TestClock();
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
    ({ id: personId } = await admit(db, identityOf(), true, clock.now));
  });
  after(() => fresh[Symbol.asyncDispose]());

  /** The store's four verbs as promises. */
  function storeOn(database: Database) {
    const store = new SessionStore(database, ruleBookOf(database), usualLimits, clock.now);
    const asked = <Result>(ask: (callback: (error: unknown, result?: Result) => void) => void) =>
      new Promise<Result | undefined>((resolve, reject) => {
        ask((error, result) => (error == null ? resolve(result) : reject(error)));
      });
    return {
      get: (id: string) => asked<SessionData | null>((callback) => store.get(id, callback)),
      set: (id: string, session: SessionData) => asked((callback) => store.set(id, session, callback)),
      destroy: (id: string) => asked((callback) => store.destroy(id, callback)),
    };
  }

  const cookie = { originalMaxAge: null };

  /** What Passport leaves in the session of the request that signs somebody in. */
  function beginning(): SessionData {
    const at = clock.now().toISOString();
    const begins = {
      person_id: personId,
      issuer: 'https://id.example.com',
      subject: 'sub-alice',
      sid: null,
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
    };
    return { cookie, passport: { user: { begins, begunAt: clock.now() } } };
  }

  async function rows(): Promise<number> {
    return (await db.selectFrom('session').select('id_hash').execute()).length;
  }

  /** A session as a request under way holds it. */
  async function signedIn(id: string): Promise<SessionData> {
    const { get, set } = storeOn(db);
    await set(id, beginning());
    const session = await get(id);
    assert.ok(session != null);
    return session;
  }

  it('reads once for a request and writes nothing, and notes the use of a session once in a minute', async () => {
    const statements: string[] = [];
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => (statements.push(result.rows.length > 0 ? 'read' : 'written'), result),
    };
    await signedIn('counted');
    const { get } = storeOn(db.withPlugin(counting));
    const request = async () => {
      statements.length = 0;
      assert.ok((await get('counted')) != null);
      return [...statements];
    };
    await request();
    for (let times = 0; times < 3; times += 1) assert.deepEqual(await request(), ['read']);
    clock.advance(60_000);
    assert.deepEqual(await request(), ['read', 'written']);
    assert.deepEqual(await request(), ['read']);
  });

  it('gives back the viewer of a session that was saved', async () => {
    const session = await signedIn('saved');
    const user = session.passport?.user;
    assert.ok(user !== undefined && 'viewer' in user);
    assert.equal(user.viewer.personId, personId);
    assert.equal(user.viewer.sessionIdHash, hashSessionId('saved'));
    assert.equal(session.cookie.originalMaxAge, null, 'the browser keeps it until it closes');
  });

  it('knows nothing of an id that was never saved', async () => {
    assert.equal(await storeOn(db).get('never'), null);
  });

  it('knows nothing of a session whose time is over', async () => {
    await signedIn('idle');
    clock.advance(usualLimits.idle);
    assert.equal(await storeOn(db).get('idle'), null);
  });

  it('does not write an ended session back for a request that was under way', async () => {
    const { get, set } = storeOn(db);
    const session = await signedIn('ended');
    await endSession(db, hashSessionId('ended'));
    const before = await rows();
    await set('ended', session);
    assert.equal(await get('ended'), null);
    assert.equal(await rows(), before);
  });

  it('does not write a session back that ended during the very request that began it', async () => {
    const store = storeOn(db);
    const session = beginning();
    await store.set('ended-at-once', session);
    await endSession(db, hashSessionId('ended-at-once'));
    await store.set('ended-at-once', session);
    assert.equal(await store.get('ended-at-once'), null);
  });

  it('does not change a session by saving it again', async () => {
    const session = await signedIn('unchanged');
    const row = () => db.selectFrom('session').selectAll().where('id_hash', '=', hashSessionId('unchanged')).executeTakeFirst();
    const before = await row();
    clock.advance(1_000);
    await storeOn(db).set('unchanged', session);
    await storeOn(db).set('unchanged', beginning());
    assert.deepEqual(await row(), before);
  });

  it('ends a session that nobody is signed in to any more', async () => {
    await signedIn('emptied');
    await storeOn(db).set('emptied', { cookie });
    assert.equal(await storeOn(db).get('emptied'), null);
    await signedIn('emptied-by-passport');
    await storeOn(db).set('emptied-by-passport', { cookie, passport: {} });
    assert.equal(await storeOn(db).get('emptied-by-passport'), null);
  });

  it('writes nothing for a guest', async () => {
    const before = await rows();
    await storeOn(db).set('guest', { cookie });
    assert.equal(await rows(), before);
  });

  it('keeps a session that is used', async () => {
    await signedIn('used');
    for (let request = 0; request < 3; request += 1) {
      clock.advance(usualLimits.idle - 1);
      assert.notEqual(await storeOn(db).get('used'), null);
    }
  });

  it('ends a session when it is told to, and does not mind doing so twice', async () => {
    await signedIn('destroyed');
    await storeOn(db).destroy('destroyed');
    await storeOn(db).destroy('destroyed');
    assert.equal(await storeOn(db).get('destroyed'), null);
  });

  it('hands a failure of the database on, instead of taking everybody for a guest', async () => {
    const other = await openFreshDatabase(engine);
    const { get, set, destroy } = storeOn(other.db);
    await other.db.schema.dropTable('session').execute();
    const failing = await Promise.allSettled([get('x'), set('x', beginning()), destroy('x')]);
    for (const outcome of failing) {
      assert.equal(outcome.status, 'rejected');
      assert.match(String(outcome.reason), /session/);
    }
    await other[Symbol.asyncDispose]();
  });

  it('reads a session also where its use cannot be noted', async () => {
    await signedIn('read-only');
    clock.advance(61_000);
    const readOnly = (on: boolean) =>
      engine === 'sqlite'
        ? sql`pragma query_only = ${sql.lit(on ? 1 : 0)}`
        : sql`set default_transaction_read_only = ${sql.lit(on)}`;
    await db.connection().execute(async (connection) => {
      await readOnly(true).execute(connection);
      try {
        assert.ok((await storeOn(connection).get('read-only')) != null);
        await assert.rejects(touchSession(connection, hashSessionId('read-only'), usualLimits, clock.now), {
          kind: 'unavailable',
        });
      } finally {
        await readOnly(false).execute(connection);
      }
    });
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines, newDatabase, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { assertOnly, complaints } from '../../test/findings.ts';
import { addPerson } from '../../test/people.ts';
import { linkPending } from '../audit/linking.ts';
import { recordAudit } from '../audit/record.ts';
import { usualGroups } from '../config-provider.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { toldClaims } from '../sign-in/told-claims.ts';
import { type DatabaseToExamine, examineDatabase, examineDatabaseAt, judgeCondition, judgeRoom } from './database.ts';
import type { Finding } from './finding.ts';

const issuer = 'https://id.example.com';
const GB = 1_024 ** 3;
/** How much is free here is none of these tests' business, and neither is who owns the tables. */
const ofInterest = (findings: readonly Finding[]) => findings.filter(({ check }) => !['disk', 'audit-wall'].includes(check));

describeOnBothEngines('the doctor at a database', (engine) => {
  let folder: string;
  let database: TestDatabase;
  let db: Database;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-doctor-'));
    database = await newMigratedDatabase(engine);
    db = await openDatabase(database.url);
  });
  after(async () => {
    await db.destroy();
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const about = (more: Partial<DatabaseToExamine> = {}): DatabaseToExamine => ({
    dataDir: folder,
    databaseUrl: database.url,
    receiptFolder: undefined,
    sampleOrganisation: false,
    admin: { email: 'dana@example.com', groupsClaim: 'groups' },
    issuer,
    ...more,
  });
  const examine = async (more: Partial<DatabaseToExamine> = {}) => ofInterest(await examineDatabase(db, about(more)));
  const addRule = (claim: string) =>
    db.insertInto('rule').values({ id: crypto.randomUUID(), claim, value: 'x', role: 'auditor', team_id: null }).execute();
  const noClaims = toldClaims({}, {}, usualGroups);
  const withClaims = async (claims: object, told: object, work: () => Promise<void>) => {
    const person = await addPerson(db, [], { claims: toldClaims(claims, {}, usualGroups), issuer, ...told });
    await work();
    await db.deleteFrom('person').where('id', '=', person.id).execute();
  };

  it('says where a database that is not there yet cannot be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const found = async (path: string) =>
      complaints(ofInterest(await examineDatabaseAt(about({ databaseUrl: `sqlite:${path}` }))));
    assert.deepEqual(await found(join(file, 'data', 'outlay.sqlite')), ['wrong data-folder']);
    assert.deepEqual(await found(join(folder, 'not', 'yet', 'outlay.sqlite')), []);
  });

  it('has nothing to say against a right one, and says what it is', async () => {
    const findings = await examine();
    assert.deepEqual(complaints(findings), [], JSON.stringify(findings, null, 1));
    const what = findings.map(({ what }) => what).join('\n');
    assert.match(what, engine === 'sqlite' ? /The database is SQLite 3\.\d+/ : /The database is PostgreSQL 1\d/);
    assert.match(what, /up to date with this program/);
    assert.match(what, /Nobody has signed in yet/);
  });

  it('finds that nobody can be an admin', async () => {
    assertOnly(await examine({ admin: { groupsClaim: 'groups' } }), 'wrong no-admin', 'ADMIN_EMAIL=you@example.com');
    const entra = await examine({ admin: { groupsClaim: 'groups' }, issuer: 'https://login.microsoftonline.com/x/v2.0' });
    assertOnly(entra, 'wrong no-admin', /^ADMIN_GROUP=/);
  });

  it('finds that the first admin’s address is not verified', async () => {
    await withClaims({}, { email: 'dana@example.com', emailVerified: false }, async () => {
      const [found] = (await examine()).filter(({ check }) => check === 'admin-unverified');
      assert.equal(found?.kind, 'wrong');
      assert.match(found.remedy.where.join(), /Keycloak: Users → the person → Email verified/);
      assert.doesNotMatch(JSON.stringify(await examine()), /dana@example/);
    });
  });

  it('finds groups that are not sent, are none, or are too many', async () => {
    const admin = { group: 'outlay-admins', groupsClaim: 'groups' };
    for (const [claims, complaint, where] of [
      [{}, 'wrong groups-absent', /Entra ID: .*Add groups claim/],
      [{ groups: [] }, 'wrong groups-empty', /Okta: .*Group claims/],
      [{ hasgroups: true }, 'weak groups-overflowing', /Groups assigned to the application/],
    ] as const) {
      await withClaims(claims, {}, async () => {
        assertOnly(
          await examine({ admin }),
          complaint,
          complaint.includes('overflowing') ? '' : 'OIDC_GROUPS_CLAIM=groups',
          where,
        );
      });
    }
    await withClaims({ groups: ['sales'] }, {}, async () => assert.deepEqual(complaints(await examine({ admin })), []));
  });

  it('finds a rule about a claim that nobody has', async () => {
    await addRule('costcenter');
    await withClaims({ cost_center: '4711' }, {}, async () => {
      assertOnly(await examine(), 'weak claim-unknown', 'costcenter');
    });
    await withClaims({ costcenter: '4711' }, {}, async () => assert.deepEqual(complaints(await examine()), []));
    await db.deleteFrom('rule').execute();
  });

  it('finds that everybody came from another issuer', async () => {
    const person = await addPerson(db, [], { claims: noClaims, issuer: `${issuer}/` });
    assertOnly(await examine(), 'weak other-issuer', `OIDC_ISSUER=${issuer}/`);
    await db.deleteFrom('person').where('id', '=', person.id).execute();
  });

  it('finds a database that is older or newer than the program', async () => {
    await using empty = await newDatabase(engine);
    const older = ofInterest(await examineDatabaseAt(about({ databaseUrl: empty.url })));
    if (engine === 'postgres') assertOnly(older, 'weak migrations', 'npx outlay migrate');
    else assert.match(older[0]?.what ?? '', /There is no database yet/);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-tomorrow', '2099')`.execute(db);
    const found = assertOnly(await examine(), 'wrong migrations', '');
    assert.match(found.what, /9999-from-tomorrow/);
    await sql`delete from kysely_migration where name = '9999-from-tomorrow'`.execute(db);
  });

  it('finds that nobody will be an admin before anything is in the database', async () => {
    await using empty = await newDatabase(engine);
    const first = (more: Partial<DatabaseToExamine>) => examineDatabaseAt(about({ databaseUrl: empty.url, ...more }));
    const admin = { groupsClaim: 'groups' };
    const checks = (findings: readonly Finding[]) =>
      complaints(ofInterest(findings)).filter((one) => !one.includes('migrations'));
    assert.deepEqual(checks(await first({ admin })), ['wrong no-admin']);
    assert.deepEqual(checks(await first({ admin: { ...admin, group: 'outlay-admins' } })), []);
    assert.deepEqual(checks(await first({ admin, sampleOrganisation: true })), []);
  });

  it('finds that the audit record was changed within its last entries', async () => {
    await recordAudit(db, { action: 'team-added' }, () => new Date());
    await linkPending(db);
    assert.match((await examine()).map(({ what }) => what).join('\n'), /The last \d+ entries of the audit record hold/);
    await (engine === 'postgres'
      ? sql`alter table audit_entry disable trigger all`.execute(db)
      : sql`drop trigger audit_entry_no_update`.execute(db));
    const last = db.selectFrom('audit_link').select('entry_id').orderBy('seq', 'desc').limit(1);
    await db.updateTable('audit_entry').set({ action: 'team-removed' }).where('id', '=', last).execute();
    const found = assertOnly(await examine(), 'wrong audit', 'npx outlay audit verify');
    assert.match(found.what, /at place \d+, is not what was linked there/);
  });
});

describe('the doctor at what a database lies on', () => {
  const condition = { engine: 'postgres', version: '18.4', size: 1, encoding: 'UTF8', locale: 'C.UTF-8', provider: 'c' } as const;

  it('finds an encoding, a locale and a version that are not good for it', () => {
    assert.deepEqual(complaints(judgeCondition(condition)), []);
    assertOnly(judgeCondition({ ...condition, encoding: 'SQL_ASCII' }), 'wrong encoding', /encoding 'UTF8'/);
    assertOnly(judgeCondition({ ...condition, locale: 'C' }), 'weak locale', /locale 'C\.UTF-8'/);
    assert.deepEqual(complaints(judgeCondition({ ...condition, locale: 'C', provider: 'i' })), []);
    assertOnly(judgeCondition({ ...condition, version: '12.22 (Debian)' }), 'weak database-version', '');
  });

  it('finds SQLite on the disk of another machine, and without WAL', () => {
    assert.deepEqual(complaints(judgeRoom('/data', { free: 50 * GB, elsewhere: false }, true)), []);
    assertOnly(judgeRoom('/data', { free: 50 * GB, elsewhere: true }, true), 'wrong network-disk', 'DATA_DIR=/var/lib/outlay');
    assert.deepEqual(complaints(judgeRoom('/receipts', { free: 50 * GB, elsewhere: true }, false)), []);
    assertOnly(
      judgeCondition({ engine: 'sqlite', version: '3.53', size: 1, journal: 'delete' }),
      'weak journal',
      'DATA_DIR=/var/lib/outlay',
    );
  });

  it('finds that there is little room, or none', () => {
    assertOnly(judgeRoom('/data', { free: GB / 2, elsewhere: false }, true), 'weak disk', '');
    assertOnly(judgeRoom('/data', { free: GB / 20, elsewhere: undefined }, true), 'wrong disk', '');
  });

  it('finds a PostgreSQL that does not answer, without a word of its password', async () => {
    const databaseUrl = 'postgres://outlay:hush-hush@localhost:1/outlay';
    const admin = { email: 'dana@example.com', groupsClaim: 'groups' };
    const places = { dataDir: '/nowhere', databaseUrl, receiptFolder: undefined };
    const findings = await examineDatabaseAt({ ...places, sampleOrganisation: false, admin, issuer });
    const found = assertOnly(findings, 'wrong database', /^DATABASE_URL=/);
    assert.match(found.why, /ECONNREFUSED/);
    assert.doesNotMatch(JSON.stringify(findings), /hush-hush/);
  });
});

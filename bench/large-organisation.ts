import { createHash, randomUUID } from 'node:crypto';
import { type Insertable, sql } from 'kysely';
import type { Database, RuleTable, Schema } from '../src/database/schema.ts';
import { toColumns } from '../src/rights/claims.ts';

/** What is measured: as large as we mean to serve. */
export const size = {
  people: 10_000,
  teams: 500,
  rules: 5_000,
  patterns: 100,
  groups: 3_000,
  groupsOfOne: 10,
  grants: 500,
} as const;

const ISSUER = 'https://id.example.com';
/** Few enough parameters for both engines, whatever the table. */
const AT_ONCE = 500;

/** The same ones each time, so that two runs measure the same. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const groupName = (index: number) => `unit-${Math.floor(index / 10)}-role-${index % 10}`;
const domainOf = (index: number) => `d-${index % 500}.example`;
const emailOf = (index: number) => `person-${index}@${domainOf(index)}`;
const departmentOf = (index: number) => `department-${index % 500}`;

/**
 * Fills a database: of the rules 60 % are over groups, 20 % over addresses, 10 % over domains and 10 % over departments, and
 * of each kind one in fifty is a pattern. Everybody has one session.
 * @returns the sessions, as they are looked for.
 */
export async function addLargeOrganisation(db: Database, now: Date): Promise<string[]> {
  const chance = numbers(1);
  const teams = Array.from({ length: size.teams }, (_, index) => ({
    id: `team-${index}`,
    label: `Team ${index}`,
    currency: 'EUR',
  }));
  const people = Array.from({ length: size.people }, (_, index) => index);
  const at = now.toISOString();
  const ids = people.map(() => randomUUID());
  const hashes = people.map((index) => createHash('sha256').update(`session ${index}`).digest('base64url'));
  const idOf = (index: number) => ids[index] ?? '';

  await insert(db, 'team', teams);
  await insert(
    db,
    'person',
    people.map((index) => {
      const groups = new Set(Array.from({ length: size.groupsOfOne }, () => groupName(chance(size.groups))));
      const values = new Map([
        ['groups', [...groups]],
        ['department', [departmentOf(chance(500))]],
      ]);
      return {
        id: idOf(index),
        issuer: ISSUER,
        subject: `subject-${index}`,
        name: `Person ${index}`,
        email: emailOf(index),
        email_verified: 1 as const,
        admitted_at: at,
        signed_in_at: at,
        sort_name: `person ${index} ${emailOf(index)}`,
        ...toColumns({ values, groups: 'present', groupsToldAt: now }),
      };
    }),
  );
  await insert(
    db,
    'session',
    people.map((index) => ({
      id_hash: hashes[index] ?? '',
      person_id: idOf(index),
      issuer: ISSUER,
      subject: `subject-${index}`,
      sid: null,
      auth_time: at,
      acr: null,
      amr: '',
      nonce_hash: `nonce-${index}`,
      device: 'Firefox on Linux',
      address: '192.0.2.1',
      sealed_id_token: 'x'.repeat(1_500),
      sealed_refresh_token: null,
      started_at: at,
      seen_at: at,
      ends_at: new Date(now.getTime() + 12 * 60 * 60_000).toISOString(),
      revalidate_at: null,
    })),
  );
  await insert(db, 'rule', listRules());
  await insert(
    db,
    'right_grant',
    Array.from({ length: size.grants }, (_, index) => ({
      id: randomUUID(),
      person_id: idOf(index * 17),
      role: 'member' as const,
      team_id: `team-${index % size.teams}`,
      given_by: 'Somebody',
      given_at: at,
    })),
  );
  await sql`analyze`.execute(db);
  return hashes;
}

function listRules(): Insertable<RuleTable>[] {
  return Array.from({ length: size.rules }, (_, index) => {
    const kind = index % 10;
    const nth = Math.floor(index / 10) * (kind < 6 ? 6 : kind < 8 ? 2 : 1) + (kind < 6 ? kind : kind < 8 ? kind - 6 : 0);
    // Of ten rules in a row each has its kind; of five hundred, ten are patterns.
    const pattern = Math.floor(index / 10) % 50 === 0;
    const [claim, exact, like] =
      kind < 6
        ? ['groups', groupName(nth), `*-${nth}-role-*`]
        : kind < 8
          ? ['email', emailOf(nth * 10), `person-${nth}?*@*.example`]
          : kind === 8
            ? ['email_domain', domainOf(nth), `d-*${nth}.example`]
            : ['department', departmentOf(nth), `*-${nth}*`];
    return {
      id: randomUUID(),
      claim,
      operator: pattern ? 'matches' : 'equals',
      value: pattern ? like : exact,
      role: index % 20 === 0 ? 'manager' : 'member',
      team_id: `team-${(index * 7) % size.teams}`,
    };
  });
}

async function insert<Table extends keyof Schema>(
  db: Database,
  table: Table,
  rows: readonly Insertable<Schema[Table]>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + AT_ONCE))
      .execute();
  }
}

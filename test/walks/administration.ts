import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import type { CastName } from '../cast.ts';
import { cast } from '../cast.ts';
import type { World } from '../world.ts';

/** A path of the administration, with ids that are there, and what it answers to whoever may do everything. */
export interface AdminPath {
  readonly route: string;
  readonly path: string;
}

/** The id of somebody who has signed in. */
export async function personId({ db }: World, name: CastName): Promise<string> {
  const { subject } = cast[name];
  const { id } = await db.selectFrom('person').select('id').where('subject', '=', subject).executeTakeFirstOrThrow();
  return id;
}

/** The id of the rule that names this value. */
export async function ruleId({ db }: World, value: string): Promise<string> {
  const { id } = await db.selectFrom('rule').select('id').where('value', '=', value).executeTakeFirstOrThrow();
  return id;
}

/** A grant that somebody has, written straight into the database. @returns its id. */
export async function giveByHand(
  { db }: World,
  person: string,
  given:
    | { readonly role: 'admin' | 'auditor' | 'finance'; readonly team_id: null }
    | { readonly role: 'member' | 'manager'; readonly team_id: string },
): Promise<string> {
  const id = randomUUIDv7();
  const at = new Date().toISOString();
  await db
    .insertInto('right_grant')
    .values({ id, person_id: person, given_by: 'Dana Dyer', given_at: at, ...given })
    .execute();
  return id;
}

/** Every path of the administration, found by walking the router, about Alice, Finance and the rule that names Alice. */
export async function adminPaths(world: World): Promise<AdminPath[]> {
  const person = await personId(world, 'alice');
  const grant = await giveByHand(world, person, { role: 'member', team_id: 'marketing' });
  const rule = await ruleId(world, 'alice@example.com');
  const routes = world.routes.filter((route) => route.startsWith('/admin/'));
  assert.ok(routes.length >= 19, routes.join());
  return routes.map((route) => {
    const id = route.startsWith('/admin/teams/') ? 'finance' : route.startsWith('/admin/rules/') ? rule : person;
    return { route, path: route.replace(':id', id).replace(':grant', grant) };
  });
}

/** Nothing that people did was an error of ours. */
export function assertNoDefect({ log }: World): void {
  assert.deepEqual(
    log.filter(({ kind }) => kind === 'defect'),
    [],
  );
}

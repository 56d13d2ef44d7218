import type { Database, Transaction } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { type KnownPerson, listEverybody } from './everybody.ts';
import { type Given, keyOf } from './rights.ts';
import type { Rules } from './rules.ts';

/** What a change of rules does to one person. */
export interface Effect {
  readonly person: KnownPerson;
  readonly gains: readonly Given[];
  readonly loses: readonly Given[];
  /** Whether nothing is left to them. */
  readonly losesAll: boolean;
}

/**
 * Who would gain and who would lose what: everybody whose rights differ, and by nothing else than what they are given.
 * Whoever has the same from elsewhere gains and loses nothing.
 */
export async function listEffects(db: Database | Transaction, before: Rules, after: Rules): Promise<Effect[]> {
  const effects: Effect[] = [];
  for await (const person of listEverybody(db)) {
    if (person.disabledAt !== undefined) continue;
    const [had, has] = [givenTo(before, person), givenTo(after, person)];
    const gains = [...has].filter(([key]) => !had.has(key)).map(([, given]) => given);
    const loses = [...had].filter(([key]) => !has.has(key)).map(([, given]) => given);
    if (gains.length + loses.length > 0) effects.push({ person, gains, loses, losesAll: has.size === 0 });
  }
  return effects;
}

function givenTo(rules: Rules, person: KnownPerson): Map<string, Given> {
  return new Map(rules.rightsOf(person).map(({ given }) => [keyOf(given), given]));
}

/**
 * Within the transaction that has changed rules, grants or people, and holds the lock of the rule book, so that two admins
 * who remove each other at once cannot both succeed.
 * @throws Problem `conflict` where nobody would be an admin any more.
 */
export async function assertAdminLeft(db: Transaction, rules: Rules): Promise<void> {
  for await (const person of listEverybody(db)) {
    if (person.disabledAt === undefined && rules.rightsOf(person).some(({ given }) => given.role === 'admin')) return;
  }
  throw new Problem(
    'conflict',
    'Nobody would be an admin any more, so nothing was changed. Make somebody else an admin first; it counts from their first sign-in on.',
    { heading: 'The last admin stays', reason: 'last-admin' },
  );
}

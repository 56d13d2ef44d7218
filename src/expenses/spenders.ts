import type { Database } from '../database/schema.ts';
import { findPerson } from '../people/directory.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { findByAddress, withGrants } from '../rights/everybody.ts';
import { assertMay, may } from '../rights/policy.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Field } from '../web/forms.ts';
import { toSpender } from './drafts.ts';
import type { Spender } from './expenses.ts';
import { listSpenders } from './list.ts';

/** For whoever may log what others have spent: the names to choose from. Undefined for everybody else. */
export async function namesToLogFor(db: Database, viewer: Viewer, team: VisibleTeam): Promise<readonly string[] | undefined> {
  if (!may(viewer, 'log-for-others', { teamId: team.id }).allowed) return undefined;
  const others = (await listSpenders(db, team)).filter(({ id }) => id !== viewer.personId);
  return [...new Set(others.map(({ name }) => name))];
}

export function spenderField(value: string, error: string | undefined, suggestions: readonly string[]): Field {
  return {
    name: 'spender',
    label: 'Spent by',
    hint: 'Leave empty if it was you. Otherwise their name or e-mail address; neither of you can approve it then.',
    value,
    error: error ?? '',
    suggestions,
  };
}

/**
 * Whose expense it is that the viewer logs: their own, or of whom they name. A name is one of those who have spent something in this team;
 * an address is one that somebody has proved.
 * @returns a sentence where that is nobody, not only one, or somebody who may not log anything in this team: it does not say which.
 * @throws Problem `not-allowed` for whoever may not log what others have spent.
 */
export async function findSpender(
  db: Database,
  ruleBook: RuleBook,
  team: VisibleTeam,
  viewer: Viewer,
  typed: string,
): Promise<Spender | string> {
  if (typed === '') return toSpender(viewer);
  assertMay(viewer, 'log-for-others', { teamId: team.id });
  const person = await findNamed(db, team, typed.toLowerCase());
  if (person !== undefined && person.disabledAt === undefined) {
    const { rules } = await ruleBook.now();
    const { allowed } = may({ rights: rules.rightsOf(person) }, 'log-expense', { teamId: team.id });
    if (allowed) return { id: person.id, name: displayNameOf(person) };
  }
  return `Nobody who logs expenses in ${team.label} was found by this, or more than one. Give the e-mail address that they have signed in with.`;
}

/** @param wanted in lower case. */
async function findNamed(db: Database, team: VisibleTeam, wanted: string) {
  const named = (await listSpenders(db, team)).filter(({ name }) => name.toLowerCase() === wanted);
  const [only] = named;
  if (only === undefined || named.length > 1) return findByAddress(db, wanted);
  const row = await findPerson(db, only.id);
  const [person] = row === undefined ? [] : await withGrants(db, [row]);
  return person;
}

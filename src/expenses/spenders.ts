import type { Database } from '../database/schema.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { findByAddress, type KnownPerson, listEverybody } from '../rights/everybody.ts';
import { may } from '../rights/policy.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import { normalizeEmail } from '../rights/rules.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { asOneLine, type Field } from '../web/forms.ts';
import { assertMayLogForOthers, toSpender } from './drafts.ts';
import type { Spender } from './expenses.ts';

/** In a company of more people than this, somebody is named by their address alone: whose team this is follows from everybody's rules. */
const NAMED_BY_NAME = 1_000;

/** For whoever may log what others have spent: the names to choose from. Undefined for everybody else. */
export async function namesToLogFor(
  db: Database,
  ruleBook: RuleBook,
  viewer: Viewer,
  team: VisibleTeam,
): Promise<readonly string[] | undefined> {
  if (!may(viewer, 'log-for-others', { teamId: team.id }).allowed) return undefined;
  const others = (await listNamed(db, ruleBook, team)).filter(({ id }) => id !== viewer.personId);
  return [...new Set(others.map(({ name }) => name))].toSorted(byName.compare);
}

const byName = new Intl.Collator('en', { numeric: true });

/** @param suggestions none where nobody is found by their name. */
export function spenderField(value: string, error: string | undefined, suggestions: readonly string[]): Field {
  return {
    name: 'spender',
    label: 'Spent by',
    hint: `Leave empty if it was you. Otherwise their ${suggestions.length > 0 ? 'name or ' : ''}e-mail address: it becomes a draft of theirs, which they submit, and neither of you can approve.`,
    value,
    error: error ?? '',
    suggestions,
  };
}

/**
 * Whose expense it is that the viewer logs: their own, or of whom they name, by an address that somebody has proved or by the name of one who
 * may log here.
 * @returns a sentence where that is nobody, or more than one; it does not say who else there is.
 * @throws Problem `not-allowed` for whoever may not log what others have spent.
 */
export async function findSpender(
  db: Database,
  ruleBook: RuleBook,
  team: VisibleTeam,
  viewer: Viewer,
  typed: string,
): Promise<Spender | string> {
  const wanted = asOneLine(typed);
  if (wanted === '') return toSpender(viewer);
  assertMayLogForOthers(viewer, team);
  // A name may be what somebody says of themselves; with an "@" it is never taken for one.
  const found = wanted.includes('@') ? await findProved(db, ruleBook, team, wanted) : await findNamed(db, ruleBook, team, wanted);
  if (found.length > 1) return 'More than one person in this team has this name. Give the e-mail address instead.';
  return (
    found[0] ??
    `Nobody who logs expenses in ${team.label} has this name or address. They have to have signed in to Outlay once; their e-mail address is sure to find them.`
  );
}

/** @param wanted as it is, or behind a name, as mail programs copy it. */
async function findProved(db: Database, ruleBook: RuleBook, team: VisibleTeam, wanted: string): Promise<Spender[]> {
  const address = /<([^<>]+)>$/.exec(wanted)?.[1] ?? wanted;
  const person = await findByAddress(db, normalizeEmail(address));
  return person !== undefined && (await mayLogHere(ruleBook, team))(person) ? [asSpender(person)] : [];
}

async function findNamed(db: Database, ruleBook: RuleBook, team: VisibleTeam, wanted: string): Promise<Spender[]> {
  const sought = wanted.toLowerCase();
  return (await listNamed(db, ruleBook, team)).filter(({ name }) => name.toLowerCase() === sought);
}

/** Who may log here, by names that are no addresses; none in a large company. */
async function listNamed(db: Database, ruleBook: RuleBook, team: VisibleTeam): Promise<Spender[]> {
  const some = await db
    .selectFrom('person')
    .select('id')
    .limit(NAMED_BY_NAME + 1)
    .execute();
  if (some.length > NAMED_BY_NAME) return [];
  const isHere = await mayLogHere(ruleBook, team);
  const named: Spender[] = [];
  for await (const person of listEverybody(db)) if (isHere(person)) named.push(asSpender(person));
  return named.filter(({ name }) => !name.includes('@'));
}

function asSpender(person: KnownPerson): Spender {
  return { id: person.id, name: asOneLine(displayNameOf(person)) };
}

async function mayLogHere(ruleBook: RuleBook, team: VisibleTeam): Promise<(person: KnownPerson) => boolean> {
  const { rules } = await ruleBook.now();
  return (person) =>
    person.disabledAt === undefined && may({ rights: rules.rightsOf(person) }, 'log-expense', { teamId: team.id }).allowed;
}

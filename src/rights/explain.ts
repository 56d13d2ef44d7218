import type { Database } from '../database/schema.ts';
import type { KnownPerson } from './everybody.ts';
import { may } from './policy.ts';
import type { Given, Right, Rule } from './rights.ts';
import { factsOf, type Rules, type Subject } from './rules.ts';
import { describeCondition, describeGiven, describeGroups, describeOrigin, roleWords } from './words.ts';

/** Something that somebody may do, and every reason for it. */
export interface RightInWords {
  readonly what: string;
  readonly why: readonly string[];
}

export interface ClaimInWords {
  readonly name: string;
  /** As many as are spelled out. */
  readonly values: readonly string[];
  /** What is left to say, such as that there are more; empty where that is nothing. */
  readonly more: string;
}

/** How many values of one claim are spelled out. */
const SHOWN_VALUES = 50;
/** How many rules that miss are spelled out. */
const SHOWN_RULES = 20;

/** The labels of the teams that these rights name; of each once, however many rights name it. */
export async function findTeamLabels(db: Database, given: readonly Given[]): Promise<(teamId: string) => string | undefined> {
  const ids = [...new Set(given.flatMap(({ teamId }) => teamId ?? []))];
  if (ids.length === 0) return () => undefined;
  const rows = await db.selectFrom('team').select(['id', 'label']).where('id', 'in', ids).execute();
  const labels = new Map(rows.map(({ id, label }) => [id, label]));
  return (teamId) => labels.get(teamId);
}

/** The answer to "why can I see this?": what is given once, with every reason, the whole organisation first. */
export async function explainRights(db: Database, rights: readonly Right[]): Promise<RightInWords[]> {
  const labelOf = await findTeamLabels(
    db,
    rights.map(({ given }) => given),
  );
  const [wide, within] = [true, false].map((isWide) =>
    rights
      .filter(({ given }) => (given.teamId === null) === isWide)
      .map((right) => ({ what: describeGiven(right.given, labelOf), why: describeOrigin(right) })),
  );
  return [...together(wide ?? []), ...together(within ?? [])];
}

function together(words: readonly { readonly what: string; readonly why: string }[]): RightInWords[] {
  const byWhat = [...Map.groupBy(words, ({ what }) => what)];
  return byWhat
    .map(([what, same]) => ({ what, why: same.map(({ why }) => why) }))
    .toSorted((a, b) => byWords.compare(a.what, b.what));
}

/** What arrived and can be part of a rule: claims, and the address where it is verified. Nothing of a token itself. */
export function explainClaims(subject: Pick<Subject, 'verifiedEmail' | 'claims'>): ClaimInWords[] {
  return [...factsOf(subject)].map(([name, values]) => ({ name, ...spelledOut(values) }));
}

function spelledOut(values: readonly string[]): Pick<ClaimInWords, 'values' | 'more'> {
  const more = values.length - SHOWN_VALUES;
  return { values: values.slice(0, SHOWN_VALUES), more: values.length === 0 ? '(empty)' : more > 0 ? `and ${more} more` : '' };
}

function inOneLine(all: readonly string[]): string {
  const { values, more } = spelledOut(all);
  return `${values.join(', ')} ${more}`.trim();
}

/** Why somebody sees a team, or why not: a sentence, and the rules that would have to fit, each with what is there instead. */
export interface TeamExplained {
  readonly sees: boolean;
  readonly sentence: string;
  readonly reasons: readonly string[];
}

/** The answer to "why can this person not see that team?", or to why they can. */
export function explainTeam(
  rules: Rules,
  person: KnownPerson,
  team: { readonly id: string; readonly label: string },
): TeamExplained {
  const rights = rules.rightsOf(person);
  const name = person.name ?? person.email ?? 'This person';
  if (person.disabledAt !== undefined) {
    return { sees: false, sentence: `${name} has been disabled, and sees nothing at all.`, reasons: [] };
  }
  if (may({ rights }, 'see-team', { teamId: team.id }).allowed) {
    const counting = rights.filter((right) => may({ rights: [right] }, 'see-team', { teamId: team.id }).allowed);
    return { sees: true, sentence: `${name} sees ${team.label}.`, reasons: counting.map((right) => withRole(right)) };
  }
  const missed = rules.all.filter(({ gives }) => gives.teamId === team.id);
  if (missed.length === 0) {
    return {
      sees: false,
      sentence: `No rule gives ${team.label} to anybody, and ${name} was not given it by an admin.`,
      reasons: [],
    };
  }
  const more = missed.length - SHOWN_RULES;
  return {
    sees: false,
    sentence: `${name} was not given ${team.label} by an admin, and none of its rules fits.`,
    reasons: [
      ...missed.slice(0, SHOWN_RULES).map((rule) => describeMiss(rule, person, rules.groupsClaim)),
      ...(more > 0 ? [`There are ${more} more rules, and none of them fits.`] : []),
    ],
  };
}

function withRole(right: Right): string {
  return `${roleWords[right.given.role]}. ${describeOrigin(right)}`;
}

function describeMiss(rule: Rule, person: KnownPerson, groupsClaim: string): string {
  const wanted = `A rule wants everybody whose ${describeCondition(rule)}.`;
  const values = new Map(factsOf(person)).get(rule.claim);
  if (values !== undefined) {
    const alike = values.some((value) => value.toLowerCase() === rule.value.toLowerCase());
    return `${wanted} Theirs: ${inOneLine(values)}.${alike ? ' Only capital and small letters differ.' : ''}`;
  }
  if (rule.claim === 'email' || rule.claim === 'email_domain') {
    return `${wanted} ${person.email === undefined ? 'No address was sent.' : `${person.email} is not verified by your company’s sign-in.`}`;
  }
  return `${wanted} It was not sent. ${rule.claim === groupsClaim ? describeGroups(person.claims) : ''}`.trim();
}

const byWords = new Intl.Collator('en', { numeric: true });

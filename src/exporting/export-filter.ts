import type { Database } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatDay } from '../web/clock.ts';
import { inEnglish } from '../web/language.ts';
import { listCategories } from '../expenses/categories.ts';
import { type Asked, sortWords, unknownPersonWords } from '../expenses/filter-form.ts';
import { stateWords } from '../expenses/life.ts';
import { type ExpenseFilter, listSpenders } from '../expenses/list.ts';
import { formatMoney, plainAmount } from '../expenses/money.ts';

/** One thing that the list is narrowed to: for people, and as the file's name has it. */
export interface Narrowing {
  readonly name: string;
  readonly value: string;
  readonly short: string;
}

/** What a file says of itself. */
export interface ExportAbout {
  readonly narrowings: readonly Narrowing[];
  readonly order: string;
  /** In ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
}

/** What the filter lets through, in English words for a file and the audit record: what is not in them did not narrow. */
export async function describeFilter(db: Database, team: VisibleTeam, filter: ExpenseFilter): Promise<Narrowing[]> {
  const { states, spenderId, categoryId, merchant, from, to, atLeast, atMost, text } = filter;
  const say = (name: string, value: string | undefined, short = value ?? '') =>
    value === undefined ? [] : [{ name, value, short }];
  const money = (minor: number | undefined) =>
    minor === undefined ? undefined : inEnglish(() => formatMoney(minor, team.currency));
  const day = (iso: string | undefined) => iso && inEnglish(() => formatDay(iso));
  const plain = (minor: number | undefined) => (minor === undefined ? '' : plainAmount(minor, team.currency));
  return [
    ...say('State', states?.map((state) => stateWords[state]).join(', '), states?.join('-')),
    ...say('Spent by', spenderId === null ? unknownPersonWords : spenderId && (await nameOf(db, team, spenderId))),
    ...say('Category', categoryId && (await labelOf(db, categoryId))),
    ...say('Merchant', merchant),
    ...say('From', day(from), `from ${from}`),
    ...say('To', day(to), `to ${to}`),
    ...say('At least', money(atLeast), `least ${plain(atLeast)}`),
    ...say('At most', money(atMost), `most ${plain(atMost)}`),
    ...say('Words', text),
  ];
}

async function nameOf(db: Database, team: VisibleTeam, spenderId: string): Promise<string> {
  const spenders = await listSpenders(db, team);
  return spenders.find(({ id }) => id === spenderId)?.name ?? 'somebody who is not in the list';
}

async function labelOf(db: Database, categoryId: string): Promise<string> {
  const categories = await listCategories(db);
  return categories.find(({ id }) => id === categoryId)?.label ?? categoryId;
}

/** For the audit record. */
export function inOneLine(narrowings: readonly Narrowing[]): string {
  return narrowings.length === 0 ? 'everything' : narrowings.map(({ name, value }) => `${name}: ${value}`).join('; ');
}

/** Of the part of a file's name that says what is in it, in characters. */
const MAX_SHORT = 80;

/**
 * What the file is called, in letters that every system has in a name (RFC 6266 §4.3, appendix D): such as
 * `outlay-finance-approved-from-2026-01-01-2026-11-24.csv`.
 */
export function exportName(
  team: VisibleTeam,
  narrowings: readonly Narrowing[],
  { sort }: Pick<Asked, 'sort'>,
  day: string,
  extension: string,
): string {
  const parts = narrowings.map(({ name, short }) => plainLetters(short) || plainLetters(name));
  const order = sort === 'newest' ? [] : [plainLetters(sortWords[sort])];
  const short = [...parts, ...order].join('-').slice(0, MAX_SHORT).replace(/-$/, '');
  return `outlay-${team.id}-${short === '' ? '' : `${short}-`}${day}.${extension}`;
}

function plainLetters(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

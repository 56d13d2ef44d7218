import { type ExpressionBuilder, sql } from 'kysely';
import { isPostgres } from '../database/engine.ts';
import type { Database, ExpenseState, Schema } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { type Expense, spent } from './life.ts';
import { findTotal, type Total } from './totals.ts';

/** How many expenses one page shows. */
export const PAGE_SIZE = 25;

export const sorts = { newest: 'logged_at', date: 'spent_on', amount: 'team_amount_minor' } as const;
export type Sort = keyof typeof sorts;

/** What is looked for; each narrows. */
export interface ExpenseFilter {
  readonly states?: readonly ExpenseState[] | undefined;
  /** Null for people who are not known here. */
  readonly spenderId?: string | null | undefined;
  readonly categoryId?: string | undefined;
  readonly merchant?: string | undefined;
  /** Days, as YYYY-MM-DD, both counting. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** In minor units of the team's currency, both counting. */
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
  /** In what was bought, where, or the note. */
  readonly text?: string | undefined;
}

/** The place in the list after which a page begins: the last expense of the page before. */
export interface Cursor {
  readonly value: string | number;
  readonly id: string;
}

/** What is asked of the list. */
export interface Listing {
  readonly filter?: ExpenseFilter;
  readonly sort?: Sort;
  readonly after?: Cursor | undefined;
}

/**
 * A page of the team's expenses as this viewer may see them, the newest, latest or largest first. By key and not by offset: the
 * thousandth page costs what the first does.
 */
export async function listExpenses(
  db: Database,
  team: VisibleTeam,
  viewer: { readonly personId: string },
  listing: Listing = {},
): Promise<{ expenses: Expense[]; next: Cursor | undefined }> {
  const rows = await selectListed(db, team, viewer, listing, PAGE_SIZE + 1).execute();
  const expenses = rows.slice(0, PAGE_SIZE);
  const last = expenses.at(-1);
  return { expenses, next: rows.length > PAGE_SIZE && last !== undefined ? cursorAt(last, listing.sort) : undefined };
}

/** So many of them from there on, as a query. */
export function selectListed(
  db: Database,
  team: VisibleTeam,
  viewer: { readonly personId: string },
  { filter = {}, sort = 'newest', after }: Listing,
  limit: number,
) {
  const column = sorts[sort];
  let query = db
    .selectFrom('expense')
    .selectAll()
    .where('team_id', '=', team.id)
    .where(isShownTo(viewer))
    .where(fits(db, filter));
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple(column, 'id'), '<', tuple<string | number, string>(after.value, after.id)),
    );
  }
  return query.orderBy(column, 'desc').orderBy('id', 'desc').limit(limit);
}

export function cursorAt(last: Expense, sort: Sort = 'newest'): Cursor {
  return { value: last[sorts[sort]], id: last.id };
}

/** How many expenses the filter lets through and what they come to; what was rejected or withdrawn, or is a draft, comes to nothing. */
export async function sumUp(
  db: Database,
  team: VisibleTeam,
  viewer: { readonly personId: string },
  filter: ExpenseFilter,
): Promise<Total> {
  const isAll = Object.values(filter).every((value) => value === undefined);
  const [{ count, amountMinor }, drafts] = await Promise.all([
    // The whole team's is kept up to date with every change.
    isAll ? findTotal(db, team) : sumUpForAll(db, team, filter),
    countDrafts(db, team, viewer, filter),
  ]);
  return { count: count + drafts, amountMinor };
}

/** Of what everybody sees. */
async function sumUpForAll(db: Database, team: VisibleTeam, filter: ExpenseFilter): Promise<Total> {
  const row = await db
    .selectFrom('expense')
    .where('team_id', '=', team.id)
    .where('state', '<>', 'draft')
    .where(fits(db, filter))
    .select(({ fn, eb }) => [
      fn.countAll<number>().as('count'),
      fn.sum<number | null>(eb.case().when('state', 'in', spent).then(eb.ref('team_amount_minor')).else(0).end()).as('sum'),
    ])
    .executeTakeFirstOrThrow();
  return { count: row.count, amountMinor: row.sum ?? 0 };
}

/** How many drafts in this team the viewer spent or logged: found by two indexes, whatever else there is in the team. */
export async function countDrafts(
  db: Database,
  team: VisibleTeam,
  { personId }: { readonly personId: string },
  filter: ExpenseFilter = {},
): Promise<number> {
  const counts = await Promise.all(
    (['spender_id', 'logged_by'] as const).map(async (column) =>
      db
        .selectFrom('expense')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where(column, '=', personId)
        .where('team_id', '=', team.id)
        // In the words of the indexes that hold these alone.
        .where(sql<boolean>`state in ('draft', 'rejected')`)
        .where('state', '=', 'draft')
        .where(fits(db, filter))
        // Whoever did both counts once.
        .$if(column === 'logged_by', (query) =>
          query.where(({ or, eb }) => or([eb('spender_id', 'is', null), eb('spender_id', '<>', personId)])),
        )
        .executeTakeFirstOrThrow(),
    ),
  );
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** How many people a list of spenders has at most; beyond that, searching by words is the way. */
const MOST_SPENDERS = 200;

/**
 * Who has spent something in this team, by name, for whoever wants to look for one of them. Each step finds the next person in an
 * index, so that it costs as much as there are people, and not expenses.
 */
export async function listSpenders(db: Database, team: VisibleTeam): Promise<{ id: string; name: string }[]> {
  // The state as a word and not as a parameter: SQLite takes the index of what is no draft only where the query says the same.
  const { rows } = await sql<{ id: string; name: string }>`
    with recursive spender (id) as (
      select min(spender_id) from expense where team_id = ${team.id} and state <> 'draft'
      union all
      select (select min(spender_id) from expense where team_id = ${team.id} and state <> 'draft' and spender_id > spender.id)
      from spender where spender.id is not null
    )
    select id, (
      select max(spender_name) from expense where team_id = ${team.id} and state <> 'draft' and spender_id = spender.id
    ) as name
    from spender where id is not null limit ${MOST_SPENDERS}`.execute(db);
  return rows.toSorted((a, b) => byName.compare(a.name, b.name));
}

const byName = new Intl.Collator('en', { numeric: true });

/** Drafts are seen by whoever spent or logged them, and by nobody else, whatever their role. */
function isShownTo({ personId }: { readonly personId: string }) {
  return ({ or, eb }: ExpressionBuilder<Schema, 'expense'>) =>
    or([eb('state', '<>', 'draft'), eb('spender_id', '=', personId), eb('logged_by', '=', personId)]);
}

function fits(db: Database, filter: ExpenseFilter) {
  return ({ and, or, eb }: ExpressionBuilder<Schema, 'expense'>) => {
    const { states, spenderId, categoryId, merchant, from, to, atLeast, atMost, text } = filter;
    return and([
      ...(states === undefined ? [] : [eb('state', 'in', states)]),
      ...(spenderId === undefined ? [] : [eb('spender_id', spenderId === null ? 'is' : '=', spenderId)]),
      ...(categoryId === undefined ? [] : [eb('category_id', '=', categoryId)]),
      ...(from === undefined ? [] : [eb('spent_on', '>=', from)]),
      ...(to === undefined ? [] : [eb('spent_on', '<=', to)]),
      ...(atLeast === undefined ? [] : [eb('team_amount_minor', '>=', atLeast)]),
      ...(atMost === undefined ? [] : [eb('team_amount_minor', '<=', atMost)]),
      ...(merchant === undefined ? [] : [contains(db, 'merchant', merchant)]),
      ...(text === undefined
        ? []
        : [or([contains(db, 'item', text), contains(db, 'merchant', text), contains(db, 'note', text)])]),
    ]);
  };
}

/** In capitals or not, by one measure on both engines. What a pattern means by itself stands for itself here. */
function contains(db: Database, column: 'item' | 'merchant' | 'note', text: string) {
  const wanted = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const value = sql.ref(column);
  if (isPostgres(db)) return sql<boolean>`upper(${value}) like upper(${wanted}) escape '\\'`;
  // SQLite itself compares texts of ASCII without regard to case; any other has to come to JavaScript, which takes ten times as long.
  const capitals = wanted.toUpperCase();
  const amongAscii = Buffer.byteLength(capitals) === capitals.length ? sql`${value} like ${capitals} escape '\\'` : sql`0`;
  return sql<boolean>`case when octet_length(${value}) <> length(${value}) then upper(${value}) like ${capitals} escape '\\' else ${amongAscii} end`;
}

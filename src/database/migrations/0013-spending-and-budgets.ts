import { type Kysely, sql } from 'kysely';

/** The largest whole number that JavaScript holds exactly. */
const LARGEST = sql.raw('9007199254740991');

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('spending')
    .addColumn('team_id', 'text', (column) => column.notNull().references('team.id'))
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('team', 'category', 'person')`))
    .addColumn('period', 'text', (column) => column.notNull())
    .addColumn('about_id', 'text', (column) => column.notNull())
    .addColumn('expense_count', 'bigint', (column) => column.notNull().check(sql`expense_count >= 0`))
    .addColumn('amount_minor', 'bigint', (column) =>
      column.notNull().check(sql`amount_minor >= 0 and amount_minor <= ${LARGEST}`),
    )
    .addPrimaryKeyConstraint('spending_key', ['team_id', 'kind', 'period', 'about_id'])
    .addCheckConstraint('spending_period', sql`length(period) = case kind when 'team' then 7 else 10 end`)
    .execute();
  await addUp(db, 'team', `substr(spent_on, 1, 7)`, `''`);
  await addUp(db, 'category', 'spent_on', 'category_id');
  await addUp(db, 'person', 'spent_on', `coalesce(spender_id, '')`);

  await db.schema
    .createTable('budget')
    .addColumn('team_id', 'text', (column) => column.notNull().references('team.id'))
    .addColumn('month', 'text', (column) => column.notNull().check(sql`length(month) = 7`))
    // Empty for the whole team: a key has no nulls.
    .addColumn('category_id', 'text', (column) => column.notNull())
    .addColumn('amount_minor', 'bigint', (column) => column.notNull().check(sql`amount_minor > 0 and amount_minor <= ${LARGEST}`))
    .addPrimaryKeyConstraint('budget_key', ['team_id', 'month', 'category_id'])
    .execute();
  // All teams side by side.
  await db.schema.createIndex('budget_month').on('budget').columns(['month', 'category_id']).execute();
  await indexWhatIsToHandIn(db);
}

/** What somebody has to hand in yet is found without reading all that they ever spent. */
async function indexWhatIsToHandIn(db: Kysely<unknown>): Promise<void> {
  for (const [name, column] of [
    ['expense_to_hand_in', 'spender_id'],
    ['expense_to_hand_in_for_others', 'logged_by'],
  ] as const)
    await sql`create index ${sql.ref(name)} on expense_row (${sql.ref(column)}, team_id, state)
      where state in ('draft', 'rejected')`.execute(db);
}

/** What was spent before this table was there. */
async function addUp(db: Kysely<unknown>, kind: string, period: string, about: string): Promise<void> {
  await sql`
    insert into spending (team_id, kind, period, about_id, expense_count, amount_minor)
    select team_id, ${sql.lit(kind)}, ${sql.raw(period)}, ${sql.raw(about)}, count(*), sum(team_amount_minor) from expense
    where state in ('submitted', 'approved', 'reimbursed')
    group by 1, 3, 4`.execute(db);
}

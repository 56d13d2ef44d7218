import { type Kysely, sql } from 'kysely';

/** The largest whole number that JavaScript holds exactly; no amount and no total may pass it. */
const LARGEST = sql.raw('9007199254740991');

const states = sql.raw(`('draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed')`);

export async function up(db: Kysely<unknown>): Promise<void> {
  // Above this amount, in the team's currency, a second and different person must approve.
  await db.schema
    .alterTable('team')
    .addColumn('second_approval_above', 'bigint', (column) => column.check(sql`second_approval_above >= 0`))
    .execute();
  await makeCategories(db);
  await remakeExpenses(db);
  await remakeTotals(db);

  await db.schema
    .createTable('expense_step')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('expense_id', 'text', (column) => column.notNull().references('expense.id').onDelete('cascade'))
    .addColumn('version', 'integer', (column) => column.notNull().check(sql`version > 0`))
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('person_id', 'text')
    .addColumn('person_name', 'text', (column) => column.notNull())
    .addColumn('from_state', 'text', (column) => column.check(sql`from_state in ${states}`))
    .addColumn('to_state', 'text', (column) => column.notNull().check(sql`to_state in ${states}`))
    .addColumn('comment', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await db.schema.createIndex('expense_step_expense').on('expense_step').columns(['expense_id', 'version']).unique().execute();
  await db.schema.createIndex('expense_step_person').on('expense_step').columns(['person_id', 'id']).execute();

  await db.schema
    .createTable('settlement')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('reference', 'text', (column) => column.notNull())
    .addColumn('settled_by', 'text', (column) => column.notNull())
    .addColumn('settled_by_name', 'text', (column) => column.notNull())
    .addColumn('settled_at', 'text', (column) => column.notNull())
    .execute();
}

async function makeCategories(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('category')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('retired_at', 'text')
    .execute();
  const usual = [
    ['travel', 'Travel'],
    ['accommodation', 'Accommodation'],
    ['meals', 'Meals'],
    ['office', 'Office'],
    ['software', 'Software'],
    ['training', 'Training'],
    ['marketing', 'Marketing'],
    ['other', 'Other'],
  ];
  for (const [id, label] of usual) await sql`insert into category (id, label) values (${id}, ${label})`.execute(db);
}

/** Made anew, because SQLite cannot add a CHECK. What was there counts as settled, long before there were states. */
async function remakeExpenses(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('new_expense')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('team_id', 'text', (column) => column.notNull().references('team.id'))
    .addColumn('spender_id', 'text')
    .addColumn('spender_name', 'text', (column) => column.notNull())
    .addColumn('logged_by', 'text')
    .addColumn('logged_by_name', 'text', (column) => column.notNull())
    .addColumn('item', 'text', (column) => column.notNull())
    .addColumn('merchant', 'text', (column) => column.notNull().defaultTo(''))
    .addColumn('note', 'text', (column) => column.notNull().defaultTo(''))
    .addColumn('category_id', 'text', (column) => column.notNull().references('category.id'))
    .addColumn('spent_on', 'text', (column) => column.notNull().check(sql`length(spent_on) = 10`))
    .addColumn('amount_minor', 'bigint', (column) => column.notNull().check(sql`amount_minor > 0 and amount_minor <= ${LARGEST}`))
    .addColumn('currency', 'text', (column) => column.notNull().check(sql`length(currency) = 3`))
    .addColumn('rate', 'text')
    .addColumn('rate_on', 'text')
    .addColumn('rate_source', 'text')
    .addColumn('team_amount_minor', 'bigint', (column) =>
      column.notNull().check(sql`team_amount_minor > 0 and team_amount_minor <= ${LARGEST}`),
    )
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ${states}`))
    .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1).check(sql`version > 0`))
    .addColumn('first_approved_by', 'text')
    .addColumn('decided_by', 'text')
    .addColumn('settled_by', 'text')
    .addColumn('settlement_id', 'text')
    .addColumn('logged_at', 'text', (column) => column.notNull())
    .addColumn('changed_at', 'text', (column) => column.notNull())
    // In the team's own currency an amount is what it is; in any other, with the rate of a day, and whose it is.
    .addCheckConstraint('expense_rate', sql`(rate is null) = (rate_on is null) and (rate is null) = (rate_source is null)`)
    .addCheckConstraint('expense_rated', sql`rate is not null or team_amount_minor = amount_minor`)
    // Separation of duties: NULL is nobody, and a comparison with nobody refuses nothing.
    .addCheckConstraint('expense_not_decided_by_spender', sql`decided_by <> spender_id`)
    .addCheckConstraint('expense_not_decided_by_logger', sql`decided_by <> logged_by`)
    .addCheckConstraint('expense_not_first_approved_by_spender', sql`first_approved_by <> spender_id`)
    .addCheckConstraint('expense_not_first_approved_by_logger', sql`first_approved_by <> logged_by`)
    .addCheckConstraint('expense_not_settled_by_spender', sql`settled_by <> spender_id`)
    .addCheckConstraint('expense_not_settled_by_logger', sql`settled_by <> logged_by`)
    .addCheckConstraint('expense_two_approvers_differ', sql`first_approved_by <> decided_by`)
    // What came in from elsewhere has no spender here, and its decisions were made there.
    .addCheckConstraint(
      'expense_decided_by_somebody',
      sql`state not in ('approved', 'rejected', 'reimbursed') or decided_by is not null or spender_id is null`,
    )
    .addCheckConstraint('expense_settled_by_somebody', sql`state <> 'reimbursed' or settled_by is not null or spender_id is null`)
    .addCheckConstraint('expense_undecided', sql`state not in ('draft', 'submitted') or decided_by is null`)
    .addCheckConstraint('expense_unsettled', sql`state = 'reimbursed' or settled_by is null`)
    .execute();
  await sql`insert into new_expense (id, team_id, spender_name, logged_by_name, item, category_id, spent_on, amount_minor, currency,
      team_amount_minor, state, logged_at, changed_at)
    select id, team_id, spender_name, spender_name, item, 'other', substr(logged_at, 1, 10), amount_minor, currency,
      amount_minor, 'reimbursed', logged_at, logged_at from expense`.execute(db);
  await db.schema.dropTable('expense').execute();
  await db.schema.alterTable('new_expense').renameTo('expense').execute();
  const indexes: Readonly<Record<string, string[]>> = {
    expense_team_newest: ['team_id', 'logged_at', 'id'],
    expense_team_spent_on: ['team_id', 'spent_on', 'id'],
    expense_team_amount: ['team_id', 'team_amount_minor', 'id'],
    expense_team_state: ['team_id', 'state', 'logged_at', 'id'],
    expense_spender: ['spender_id', 'logged_at', 'id'],
    expense_logger: ['logged_by', 'logged_at', 'id'],
  };
  for (const [name, columns] of Object.entries(indexes)) {
    await db.schema.createIndex(name).on('expense').columns(columns).execute();
  }
  // Who has spent something in a team, stepped through from one person to the next (`listSpenders`).
  await db.schema
    .createIndex('expense_team_spender')
    .on('expense')
    .columns(['team_id', 'spender_id', 'spender_name'])
    .where(sql.ref('state'), '<>', 'draft')
    .execute();
  // Few of all there are, for whoever decides in every team.
  await db.schema
    .createIndex('expense_waiting')
    .on('expense')
    .columns(['logged_at', 'id'])
    .where(sql.ref('state'), 'in', ['submitted', 'approved'])
    .execute();
}

/** By state, so that what is a draft, rejected or withdrawn does not count as spent. */
async function remakeTotals(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('team_total').execute();
  await db.schema
    .createTable('team_total')
    .addColumn('team_id', 'text', (column) => column.notNull().references('team.id'))
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ${states}`))
    .addColumn('expense_count', 'bigint', (column) => column.notNull().check(sql`expense_count >= 0`))
    .addColumn('amount_minor', 'bigint', (column) =>
      column.notNull().check(sql`amount_minor >= 0 and amount_minor <= ${LARGEST}`),
    )
    .addPrimaryKeyConstraint('team_total_key', ['team_id', 'state'])
    .execute();
  await sql`insert into team_total (team_id, state, expense_count, amount_minor)
    select team_id, state, count(*), sum(team_amount_minor) from expense group by team_id, state`.execute(db);
}

alter table "team" add column "second_approval_above" bigint check (second_approval_above >= 0)
-- next
create table "category" ("id" text primary key, "label" text not null, "retired_at" text)
-- next
insert into category (id, label) values ('travel', 'Travel')
-- next
insert into category (id, label) values ('accommodation', 'Accommodation')
-- next
insert into category (id, label) values ('meals', 'Meals')
-- next
insert into category (id, label) values ('office', 'Office')
-- next
insert into category (id, label) values ('software', 'Software')
-- next
insert into category (id, label) values ('training', 'Training')
-- next
insert into category (id, label) values ('marketing', 'Marketing')
-- next
insert into category (id, label) values ('other', 'Other')
-- next
create table "new_expense" ("id" text primary key, "team_id" text not null references "team" ("id"), "spender_id" text, "spender_name" text not null, "logged_by" text, "logged_by_name" text not null, "item" text not null, "merchant" text default '' not null, "note" text default '' not null, "category_id" text not null references "category" ("id"), "spent_on" text not null check (length(spent_on) = 10), "amount_minor" bigint not null check (amount_minor > 0 and amount_minor <= 9007199254740991), "currency" text not null check (length(currency) = 3), "rate" text, "rate_on" text, "rate_source" text, "team_amount_minor" bigint not null check (team_amount_minor > 0 and team_amount_minor <= 9007199254740991), "state" text not null check (state in ('draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed')), "version" integer default 1 not null check (version > 0), "first_approved_by" text, "decided_by" text, "settled_by" text, "settlement_id" text, "logged_at" text not null, "changed_at" text not null, constraint "expense_rate" check ((rate is null) = (rate_on is null) and (rate is null) = (rate_source is null)), constraint "expense_rated" check (rate is not null or team_amount_minor = amount_minor), constraint "expense_not_decided_by_spender" check (decided_by <> spender_id), constraint "expense_not_decided_by_logger" check (decided_by <> logged_by), constraint "expense_not_first_approved_by_spender" check (first_approved_by <> spender_id), constraint "expense_not_first_approved_by_logger" check (first_approved_by <> logged_by), constraint "expense_not_settled_by_spender" check (settled_by <> spender_id), constraint "expense_not_settled_by_logger" check (settled_by <> logged_by), constraint "expense_two_approvers_differ" check (first_approved_by <> decided_by), constraint "expense_decided_by_somebody" check (state not in ('approved', 'rejected', 'reimbursed') or decided_by is not null or spender_id is null), constraint "expense_settled_by_somebody" check (state <> 'reimbursed' or settled_by is not null or spender_id is null), constraint "expense_undecided" check (state not in ('draft', 'submitted') or decided_by is null), constraint "expense_unsettled" check (state = 'reimbursed' or settled_by is null))
-- next
insert into new_expense (id, team_id, spender_name, logged_by_name, item, category_id, spent_on, amount_minor, currency,
      team_amount_minor, state, logged_at, changed_at)
    select id, team_id, spender_name, spender_name, item, 'other', substr(logged_at, 1, 10), amount_minor, currency,
      amount_minor, 'reimbursed', logged_at, logged_at from expense
-- next
drop table "expense"
-- next
alter table "new_expense" rename to "expense"
-- next
create index "expense_team_newest" on "expense" ("team_id", "logged_at", "id")
-- next
create index "expense_team_spent_on" on "expense" ("team_id", "spent_on", "id")
-- next
create index "expense_team_amount" on "expense" ("team_id", "team_amount_minor", "id")
-- next
create index "expense_team_state" on "expense" ("team_id", "state", "logged_at", "id")
-- next
create index "expense_spender" on "expense" ("spender_id", "logged_at", "id")
-- next
create index "expense_logger" on "expense" ("logged_by", "logged_at", "id")
-- next
create index "expense_team_spender" on "expense" ("team_id", "spender_id", "spender_name") where "state" <> 'draft'
-- next
create index "expense_waiting" on "expense" ("logged_at", "id") where "state" in ('submitted', 'approved')
-- next
drop table "team_total"
-- next
create table "team_total" ("team_id" text not null references "team" ("id"), "state" text not null check (state in ('draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed')), "expense_count" bigint not null check (expense_count >= 0), "amount_minor" bigint not null check (amount_minor >= 0 and amount_minor <= 9007199254740991), constraint "team_total_key" primary key ("team_id", "state"))
-- next
insert into team_total (team_id, state, expense_count, amount_minor)
    select team_id, state, count(*), sum(team_amount_minor) from expense group by team_id, state
-- next
create table "expense_step" ("id" text primary key, "expense_id" text not null references "expense" ("id") on delete cascade, "version" integer not null check (version > 0), "at" text not null, "person_id" text, "person_name" text not null, "from_state" text check (from_state in ('draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed')), "to_state" text not null check (to_state in ('draft', 'submitted', 'approved', 'rejected', 'withdrawn', 'reimbursed')), "comment" text default '' not null)
-- next
create unique index "expense_step_expense" on "expense_step" ("expense_id", "version")
-- next
create index "expense_step_person" on "expense_step" ("person_id", "id")
-- next
create table "settlement" ("id" text primary key, "reference" text not null, "settled_by" text not null, "settled_by_name" text not null, "settled_at" text not null)
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0006-the-life-of-an-expense', '2026-11-29T10:47:36.894Z')
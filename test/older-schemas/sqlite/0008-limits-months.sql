create table "limit_rule" ("id" text primary key, "kind" text not null check (kind in ('expense', 'day', 'month', 'receipt', 'age', 'duplicate')), "effect" text not null check (effect in ('warn', 'block')), "team_id" text references "team" ("id"), "category_id" text references "category" ("id"), "amount_minor" bigint check (amount_minor > 0 and amount_minor <= 9007199254740991), "currency" text check (length(currency) = 3), "days" integer check (days > 0), constraint "limit_rule_amount" check ((kind in ('age', 'duplicate')) = (amount_minor is null)), constraint "limit_rule_currency" check ((amount_minor is null) = (currency is null)), constraint "limit_rule_days" check ((kind = 'age') = (days is not null)))
-- next
create table "closed_month" ("month" text primary key check (length(month) = 7), "closed_by" text not null, "closed_by_name" text not null, "closed_at" text not null)
-- next
create table "month_lock" ("month" text primary key)
-- next
create index "expense_spender_day" on "expense" ("spender_id", "spent_on")
-- next
create index "expense_spent_on" on "expense" ("spent_on", "state", "team_id", "team_amount_minor")
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0008-limits-months', '2026-11-29T10:47:34.647Z')
create table "account_rule" ("scope" text primary key, "team_id" text references "team" ("id"), "category_id" text references "category" ("id"), "account" text not null, "cost_centre" text not null, "tax_code" text not null, constraint "account_rule_scope" check (scope = coalesce(team_id, '') || '/' || coalesce(category_id, '')), constraint "account_rule_says_something" check (account <> '' or cost_centre <> '' or tax_code <> ''))
-- next
create table "accountant_file" ("settlement_id" text primary key references "settlement" ("id"), "content" text not null, "sha256" text not null check (length(sha256) = 64), "expense_count" integer not null, "saved_at" text not null, "saved_by" text not null, "saved_by_name" text not null)
-- next
create index "settlement_newest" on "settlement" ("settled_at", "id")
-- next
create index "expense_settlement" on "expense" ("settlement_id", "team_id", "spent_on", "id") where "settlement_id" is not null
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0010-accountant', '2026-11-29T10:47:34.664Z')
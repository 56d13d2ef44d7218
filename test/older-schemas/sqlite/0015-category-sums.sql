create index "expense_team_category" on "expense_row" ("team_id", "category_id", "state", "team_amount_minor", "import_id")
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0015-category-sums', '2026-11-29T10:47:34.720Z')
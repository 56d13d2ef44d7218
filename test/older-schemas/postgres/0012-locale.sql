alter table "person" add column "locale" text check (length(locale) between 2 and 60)
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0012-locale', '2026-11-29T10:47:37.111Z')
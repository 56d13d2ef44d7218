alter table "team" add column "archived_at" text
-- next
alter table "person" add column "claims" text default '[]' not null
-- next
alter table "person" add column "groups_state" text default 'absent' not null check (groups_state in ('absent', 'overflowing', 'empty', 'present'))
-- next
alter table "person" add column "groups_told_at" text
-- next
alter table "person" add column "disabled_at" text
-- next
alter table "person" add column "sort_name" text collate "C" default '' not null
-- next
update person set sort_name = lower(coalesce(name, '') || ' ' || coalesce(email, ''))
-- next
create index "person_sort_name" on "person" ("sort_name", "id")
-- next
create table "new_rule" ("id" text primary key, "claim" text not null, "operator" text default 'equals' not null check (operator in ('equals', 'matches')), "value" text not null, "role" text not null, "team_id" text references "team" ("id"), constraint "new_rule_role_fits_team" check ((role in ('member', 'manager') and team_id is not null) or (role in ('admin', 'finance', 'auditor') and team_id is null)))
-- next
insert into new_rule (id, claim, value, role, team_id) select id, claim, value, role, team_id from rule
-- next
drop table "rule"
-- next
alter table "new_rule" rename to "rule"
-- next
create unique index "rule_team_once" on "rule" ("claim", "operator", "value", "role", "team_id") where "team_id" is not null
-- next
create unique index "rule_organisation_once" on "rule" ("claim", "operator", "value", "role") where "team_id" is null
-- next
create table "right_grant" ("id" text primary key, "person_id" text not null references "person" ("id") on delete cascade, "role" text not null, "team_id" text references "team" ("id"), "given_by" text not null, "given_at" text not null, constraint "right_grant_role_fits_team" check ((role in ('member', 'manager') and team_id is not null) or (role in ('admin', 'finance', 'auditor') and team_id is null)))
-- next
create unique index "right_grant_team_once" on "right_grant" ("person_id", "role", "team_id") where "team_id" is not null
-- next
create unique index "right_grant_organisation_once" on "right_grant" ("person_id", "role") where "team_id" is null
-- next
create index "right_grant_person" on "right_grant" ("person_id")
-- next
create table "rule_book" ("id" integer primary key check (id = 1), "version" text not null)
-- next
insert into rule_book (id, version) values (1, 'first')
-- next
create function change_rule_book_version() returns trigger language plpgsql as $$
    begin
      update rule_book set version = gen_random_uuid()::text;
      return null;
    end $$
-- next
create trigger rule_changes_version after insert or update or delete or truncate on rule
    for each statement execute function change_rule_book_version()
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0005-roles-rules-grants', '2026-11-29T10:47:36.843Z')
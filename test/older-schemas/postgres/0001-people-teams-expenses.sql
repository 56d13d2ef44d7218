create table if not exists "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null)
-- next
create table if not exists "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null)
-- next
insert into "kysely_migration_lock" ("id", "is_locked") values ('migration_lock', 0)
-- next
create table "person" ("id" text primary key, "issuer" text not null, "subject" text not null, "name" text, "email" text, "email_verified" integer not null check (email_verified in (0, 1)), "admitted_at" text not null, "signed_in_at" text not null, constraint "person_issuer_subject" unique ("issuer", "subject"))
-- next
create table "session" ("id_hash" text primary key, "person_id" text not null references "person" ("id") on delete cascade, "issuer" text not null, "subject" text not null, "sid" text, "auth_time" text, "acr" text, "sealed_id_token" text not null, "started_at" text not null, "seen_at" text not null)
-- next
create index "session_person" on "session" ("person_id")
-- next
create index "session_issuer_sid" on "session" ("issuer", "sid")
-- next
create index "session_issuer_subject" on "session" ("issuer", "subject")
-- next
create index "session_seen_at" on "session" ("seen_at")
-- next
create table "team" ("id" text primary key check (id = lower(id) and length(id) between 1 and 64 and substr(id, 1, 1) <> '-'), "label" text not null, "currency" text not null check (length(currency) = 3))
-- next
create table "rule" ("id" text primary key, "claim" text not null check (claim in ('email')), "value" text not null, "role" text not null check (role in ('member', 'admin')), "team_id" text references "team" ("id"), constraint "rule_team_fits_role" check ((role = 'admin') = (team_id is null)))
-- next
create unique index "rule_team_once" on "rule" ("claim", "value", "team_id", "role") where "team_id" is not null
-- next
create unique index "rule_organisation_once" on "rule" ("claim", "value", "role") where "team_id" is null
-- next
create table "expense" ("id" text primary key, "team_id" text not null references "team" ("id"), "spender_name" text not null, "item" text not null, "amount_minor" bigint not null check (amount_minor > 0 and amount_minor <= 9007199254740991), "currency" text not null check (length(currency) = 3), "logged_at" text not null)
-- next
create index "expense_team_newest" on "expense" ("team_id", "logged_at", "id")
-- next
create table "team_total" ("team_id" text primary key references "team" ("id"), "expense_count" bigint not null check (expense_count >= 0), "amount_minor" bigint not null check (amount_minor >= 0 and amount_minor <= 9007199254740991))
-- next
create table "sample_organisation" ("name" text primary key, "loaded_at" text not null)
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0001-people-teams-expenses', '2026-11-29T10:47:36.724Z')
drop table "session"
-- next
create table "session" ("id_hash" text primary key, "person_id" text not null references "person" ("id") on delete cascade, "issuer" text not null, "subject" text not null, "sid" text, "auth_time" text, "acr" text, "amr" text not null, "nonce_hash" text not null, "device" text not null, "address" text not null, "sealed_id_token" text not null, "sealed_refresh_token" text, "started_at" text not null, "seen_at" text not null, "ends_at" text not null, "revalidate_at" text, constraint "session_revalidates_by_token" check ((revalidate_at is null) = (sealed_refresh_token is null)))
-- next
create index "session_person" on "session" ("person_id")
-- next
create index "session_issuer_sid" on "session" ("issuer", "sid")
-- next
create index "session_issuer_subject" on "session" ("issuer", "subject")
-- next
create index "session_seen_at" on "session" ("seen_at")
-- next
create index "session_ends_at" on "session" ("ends_at")
-- next
create table "access_end" ("issuer" text not null, "kind" text not null check (kind in ('sid', 'subject')), "value" text not null, "ended_at" text not null, constraint "access_end_key" primary key ("issuer", "kind", "value"))
-- next
create index "access_end_ended_at" on "access_end" ("ended_at")
-- next
create table "used_logout_token" ("jti_hash" text primary key, "used_at" text not null)
-- next
create index "used_logout_token_used_at" on "used_logout_token" ("used_at")
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0003-sessions-that-end', '2026-11-29T10:47:34.609Z')
create table "used_nonce" ("nonce_hash" text primary key, "used_at" text not null)
-- next
create index "used_nonce_used_at" on "used_nonce" ("used_at")
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0002-used-nonces', '2026-11-29T10:47:36.748Z')
create table "audit_entry" ("id" text primary key, "at" text not null, "action" text not null, "person_id" text, "person_name" text, "about_kind" text, "about_id" text, "about_name" text, "detail" text not null, "reference" text, constraint "audit_entry_about_whole" check ((about_kind is null) = (about_id is null)))
-- next
create index "audit_entry_person" on "audit_entry" ("person_id", "id")
-- next
create index "audit_entry_about" on "audit_entry" ("about_kind", "about_id", "id")
-- next
create index "audit_entry_action" on "audit_entry" ("action", "id")
-- next
create table "audit_link" ("seq" bigint not null primary key, "entry_id" text not null unique, "hash" text not null)
-- next
create table "audit_pending" ("entry_id" text not null primary key)
-- next
create table "audit_head" ("id" integer not null primary key check (id = 1), "seq" bigint not null, "hash" text not null)
-- next
insert into audit_head (id, seq, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')
-- next
create function audit_takes_no_change() returns trigger language plpgsql as $$
    begin
      raise exception '% takes no change', tg_table_name using errcode = 'insufficient_privilege';
    end $$
-- next
create trigger "audit_entry_no_change" before update or delete or truncate on "audit_entry"
      for each statement execute function audit_takes_no_change()
-- next
create trigger "audit_link_no_change" before update or delete or truncate on "audit_link"
      for each statement execute function audit_takes_no_change()
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0004-audit-record', '2026-11-29T10:47:36.802Z')
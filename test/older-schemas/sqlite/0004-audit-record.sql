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
create trigger "audit_entry_no_update" before update on "audit_entry" begin select raise(abort, 'audit_entry takes no change'); end
-- next
create trigger "audit_entry_no_delete" before delete on "audit_entry" begin select raise(abort, 'audit_entry takes no change'); end
-- next
create trigger "audit_entry_no_replace" before insert on "audit_entry"
      when exists (select 1 from "audit_entry" where id = new.id) begin select raise(abort, 'audit_entry takes no change'); end
-- next
create trigger "audit_link_no_update" before update on "audit_link" begin select raise(abort, 'audit_link takes no change'); end
-- next
create trigger "audit_link_no_delete" before delete on "audit_link" begin select raise(abort, 'audit_link takes no change'); end
-- next
create trigger "audit_link_no_replace" before insert on "audit_link"
      when exists (select 1 from "audit_link" where seq = new.seq or entry_id = new.entry_id) begin select raise(abort, 'audit_link takes no change'); end
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0004-audit-record', '2026-11-29T10:47:34.614Z')
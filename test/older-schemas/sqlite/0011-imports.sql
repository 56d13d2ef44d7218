create table "import" ("id" text primary key, "team_id" text not null references "team" ("id"), "kind" text not null check (kind in ('own', 'team')), "person_id" text not null, "person_name" text not null, "file_name" text not null, "size" bigint not null check (size >= 0), "sha256" text not null check (length(sha256) in (0, 64)), "state" text not null check (state in ('arriving', 'arrived', 'checking', 'checked', 'landing', 'landed', 'ended')), "choices" text not null, "outcome" text not null, "bytes_read" bigint default 0 not null, "begun_at" text not null, "alive_at" text not null)
-- next
create index "import_team" on "import" ("team_id", "begun_at", "id")
-- next
create index "import_file" on "import" ("team_id", "sha256")
-- next
create unique index import_one_at_a_time on import (team_id) where state = 'landing'
-- next
create table "import_piece" ("import_id" text not null references "import" ("id") on delete cascade, "number" integer not null check (number > 0), "bytes" blob not null check (length(bytes) > 0 and length(bytes) <= 262144), constraint "import_piece_key" primary key ("import_id", "number"))
-- next
create table "import_pending" ("import_id" text primary key references "import" ("id"))
-- next
alter table "expense" rename to "expense_row"
-- next
alter table "expense_row" add column "import_id" text
-- next
alter table "expense_row" add column "import_line" integer
-- next
alter table "expense_row" add column "import_key" text
-- next
create index expense_import on expense_row (import_id, import_line) where import_id is not null
-- next
create index expense_import_key on expense_row (team_id, import_key) where import_key is not null
-- next
create view expense as select * from expense_row
    where import_id is null or import_id not in (select import_id from import_pending)
-- next
delete from team_total where state = 'draft'
-- next
update team_total set amount_minor = 0 where state in ('rejected', 'withdrawn')
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0011-imports', '2026-11-29T10:47:34.679Z')
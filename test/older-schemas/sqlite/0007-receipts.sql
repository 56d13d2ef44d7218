create table "receipt" ("id" text primary key, "expense_id" text not null references "expense" ("id") on delete cascade, "name" text not null, "type" text not null, "size" integer check (size > 0 and size <= 10485760), "sha256" text check (length(sha256) = 64), "added_by" text not null, "added_by_name" text not null, "added_at" text not null, "stored_in" text not null, constraint "receipt_whole" check ((size is null) = (sha256 is null)))
-- next
create index "receipt_expense" on "receipt" ("expense_id", "id")
-- next
create index "receipt_sha256" on "receipt" ("sha256")
-- next
create index "receipt_begun" on "receipt" ("added_at") where "size" is null
-- next
create table "receipt_piece" ("receipt_id" text not null references "receipt" ("id") on delete cascade, "number" integer not null check (number > 0), "bytes" blob not null check (length(bytes) > 0 and length(bytes) <= 262144), constraint "receipt_piece_key" primary key ("receipt_id", "number"))
-- next
create table "receipt_leftover" ("id" text primary key, "stored_in" text not null)
-- next
create trigger receipt_leaves_something after delete on receipt when old.stored_in <> 'database' begin
         insert into receipt_leftover (id, stored_in) values (old.id, old.stored_in);
       end
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0007-receipts', '2026-11-29T10:47:34.638Z')
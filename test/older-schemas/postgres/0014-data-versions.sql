create table "data_version" ("team_id" text primary key, "version" text not null)
-- next
create function move_version_of_changed() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (select team_id from changed) as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$
-- next
create function move_version_of_shown() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (select team_id from changed where import_id is null or import_id not in (select import_id from import_pending)) as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$
-- next
create function move_version_of_both() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (select team_id from was union select team_id from changed) as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$
-- next
create function move_version_of_landed() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (select import.team_id from changed join import on import.id = changed.import_id) as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$
-- next
create function move_version_of_themselves() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (select id from changed) as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$
-- next
create function move_version_of_shared() returns trigger language plpgsql as $$
         begin
           -- In one order, so that two that move the same wait for each other and not for ever.
           insert into data_version (team_id, version)
           select team_id, gen_random_uuid()::text from (select distinct team_id from (select '') as found (team_id)) as teams order by team_id
           on conflict (team_id) do update set version = excluded.version;
           return null;
         end $$
-- next
create trigger expense_row_insert_moves_version after insert on expense_row
           referencing new table as changed for each statement execute function move_version_of_shown()
-- next
create trigger expense_row_delete_moves_version after delete on expense_row
           referencing old table as changed for each statement execute function move_version_of_shown()
-- next
create trigger expense_row_update_moves_version after update on expense_row
           referencing old table as was new table as changed for each statement execute function move_version_of_both()
-- next
create trigger import_pending_delete_moves_version after delete on import_pending
           referencing old table as changed for each statement execute function move_version_of_landed()
-- next
create trigger team_update_moves_version after update on team
           referencing new table as changed for each statement execute function move_version_of_themselves()
-- next
create trigger budget_insert_moves_version after insert on budget
           referencing new table as changed for each statement execute function move_version_of_changed()
-- next
create trigger budget_delete_moves_version after delete on budget
           referencing old table as changed for each statement execute function move_version_of_changed()
-- next
create trigger budget_update_moves_version after update on budget
           referencing old table as was new table as changed for each statement execute function move_version_of_both()
-- next
create trigger category_moves_version after insert or update or delete on category
         for each statement execute function move_version_of_shared()
-- next
create trigger person_moves_version after update on person
         for each row when (old.name is distinct from new.name or old.email is distinct from new.email) execute function move_version_of_shared()
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0014-data-versions', '2026-11-29T10:47:37.174Z')
create table "data_version" ("team_id" text primary key, "version" text not null)
-- next
create trigger expense_row_insert_moves_version after insert on expense_row
             when new.import_id is null or new.import_id not in (select import_id from import_pending) begin
             insert into data_version (team_id, version) values (new.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger expense_row_delete_moves_version after delete on expense_row
             when old.import_id is null or old.import_id not in (select import_id from import_pending) begin
             insert into data_version (team_id, version) values (old.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger expense_row_update_moves_version after update on expense_row
              begin
             insert into data_version (team_id, version) values (new.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger expense_row_update_of_team_id_moves_version after update of team_id on expense_row
              begin
             insert into data_version (team_id, version) values (old.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger import_pending_delete_moves_version after delete on import_pending
              begin
             insert into data_version (team_id, version) values ((select team_id from import where id = old.import_id), lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger team_update_moves_version after update on team
              begin
             insert into data_version (team_id, version) values (new.id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger budget_insert_moves_version after insert on budget
              begin
             insert into data_version (team_id, version) values (new.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger budget_update_moves_version after update on budget
              begin
             insert into data_version (team_id, version) values (new.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger budget_delete_moves_version after delete on budget
              begin
             insert into data_version (team_id, version) values (old.team_id, lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger category_insert_moves_version after insert on category
              begin
             insert into data_version (team_id, version) values ('', lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger category_update_moves_version after update on category
              begin
             insert into data_version (team_id, version) values ('', lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger category_delete_moves_version after delete on category
              begin
             insert into data_version (team_id, version) values ('', lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
create trigger person_update_moves_version after update on person
             when old.name is not new.name or old.email is not new.email begin
             insert into data_version (team_id, version) values ('', lower(hex(randomblob(16))))
             on conflict (team_id) do update set version = excluded.version;
           end
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0014-data-versions', '2026-11-29T10:47:34.712Z')
create table "exchange_rate" ("day" text not null check (length(day) = 10), "base" text not null check (length(base) = 3), "currency" text not null check (length(currency) = 3), "rate" text not null check (length(rate) between 1 and 33), "source" text not null check (source not in ('', 'typed')), constraint "exchange_rate_key" primary key ("currency", "day", "base"), constraint "exchange_rate_between_two" check (base <> currency))
-- next
create index "exchange_rate_day" on "exchange_rate" ("day")
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0009-exchange-rates', '2026-11-29T10:47:34.655Z')
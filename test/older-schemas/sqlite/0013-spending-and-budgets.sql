create table "spending" ("team_id" text not null references "team" ("id"), "kind" text not null check (kind in ('team', 'category', 'person')), "period" text not null, "about_id" text not null, "expense_count" bigint not null check (expense_count >= 0), "amount_minor" bigint not null check (amount_minor >= 0 and amount_minor <= 9007199254740991), constraint "spending_key" primary key ("team_id", "kind", "period", "about_id"), constraint "spending_period" check (length(period) = case kind when 'team' then 7 else 10 end))
-- next
insert into spending (team_id, kind, period, about_id, expense_count, amount_minor)
    select team_id, 'team', substr(spent_on, 1, 7), '', count(*), sum(team_amount_minor) from expense
    where state in ('submitted', 'approved', 'reimbursed')
    group by 1, 3, 4
-- next
insert into spending (team_id, kind, period, about_id, expense_count, amount_minor)
    select team_id, 'category', spent_on, category_id, count(*), sum(team_amount_minor) from expense
    where state in ('submitted', 'approved', 'reimbursed')
    group by 1, 3, 4
-- next
insert into spending (team_id, kind, period, about_id, expense_count, amount_minor)
    select team_id, 'person', spent_on, coalesce(spender_id, ''), count(*), sum(team_amount_minor) from expense
    where state in ('submitted', 'approved', 'reimbursed')
    group by 1, 3, 4
-- next
create table "budget" ("team_id" text not null references "team" ("id"), "month" text not null check (length(month) = 7), "category_id" text not null, "amount_minor" bigint not null check (amount_minor > 0 and amount_minor <= 9007199254740991), constraint "budget_key" primary key ("team_id", "month", "category_id"))
-- next
create index "budget_month" on "budget" ("month", "category_id")
-- next
create index "expense_to_hand_in" on expense_row ("spender_id", team_id, state)
      where state in ('draft', 'rejected')
-- next
create index "expense_to_hand_in_for_others" on expense_row ("logged_by", team_id, state)
      where state in ('draft', 'rejected')
-- next
insert into "kysely_migration" ("name", "timestamp") values ('0013-spending-and-budgets', '2026-11-29T10:47:34.701Z')
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at) values ('person-alice', 'https://id.example.com', 'person-alice', 'person-alice O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-alice@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z')
-- next
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at) values ('person-bob', 'https://id.example.com', 'person-bob', 'person-bob O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-bob@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z')
-- next
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at) values ('person-fiona', 'https://id.example.com', 'person-fiona', 'person-fiona O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-fiona@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z')
-- next
insert into "session" (id_hash, person_id, issuer, subject, sid, auth_time, acr, sealed_id_token, started_at, seen_at) values ('hash', 'person-alice', 'https://id.example.com', 'person-alice', 'sid', '2026-03-10T09:00:00.000Z', null, 'sealed', '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z')
-- next
insert into "team" (id, label, currency) values ('finance', 'finance O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'USD')
-- next
insert into "team" (id, label, currency) values ('marketing', 'marketing O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'EUR')
-- next
insert into "rule" (id, claim, value, role, team_id) values ('rule-1', 'email', 'alice@example.com', 'member', 'finance')
-- next
insert into "rule" (id, claim, value, role, team_id) values ('rule-2', 'email', 'dana@example.com', 'admin', null)
-- next
insert into "sample_organisation" (name, loaded_at) values ('sample', '2026-03-10T09:00:00.000Z')
-- next
insert into "used_nonce" (nonce_hash, used_at) values ('nonce', '2026-03-10T09:00:00.000Z')
-- next
insert into "expense" (id, team_id, spender_name, item, amount_minor, currency, logged_at) values ('expense-draft', 'finance', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 100, 'USD', '2026-03-10T09:00:00.000Z')
-- next
insert into "expense" (id, team_id, spender_name, item, amount_minor, currency, logged_at) values ('expense-submitted', 'finance', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 1001, 'USD', '2026-03-10T09:00:00.000Z')
-- next
insert into "expense" (id, team_id, spender_name, item, amount_minor, currency, logged_at) values ('expense-approved', 'finance', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 10002, 'USD', '2026-03-10T09:00:00.000Z')
-- next
insert into "expense" (id, team_id, spender_name, item, amount_minor, currency, logged_at) values ('expense-rejected', 'finance', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 100003, 'USD', '2026-03-10T09:00:00.000Z')
-- next
insert into "expense" (id, team_id, spender_name, item, amount_minor, currency, logged_at) values ('expense-withdrawn', 'finance', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 1000004, 'USD', '2026-03-10T09:00:00.000Z')
-- next
insert into "expense" (id, team_id, spender_name, item, amount_minor, currency, logged_at) values ('expense-reimbursed', 'finance', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 10000005, 'USD', '2026-03-10T09:00:00.000Z')
-- next
insert into "team_total" (team_id, expense_count, amount_minor) values ('finance', 6, 11111115)
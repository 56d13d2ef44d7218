insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, claims, groups_state, groups_told_at, sort_name) values ('person-alice', 'https://id.example.com', 'person-alice', 'person-alice O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-alice@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '[["groups",["a"]]]', 'present', '2026-03-10T09:00:00.000Z', 'person-alice')
-- next
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, claims, groups_state, groups_told_at, sort_name) values ('person-bob', 'https://id.example.com', 'person-bob', 'person-bob O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-bob@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '[["groups",["a"]]]', 'present', '2026-03-10T09:00:00.000Z', 'person-bob')
-- next
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, claims, groups_state, groups_told_at, sort_name) values ('person-fiona', 'https://id.example.com', 'person-fiona', 'person-fiona O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-fiona@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '[["groups",["a"]]]', 'present', '2026-03-10T09:00:00.000Z', 'person-fiona')
-- next
insert into "session" (id_hash, person_id, issuer, subject, sid, auth_time, acr, sealed_id_token, started_at, seen_at, amr, nonce_hash, device, address, ends_at, sealed_refresh_token, revalidate_at) values ('hash', 'person-alice', 'https://id.example.com', 'person-alice', 'sid', '2026-03-10T09:00:00.000Z', null, 'sealed', '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'pwd', 'nonce', 'Firefox', '192.0.2.1', '2026-03-10T09:00:00.000Z', 'sealed', '2026-03-10T09:00:00.000Z')
-- next
insert into "team" (id, label, currency, archived_at) values ('finance', 'finance O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'USD', null)
-- next
insert into "team" (id, label, currency, archived_at) values ('marketing', 'marketing O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'EUR', '2026-03-10T09:00:00.000Z')
-- next
insert into "rule" (id, claim, value, role, team_id) values ('rule-1', 'email', 'alice@example.com', 'member', 'finance')
-- next
insert into "rule" (id, claim, value, role, team_id) values ('rule-2', 'email', 'dana@example.com', 'admin', null)
-- next
insert into "sample_organisation" (name, loaded_at) values ('sample', '2026-03-10T09:00:00.000Z')
-- next
insert into "used_nonce" (nonce_hash, used_at) values ('nonce', '2026-03-10T09:00:00.000Z')
-- next
insert into "access_end" (issuer, kind, value, ended_at) values ('https://id.example.com', 'sid', 'gone', '2026-03-10T09:00:00.000Z')
-- next
insert into "used_logout_token" (jti_hash, used_at) values ('jti', '2026-03-10T09:00:00.000Z')
-- next
insert into "right_grant" (id, person_id, role, team_id, given_by, given_at) values ('grant-1', 'person-fiona', 'finance', null, 'Dana', '2026-03-10T09:00:00.000Z')
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
-- next
insert into "audit_entry" (id, at, action, person_id, person_name, about_kind, about_id, about_name, detail, reference) values ('019cd6f9-7a80-7003-9458-ab55d7c46574', '2026-03-10T09:00:00.000Z', 'signed-in', 'person-alice', 'Alice', null, null, null, '{}', null)
-- next
insert into "audit_entry" (id, at, action, person_id, person_name, about_kind, about_id, about_name, detail, reference) values ('019cd6f9-7a80-7004-9f46-d207ae51418f', '2026-03-10T09:00:00.000Z', 'signed-in', 'person-alice', 'O’Brien \ "quotes" ''and'' 💶 ; -- é́ %_', null, null, null, '{}', null)
-- next
insert into "audit_entry" (id, at, action, person_id, person_name, about_kind, about_id, about_name, detail, reference) values ('019cd6f9-7a80-7005-8604-8e25e79a2948', '2026-03-10T09:00:00.000Z', 'signed-in', 'person-alice', 'Late', null, null, null, '{}', null)
-- next
insert into "audit_link" (seq, entry_id, hash) values (1, '019cd6f9-7a80-7003-9458-ab55d7c46574', '87619a4769c5dcdd29fc8839f23ce8a9285594280a81ee0a01de1918ce24bdae')
-- next
insert into "audit_link" (seq, entry_id, hash) values (2, '019cd6f9-7a80-7004-9f46-d207ae51418f', '10dc5aedd0afde4e623756b943b2eb97ee9dcb4ca7083985bfc2199969a1c9f1')
-- next
insert into "audit_pending" (entry_id) values ('019cd6f9-7a80-7005-8604-8e25e79a2948')
-- next
update audit_head set seq = 2, hash = '10dc5aedd0afde4e623756b943b2eb97ee9dcb4ca7083985bfc2199969a1c9f1'
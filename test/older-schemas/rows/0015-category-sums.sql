insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, claims, groups_state, groups_told_at, sort_name, locale) values ('person-alice', 'https://id.example.com', 'person-alice', 'person-alice O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-alice@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '[["groups",["a"]]]', 'present', '2026-03-10T09:00:00.000Z', 'person-alice', 'de-DE')
-- next
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, claims, groups_state, groups_told_at, sort_name, locale) values ('person-bob', 'https://id.example.com', 'person-bob', 'person-bob O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-bob@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '[["groups",["a"]]]', 'present', '2026-03-10T09:00:00.000Z', 'person-bob', 'de-DE')
-- next
insert into "person" (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, claims, groups_state, groups_told_at, sort_name, locale) values ('person-fiona', 'https://id.example.com', 'person-fiona', 'person-fiona O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-fiona@example.com', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', '[["groups",["a"]]]', 'present', '2026-03-10T09:00:00.000Z', 'person-fiona', 'de-DE')
-- next
insert into "session" (id_hash, person_id, issuer, subject, sid, auth_time, acr, sealed_id_token, started_at, seen_at, amr, nonce_hash, device, address, ends_at, sealed_refresh_token, revalidate_at) values ('hash', 'person-alice', 'https://id.example.com', 'person-alice', 'sid', '2026-03-10T09:00:00.000Z', null, 'sealed', '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'pwd', 'nonce', 'Firefox', '192.0.2.1', '2026-03-10T09:00:00.000Z', 'sealed', '2026-03-10T09:00:00.000Z')
-- next
insert into "team" (id, label, currency, archived_at, second_approval_above) values ('finance', 'finance O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'USD', null, 100000)
-- next
insert into "team" (id, label, currency, archived_at, second_approval_above) values ('marketing', 'marketing O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'EUR', '2026-03-10T09:00:00.000Z', null)
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
insert into "settlement" (id, reference, settled_by, settled_by_name, settled_at) values ('settlement-1', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'person-fiona', 'Fiona', '2026-03-10T09:00:00.000Z')
-- next
insert into "import" (id, team_id, kind, person_id, person_name, file_name, size, sha256, state, choices, outcome, bytes_read, begun_at, alive_at) values ('import-1', 'finance', 'own', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 3, 'abababababababababababababababababababababababababababababababab', 'landing', '{}', '{}', 1, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z')
-- next
insert into "import_piece" (import_id, number, bytes) values ('import-1', 1, x'0080ff')
-- next
insert into "import_pending" (import_id) values ('import-1')
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'USD', null, null, null, null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-draft', 100, 100, 'draft', 1, null, null, null, null, null, null)
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'USD', null, null, null, null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-submitted', 1001, 1001, 'submitted', 2, null, null, null, null, null, null)
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'EUR', '1.5', '2026-03-09', 'ECB', null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-approved', 6668, 10002, 'approved', 3, 'person-bob', null, null, null, null, null)
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'USD', null, null, null, null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-rejected', 100003, 100003, 'rejected', 4, 'person-bob', null, null, null, null, null)
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'USD', null, null, null, null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-withdrawn', 1000004, 1000004, 'withdrawn', 5, null, null, null, null, null, null)
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'USD', null, null, null, null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-reimbursed', 10000005, 10000005, 'reimbursed', 6, 'person-bob', 'person-fiona', 'settlement-1', null, null, null)
-- next
insert into "expense_row" (team_id, spender_id, spender_name, logged_by, logged_by_name, item, merchant, note, category_id, spent_on, currency, rate, rate_on, rate_source, first_approved_by, logged_at, changed_at, id, amount_minor, team_amount_minor, state, version, decided_by, settled_by, settlement_id, import_id, import_line, import_key) values ('finance', 'person-alice', 'Alice', 'person-alice', 'Alice', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'meals', '2026-03-09', 'USD', null, null, null, null, '2026-03-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z', 'expense-arriving', 100, 100, 'draft', 1, null, null, null, 'import-1', 2, 'key')
-- next
insert into "team_total" (team_id, state, expense_count, amount_minor) values ('finance', 'submitted', 1, 1001)
-- next
insert into "team_total" (team_id, state, expense_count, amount_minor) values ('finance', 'approved', 1, 10002)
-- next
insert into "team_total" (team_id, state, expense_count, amount_minor) values ('finance', 'rejected', 1, 0)
-- next
insert into "team_total" (team_id, state, expense_count, amount_minor) values ('finance', 'withdrawn', 1, 0)
-- next
insert into "team_total" (team_id, state, expense_count, amount_minor) values ('finance', 'reimbursed', 1, 10000005)
-- next
insert into "expense_step" (id, expense_id, version, at, person_id, person_name, from_state, to_state, comment) values ('step-draft', 'expense-draft', 1, '2026-03-10T09:00:00.000Z', 'person-alice', 'Alice', null, 'draft', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_')
-- next
insert into "expense_step" (id, expense_id, version, at, person_id, person_name, from_state, to_state, comment) values ('step-submitted', 'expense-submitted', 2, '2026-03-10T09:00:00.000Z', 'person-alice', 'Alice', null, 'submitted', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_')
-- next
insert into "expense_step" (id, expense_id, version, at, person_id, person_name, from_state, to_state, comment) values ('step-approved', 'expense-approved', 3, '2026-03-10T09:00:00.000Z', 'person-alice', 'Alice', null, 'approved', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_')
-- next
insert into "expense_step" (id, expense_id, version, at, person_id, person_name, from_state, to_state, comment) values ('step-rejected', 'expense-rejected', 4, '2026-03-10T09:00:00.000Z', 'person-alice', 'Alice', null, 'rejected', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_')
-- next
insert into "expense_step" (id, expense_id, version, at, person_id, person_name, from_state, to_state, comment) values ('step-withdrawn', 'expense-withdrawn', 5, '2026-03-10T09:00:00.000Z', 'person-alice', 'Alice', null, 'withdrawn', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_')
-- next
insert into "expense_step" (id, expense_id, version, at, person_id, person_name, from_state, to_state, comment) values ('step-reimbursed', 'expense-reimbursed', 6, '2026-03-10T09:00:00.000Z', 'person-alice', 'Alice', null, 'reimbursed', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_')
-- next
insert into "receipt" (id, expense_id, name, type, size, sha256, added_by, added_by_name, added_at, stored_in) values ('receipt-1', 'expense-submitted', 'a.pdf', 'application/pdf', 4, 'abababababababababababababababababababababababababababababababab', 'person-alice', 'Alice', '2026-03-10T09:00:00.000Z', 'database')
-- next
insert into "receipt_piece" (receipt_id, number, bytes) values ('receipt-1', 1, x'25504446')
-- next
insert into "receipt_leftover" (id, stored_in) values ('receipt-gone', 'folder')
-- next
insert into "limit_rule" (id, kind, effect, team_id, category_id, amount_minor, currency, days) values ('limit-1', 'age', 'warn', 'finance', 'meals', null, null, 30)
-- next
insert into "closed_month" (month, closed_by, closed_by_name, closed_at) values ('2020-01', 'person-fiona', 'Fiona', '2026-03-10T09:00:00.000Z')
-- next
insert into "month_lock" (month) values ('2020-01')
-- next
insert into "exchange_rate" (day, base, currency, rate, source) values ('2026-03-10', 'EUR', 'USD', '1.1234', 'ECB')
-- next
insert into "account_rule" (scope, team_id, category_id, account, cost_centre, tax_code) values ('finance/meals', 'finance', 'meals', '6800', '', '')
-- next
insert into "accountant_file" (settlement_id, content, sha256, expense_count, saved_at, saved_by, saved_by_name) values ('settlement-1', 'O’Brien \ "quotes" ''and'' 
	💶 ; -- é́ %_', 'abababababababababababababababababababababababababababababababab', 1, '2026-03-10T09:00:00.000Z', 'person-fiona', 'Fiona')
-- next
insert into "spending" (team_id, expense_count, amount_minor, kind, period, about_id) values ('finance', 3, 10011008, 'team', '2026-03', '')
-- next
insert into "spending" (team_id, expense_count, amount_minor, kind, period, about_id) values ('finance', 3, 10011008, 'category', '2026-03-09', 'meals')
-- next
insert into "spending" (team_id, expense_count, amount_minor, kind, period, about_id) values ('finance', 3, 10011008, 'person', '2026-03-09', 'person-alice')
-- next
insert into "budget" (team_id, month, category_id, amount_minor) values ('finance', '2026-03', '', 1000000)
-- next
insert into "audit_entry" (id, at, action, person_id, person_name, about_kind, about_id, about_name, detail, reference) values ('019cd6f9-7a80-7021-a7b6-0c80a6dd14a2', '2026-03-10T09:00:00.000Z', 'signed-in', 'person-alice', 'Alice', null, null, null, '{}', null)
-- next
insert into "audit_entry" (id, at, action, person_id, person_name, about_kind, about_id, about_name, detail, reference) values ('019cd6f9-7a80-7022-af7f-ce74a3f55483', '2026-03-10T09:00:00.000Z', 'signed-in', 'person-alice', 'O’Brien \ "quotes" ''and'' 💶 ; -- é́ %_', null, null, null, '{}', null)
-- next
insert into "audit_entry" (id, at, action, person_id, person_name, about_kind, about_id, about_name, detail, reference) values ('019cd6f9-7a80-7023-915d-c6ce1f02018f', '2026-03-10T09:00:00.000Z', 'signed-in', 'person-alice', 'Late', null, null, null, '{}', null)
-- next
insert into "audit_link" (seq, entry_id, hash) values (1, '019cd6f9-7a80-7021-a7b6-0c80a6dd14a2', 'e2fc15f973e73da81a566c35de266d640a24f18c8e4fc41ac7ebb719ec3b2c24')
-- next
insert into "audit_link" (seq, entry_id, hash) values (2, '019cd6f9-7a80-7022-af7f-ce74a3f55483', '348946ee97f2711048b3990d8e85be9f1c9a601d969204841b1ca0567767c510')
-- next
insert into "audit_pending" (entry_id) values ('019cd6f9-7a80-7023-915d-c6ce1f02018f')
-- next
update audit_head set seq = 2, hash = '348946ee97f2711048b3990d8e85be9f1c9a601d969204841b1ca0567767c510'
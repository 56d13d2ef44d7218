import { sql } from 'kysely';
import { openDatabase } from '../../src/database/open.ts';

/** How many sessions one person has. */
const EACH = 10;

/** Writes so many sessions of people who have just signed in, straight into a SQLite file. */
export async function addLiveSessions(url: string, count: number): Promise<void> {
  const db = await openDatabase(url);
  const now = new Date().toISOString();
  const end = new Date(Date.now() + 12 * 60 * 60_000).toISOString();
  await sql`
    insert into person (id, issuer, subject, name, email, email_verified, admitted_at, signed_in_at, sort_name)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${Math.ceil(count / EACH)})
    select printf('018c3000-0000-7000-8000-%012x', n), 'https://elsewhere.example', 'subject-' || n, 'Person ' || n,
      'person-' || n || '@elsewhere.example', 1, ${now}, ${now}, 'person ' || n
    from numbers`.execute(db);
  await sql`
    insert into session (id_hash, person_id, issuer, subject, amr, nonce_hash, device, address, sealed_id_token, started_at, seen_at,
      ends_at)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
    select 'hash-' || n, printf('018c3000-0000-7000-8000-%012x', (n - 1) / ${EACH} + 1), 'https://elsewhere.example',
      'subject-' || ((n - 1) / ${EACH} + 1), 'pwd', 'nonce-' || n, 'Firefox on Linux', '192.0.2.1', hex(zeroblob(750)), ${now}, ${now},
      ${end}
    from numbers`.execute(db);
  await db.destroy();
}

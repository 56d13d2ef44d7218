import type { NewAuditEntry } from '../audit/record.ts';
import type { Database, Transaction } from '../database/schema.ts';
import type { Viewer } from './viewer.ts';

interface Named {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

/** A person as the audit record speaks of them: by id, and by what they were called then. */
export function audited({ id, name, email }: Named): NonNullable<NewAuditEntry['about']> {
  return { kind: 'person', id, name: name ?? email };
}

/** The same for whoever is signed in. */
export function auditedViewer({ personId: id, name, email }: Viewer): NonNullable<NewAuditEntry['about']> {
  return audited({ id, name: name ?? null, email: email ?? null });
}

/** Whom the provider means, where we know them. */
export async function findAudited(db: Database | Transaction, issuer: string, subject: string): Promise<NewAuditEntry['about']> {
  // PostgreSQL has no text with a NUL in it, and no person has such a name.
  if (/\p{Cc}/u.test(subject)) return undefined;
  const person = await db
    .selectFrom('person')
    .select(['id', 'name', 'email'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return person && audited(person);
}

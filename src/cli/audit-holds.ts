import { verifyAudit } from '../audit/verify.ts';
import type { Database } from '../database/schema.ts';

/** Whether the audit record that arrived holds, in a sentence: it arrives as it was, also where it did not hold before. */
export async function sayWhetherAuditHolds(db: Database): Promise<string> {
  const { fault } = await verifyAudit(db);
  return fault === undefined
    ? 'The audit record holds.'
    : `The audit record does NOT hold, and was copied as it was. ${fault.sentence}`;
}

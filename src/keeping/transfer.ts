import { verifyAudit } from '../audit/verify.ts';
import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { assertEmpty, copyAll, type Fingerprints, fingerprintsOf, inSnapshot, listDifferences, type Progress } from './copy.ts';

/**
 * Copies everything into another database, which has all its tables and nothing of its own: all of it or nothing, as it was at one
 * instant, and only if what is there then says the same, table by table, and the chain of the audit record holds. Where it is broken off,
 * nothing is left, and it can be done again. The source is only read.
 * @throws Problem `conflict` for a target in use, `unavailable` where what arrived is not what was sent.
 */
export async function transfer(from: Database, to: Database, progress?: Progress): Promise<Fingerprints> {
  await assertEmpty(to, 'The database to copy into');
  return inSnapshot(from, (snapshot) =>
    to.transaction().execute(async (target) => {
      const sent = await copyAll(snapshot, target, progress);
      const differences = listDifferences(sent, await fingerprintsOf(target));
      if (differences.length > 0) throw notTheSame(differences);
      const { fault } = await verifyAudit(target);
      const { fault: before } = fault === undefined ? { fault } : await verifyAudit(snapshot);
      // One that did not hold before is copied as it is: whoever moves must not have to mend it first.
      if (fault !== undefined && before === undefined) throw notTheSame([fault.sentence]);
      return sent;
    }),
  );
}

function notTheSame(differences: readonly string[]): Problem {
  return new Problem('unavailable', `What arrived is not what was sent: ${differences.join('; ')}. Nothing of it was kept.`);
}

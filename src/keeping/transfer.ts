import type { Database } from '../database/schema.ts';
import { Problem } from '../problems.ts';
import { assertEmpty, copyAll, type Fingerprints, fingerprintsOf, inSnapshot, listDifferences, type Progress } from './copy.ts';

/**
 * Copies everything into another database, which has all its tables and nothing of its own: all of it or nothing, as it was at one
 * instant, and only if what is there then says the same, table by table. Where it is broken off, nothing is left, and it can be done
 * again. The source is only read.
 * @throws Problem `conflict` for a target in use, `unavailable` where what arrived is not what was sent.
 */
export async function transfer(from: Database, to: Database, progress?: Progress): Promise<Fingerprints> {
  await assertEmpty(to, 'The database to copy into');
  return inSnapshot(from, (snapshot) =>
    to.transaction().execute(async (target) => {
      const sent = await copyAll(snapshot, target, progress);
      const differences = listDifferences(sent, await fingerprintsOf(target));
      if (differences.length > 0) throw notTheSame(differences);
      return sent;
    }),
  );
}

function notTheSame(differences: readonly string[]): Problem {
  return new Problem('unavailable', `What arrived is not what was sent: ${differences.join('; ')}. Nothing of it was kept.`);
}

import { parseArgs } from 'node:util';
import { formatLink, parseLink } from '../audit/chain.ts';
import { type Verification, verifyAudit } from '../audit/verify.ts';
import { loadConfig } from '../config.ts';
import { assertUpToDate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { type Command, UsageError } from './command.ts';
import { assertThere } from './database-there.ts';

export const auditVerify: Command = {
  help: `outlay audit verify [--head SEQ:HASH] [--json]

Follows the chain through the whole audit record in the database of DATABASE_URL, and names the first entry that does not
hold. It changes nothing, and Outlay may run meanwhile.

  --head SEQ:HASH  the head that an earlier run said, written down where nobody who can write to this database can:
                   the chain must still go through it. Without it, a chain that was written anew as a whole goes unseen.
  --json           one line of JSON instead of sentences

Exit code 0: it holds. 1: it does not. 2: it could not be looked at (arguments, settings, database).`,
  failed: 2,
  async run(args) {
    const { values } = parseArgs({ args, options: { head: { type: 'string' }, json: { type: 'boolean', default: false } } });
    const expected = values.head === undefined ? undefined : parseLink(values.head);
    if (values.head !== undefined && expected === undefined)
      throw new UsageError('--head must be SEQ:HASH, as an earlier run said it.');
    const { databaseUrl } = loadConfig(environment());
    assertThere(databaseUrl);
    const db = await openDatabase(databaseUrl);
    try {
      await assertUpToDate(db);
      const verification = await verifyAudit(db, expected);
      console.log(
        values.json ? JSON.stringify({ holds: verification.fault === undefined, ...verification }) : describe(verification),
      );
      return verification.fault === undefined ? 0 : 1;
    } finally {
      await db.destroy();
    }
  },
};

function describe({ fault, head, linked, pending }: Verification): string {
  const waiting = pending === 0 ? '' : ` ${pending} more wait for their place.`;
  if (fault === undefined) {
    return `The audit record holds: ${linked} entries, each in its place and unchanged.${waiting}\nHead: ${formatLink(head)}`;
  }
  return `The audit record does NOT hold.\n${fault.sentence}\nBefore that, ${linked} entries hold; the last is ${formatLink(head)}.${waiting}`;
}

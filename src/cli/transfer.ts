import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { assertUpToDate, migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { transfer as copyEverything } from '../keeping/transfer.ts';
import { sayWhetherAuditHolds } from './audit-holds.ts';
import { type Command, UsageError } from './command.ts';
import { copyProgress } from './copy-progress.ts';
import { assertThere } from './database-there.ts';

export const transfer: Command = {
  help: `outlay transfer --to URL [--json]

Copies everything from the database of the settings into another one, which must be empty: from one file to PostgreSQL, or back. All
of it or nothing; afterwards every table is counted and compared, and the chain of the audit record is followed. The source is only
read. Stop Outlay before: what it writes meanwhile is not copied. Where it is broken off, nothing is left, and the same command
begins again. Then set DATABASE_URL to the new one, and start Outlay.

  --to URL   postgres://user@host/database or sqlite:FOLDER/FILE; a password comes by PGPASSWORD rather than in the address
  --json     one line of JSON instead of sentences

Receipts that are kept in a folder (RECEIPT_STORAGE) stay there; the folder goes along with you.

Exit code 0: everything is there. 1: nothing is.`,
  async run(args) {
    const { values } = parseArgs({ args, options: { to: { type: 'string' }, json: { type: 'boolean', default: false } } });
    if (values.to === undefined || !/^(?:postgres(?:ql)?:\/\/|sqlite:.)/.test(values.to))
      throw new UsageError('--to must be postgres://… or sqlite:….');
    const { databaseUrl } = loadConfig(environment());
    assertThere(databaseUrl);
    if (databaseUrl === values.to) throw new UsageError('--to names the very database that DATABASE_URL names.');
    await using opened = new AsyncDisposableStack();
    const from = await openDatabase(databaseUrl);
    opened.defer(() => from.destroy());
    await assertUpToDate(from);
    const to = await openDatabase(values.to, '--to');
    opened.defer(() => to.destroy());
    await migrate(to);
    const progress = copyProgress(values.json);
    const began = performance.now();
    const copied = await copyEverything(from, to, progress).finally(() => progress.end());
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const audit = await sayWhetherAuditHolds(to);
    const rows = [...copied.values()].reduce((sum, table) => sum + table.rows, 0);
    console.log(
      values.json
        ? JSON.stringify({ rows, seconds, audit, tables: Object.fromEntries(copied) })
        : `Everything is there: ${rows} rows in ${copied.size} tables, each compared. It took ${seconds} s. ${audit}\n` +
            'Set DATABASE_URL to the new database, and start Outlay.',
    );
    return 0;
  },
};

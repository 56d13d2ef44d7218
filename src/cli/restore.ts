import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { openBackup } from '../keeping/backup.ts';
import { rehearse, restore as putBack } from '../keeping/restore.ts';
import { sayWhetherAuditHolds } from './audit-holds.ts';
import { type Command, UsageError } from './command.ts';
import { copyProgress } from './copy-progress.ts';

export const restore: Command = {
  help: `outlay restore --from FOLDER [--rehearse | --replace] [--json]

Puts a backup, one of the folders outlay-…, into the database of the settings, which must be empty or not there yet; a backup of
either database goes into either. It is compared table by table with what the backup says of itself, the chain of the audit record
is followed, and it is brought up to this program. Everybody signs in again. Stop Outlay before.

  --from FOLDER  the backup
  --rehearse     into a scratch place, which is removed again: whether it would work, and how long it would take
  --replace      puts aside a SQLite file that is in use, under another name; PostgreSQL: make an empty database and name that
  --json         one line of JSON instead of sentences

Receipts that were kept in a folder lie beside the backups, in "receipts"; copy them to where RECEIPT_STORAGE says.

Exit code 0: done. 1: the database is as it was.`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        from: { type: 'string' },
        rehearse: { type: 'boolean', default: false },
        replace: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    if (values.from === undefined || values.from === '') throw new UsageError('--from must name a backup.');
    if (values.rehearse && values.replace) throw new UsageError('--rehearse replaces nothing; leave out one of the two.');
    const config = loadConfig(environment());
    // Tables are made by whoever owns them; the next start gives Outlay's own user its rights.
    const databaseUrl = config.databaseOwnerUrl ?? config.databaseUrl;
    if (values.replace && !databaseUrl.startsWith('sqlite:'))
      throw new UsageError('--replace is for SQLite files. Make an empty PostgreSQL database, and name that in DATABASE_URL.');
    const backup = await openBackup(values.from);
    const progress = copyProgress(values.json);
    const now = () => new Date();
    if (values.rehearse) {
      const rehearsal = await rehearse(backup, databaseUrl, progress, now).finally(() => progress.end());
      console.log(
        values.json
          ? JSON.stringify(rehearsal)
          : `The backup can be restored, and says what it said. It takes ${rehearsal.seconds} s, here and now.`,
      );
      return 0;
    }
    const began = performance.now();
    const aside = await putBack(backup, databaseUrl, { replace: values.replace, progress, now }).finally(() => progress.end());
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const db = await openDatabase(databaseUrl);
    const audit = await sayWhetherAuditHolds(db).finally(() => db.destroy());
    console.log(
      values.json
        ? JSON.stringify({ seconds, audit, aside })
        : `Everything is back but for sessions, as it was on ${backup.manifest.made_at}. It took ${seconds} s. ${audit}${aside === undefined ? '' : `\nWhat was there before lies in ${aside}.`}`,
    );
    return 0;
  },
};

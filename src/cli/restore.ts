import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { openBackup } from '../keeping/backup.ts';
import type { ReceiptCount } from '../keeping/receipt-files.ts';
import { rehearse, restore as putBack } from '../keeping/restore.ts';
import { sayWhetherAuditHolds } from './audit-holds.ts';
import { type Command, UsageError } from './command.ts';
import { copyProgress } from './copy-progress.ts';

export const restore: Command = {
  help: `outlay restore --from FOLDER [--identity FILE] [--rehearse | --replace] [--json]

Puts a backup, one of the folders outlay-…, into the database of the settings, which must be empty or not there yet; a backup of
either database goes into either. It is compared table by table with what the backup says of itself, the chain of the audit record
is followed, and it is brought up to this program. Everybody signs in again. Stop Outlay before.

  --from FOLDER    the backup
  --identity FILE  what opens an encrypted one, as age-keygen makes it; without, the passphrase of BACKUP_PASSPHRASE (or its _FILE)
  --in-clear       takes a backup in clear although there is a key: one from before anything was encrypted
  --rehearse       into a scratch place, which is removed again: whether it would work, and how long it would take
  --replace        puts aside a SQLite file that is in use, under another name; PostgreSQL: make an empty database and name that
  --json           one line of JSON instead of sentences

Receipts that were kept in a folder lie beside the backups, and are put into the folder of RECEIPT_STORAGE, each compared with its hash.

Exit code 0: done. 1: the database is as it was. 2: the command was not understood.`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        from: { type: 'string' },
        identity: { type: 'string' },
        'in-clear': { type: 'boolean', default: false },
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
    const opened = {
      identityFile: values.identity,
      passphrase: config.backupKeys?.passphrase,
      mustBeEncrypted: (values.identity !== undefined || config.backupKeys !== undefined) && !values['in-clear'],
    };
    const backup = await openBackup(values.from, opened);
    const { receiptFolder } = config;
    if (backup.manifest.receipt_files > 0 && receiptFolder === undefined && !values.rehearse)
      throw new UsageError(
        `This backup has ${backup.manifest.receipt_files} files of receipts. Say where they are to lie: RECEIPT_STORAGE=folder:….`,
      );
    const progress = copyProgress(values.json);
    const now = () => new Date();
    if (values.rehearse) {
      const rehearsal = await rehearse(backup, databaseUrl, progress, now).finally(() => progress.end());
      console.log(
        values.json
          ? JSON.stringify(rehearsal)
          : `The backup can be restored, and says what it said. It takes ${rehearsal.seconds} s, here and now.${sayReceipts('Read and compared', rehearsal.receipts)}${rehearsal.noted ? '' : '\nThat could not be noted beside the backup: it may not be written there.'}`,
      );
      return 0;
    }
    const began = performance.now();
    const options = { replace: values.replace, receiptFolder, progress, now };
    const { aside, receipts } = await putBack(backup, databaseUrl, options).finally(() => progress.end());
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const db = await openDatabase(databaseUrl);
    const audit = await sayWhetherAuditHolds(db).finally(() => db.destroy());
    console.log(
      values.json
        ? JSON.stringify({ seconds, audit, aside, receipts })
        : `Everything is back but for sessions, as it was on ${backup.manifest.made_at}. It took ${seconds} s. ${audit}${sayReceipts('Put back', receipts)}${aside === undefined ? '' : `\nWhat was there before lies in ${aside}.`}`,
    );
    return 0;
  },
};

function sayReceipts(done: string, { files, missing }: ReceiptCount): string {
  if (files === 0) return '';
  const lost = missing === 0 ? '' : ` ${missing} are NOT there, or not as they were.`;
  return `\n${done}: ${files - missing} of ${files} files of receipts.${lost}`;
}

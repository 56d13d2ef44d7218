import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { assertUpToDate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { type Manifest, makeBackup } from '../keeping/backup.ts';
import { type Command, UsageError } from './command.ts';
import { copyProgress } from './copy-progress.ts';
import { assertThere } from './database-there.ts';

export const backup: Command = {
  help: `outlay backup --to FOLDER [--json]

Makes a backup of everything at one instant, in a folder of its own in FOLDER, while Outlay runs: one SQLite file, whichever database
it comes from, and what it has to say, table by table. It is read again before it gets its name. Receipts that are kept in a folder
are copied to FOLDER/receipts, each once for all backups.

  --to FOLDER  where backups stand; made when missing, for its owner alone
  --json       one line of JSON instead of sentences

It holds everything that Outlay knows, sealed tokens included: keep it as you keep the database, or encrypt it, receipts included, by
BACKUP_RECIPIENT or BACKUP_PASSPHRASE_FILE. SESSION_SECRET is not in it.

Exit code 0: it is there, and whole. 1: nothing is left of it. 2: the command was not understood.`,
  async run(args) {
    const { values } = parseArgs({ args, options: { to: { type: 'string' }, json: { type: 'boolean', default: false } } });
    if (values.to === undefined || values.to === '') throw new UsageError('--to must name a folder.');
    const { databaseUrl, receiptFolder, backupKeys: keys } = loadConfig(environment());
    assertThere(databaseUrl);
    const db = await openDatabase(databaseUrl);
    const progress = copyProgress(values.json);
    try {
      await assertUpToDate(db);
      const parts = { db, databaseUrl, receiptFolder, folder: values.to, keys, now: () => new Date(), progress };
      const made = await makeBackup(parts).finally(() => progress.end());
      const { manifest } = made;
      const rows = Object.values(manifest.tables).reduce((sum, table) => sum + table.rows, 0);
      console.log(
        values.json
          ? JSON.stringify({
              folder: made.folder,
              rows,
              seconds: manifest.seconds,
              receiptFiles: manifest.receipt_files,
              receiptsMissing: manifest.receipts_missing,
              encryption: manifest.encryption,
            })
          : `The backup is there, and whole: ${made.folder}\n${rows} rows in ${Object.keys(manifest.tables).length} tables, ` +
              `${manifest.receipt_files} files of receipts beside it. It took ${manifest.seconds} s.${sayEncryption(manifest)}${missing(manifest.receipts_missing)}`,
      );
      return 0;
    } finally {
      await db.destroy();
    }
  },
};

function sayEncryption({ encryption }: Manifest): string {
  if (encryption === undefined) return '';
  const looked = encryption.decrypted
    ? 'It was decrypted again, and is what it was'
    : 'What was written was read again; it cannot be opened here, so rehearse where it can';
  return `\nIt is encrypted for ${encryption.recipients.join(' and ')}. ${looked}.`;
}

function missing(count: number): string {
  return count === 0
    ? ''
    : `\n${count} files of receipts were NOT there, or not whole: look into the folder that RECEIPT_STORAGE names.`;
}

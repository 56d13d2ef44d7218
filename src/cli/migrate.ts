import { loadConfig } from '../config.ts';
import { openDatabase } from '../database/open.ts';
import { bringUpToDate } from '../database/wall.ts';
import { environment } from '../environment.ts';
import { type Command, UsageError } from './command.ts';

export const migrate: Command = {
  help: `outlay migrate

Brings the database of DATABASE_URL up to this program, forward only, all or nothing, and lists what ran. Where
DATABASE_OWNER_URL is set it does so as that user, and sets the rights of the other one anew.

Exit code 0: the database is up to date. 1: it is as it was before.`,
  async run(args) {
    if (args.length > 0) throw new UsageError('`outlay migrate` takes no arguments.');
    const config = loadConfig(environment());
    const db = await openDatabase(config.databaseUrl);
    try {
      const ran = await bringUpToDate(db, config.databaseOwnerUrl);
      for (const name of ran) console.log(`Ran ${name}.`);
      console.log('The database is up to date.');
      return 0;
    } finally {
      await db.destroy();
    }
  },
};

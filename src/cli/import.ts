import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { loadConfig } from '../config.ts';
import { assertUpToDate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/schema.ts';
import { environment } from '../environment.ts';
import { usualGroups } from '../config-provider.ts';
import { clearStopped } from '../importing/imports.ts';
import { importFile, type ImportedFile } from '../importing/import-file.ts';
import type { Outcome } from '../importing/outcome.ts';
import { Problem } from '../problems.ts';
import { findByAddress } from '../rights/everybody.ts';
import { RuleBook } from '../rights/rule-book.ts';
import type { AdminSettings } from '../rights/rules.ts';
import { findVisibleTeam } from '../teams/teams.ts';
import { type Command, UsageError } from './command.ts';
import { importHelp, readImportArguments } from './import-arguments.ts';

const now = () => new Date();

export const importCommand: Command = {
  summary: 'imports a CSV file into a team',
  help: importHelp,
  failed: 2,
  async run(args) {
    const given = readImportArguments(args);
    const config = loadConfig(environment());
    const size = sizeOf(given.file);
    if (size > config.importMaxSize) {
      throw new Problem(
        'too-large',
        `"${given.file}" is larger than ${Math.floor(config.importMaxSize / 1_048_576)} MB, so it was not read. IMPORT_MAX_MB allows more.`,
      );
    }
    const db = await openDatabase(config.databaseUrl);
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      await assertUpToDate(db);
      await clearStopped(db, now());
      const admin = { ...config.admin, groupsClaim: (config.provider?.groups ?? usualGroups).claim };
      const importer = await importerOf(db, admin, given.by);
      const team = await findVisibleTeam(db, importer, given.team);
      if (team === undefined) throw new UsageError(`There is no team "${given.team}" that ${given.by} may see.`);
      const file: ImportedFile = {
        ...given,
        name: basename(given.file),
        size,
        open: () => createReadStream(given.file),
        progress: (percent) => process.stderr.isTTY && process.stderr.write(`\r${percent} %`),
      };
      const { outcome, done, questions } = await importFile(db, team, importer, file, now, stopping.signal);
      if (process.stderr.isTTY) process.stderr.write('\r');
      if (given.json) console.log(JSON.stringify({ imported: done, questions, ...outcome }));
      else console.log(describe(outcome, done, questions, given.look));
      return done || (given.look && questions.length === 0 && outcome.bad === 0 && !outcome.broken) ? 0 : 1;
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      await db.destroy();
    }
  },
};

/** @throws Problem `unavailable` for a file that is none. */
function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() === true) return found.size;
  throw new Problem('unavailable', `There is no file "${file}".`);
}

async function importerOf(db: Database, admin: AdminSettings, address: string) {
  const person = await findByAddress(db, address);
  if (person === undefined || person.disabledAt !== undefined)
    throw new UsageError(`Nobody with the address "${address}" can sign in here, or has yet.`);
  const { rules } = await new RuleBook(db, admin).now();
  return { personId: person.id, name: person.name ?? address, rights: rules.rightsOf(person) };
}

function describe(outcome: Outcome, done: boolean, questions: readonly string[], look: boolean): string {
  const { good, bad, known, totals, notSpent, mistakes, why } = outcome;
  return [
    ...questions,
    ...mistakes.map(({ line, column, sentence }) => `Line ${line}${column === 0 ? '' : `, column ${column}`}: ${sentence}`),
    ...(why === '' ? [] : [why]),
    `${good} good, ${bad} with mistakes, ${known} in the team already, ${totals + notSpent} without an expense.`,
    done ? `${good} expenses were imported.` : look ? 'Nothing was imported; this was only a look.' : 'Nothing was imported.',
  ].join('\n');
}

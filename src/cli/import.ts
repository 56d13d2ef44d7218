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
import { kindsFor } from '../importing/may-import.ts';
import { Problem } from '../problems.ts';
import type { Holder } from '../rights/policy.ts';
import { findByAddress } from '../rights/everybody.ts';
import { RuleBook } from '../rights/rule-book.ts';
import type { AdminSettings } from '../rights/rules.ts';
import { findVisibleTeam, listVisibleTeams, type VisibleTeam } from '../teams/teams.ts';
import type { Command } from './command.ts';
import { type ImportArguments, importHelp, readImportArguments } from './import-arguments.ts';
import { describeImported } from './import-words.ts';

const now = () => new Date();

export const importCommand: Command = {
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
      const team = await teamOf(db, importer, given);
      assertMayAsAsked(importer, team, given);
      const file: ImportedFile = {
        ...given,
        name: basename(given.file),
        size,
        open: () => createReadStream(given.file),
        progress: (percent) => process.stderr.isTTY && process.stderr.write(`\r${percent} %`),
      };
      const imported = await importFile(db, team, importer, file, now, stopping.signal);
      const { outcome, done, questions, choices } = imported;
      if (process.stderr.isTTY) process.stderr.write('\r');
      if (given.json) console.log(JSON.stringify({ imported: done, questions, reading: choices.reading, ...outcome }));
      else console.log(describeImported({ team, kind: given.kind, outcome }, imported, given.look));
      return done || (given.look && questions.length === 0 && outcome.bad === 0 && !outcome.broken) ? 0 : 1;
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
      console.error('Cancelled; nothing was imported.');
      return 1;
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
    throw new Problem('not-found', `Nobody with the address "${address}" can sign in here, or has yet.`);
  const { rules } = await new RuleBook(db, admin).now();
  return { personId: person.id, name: person.name ?? address, rights: rules.rightsOf(person) };
}

/** How many teams a sentence names. */
const NAMED = 20;

/** @throws Problem `not-found` with what may have been meant. */
async function teamOf(db: Database, importer: Holder, { team: asked, by }: ImportArguments): Promise<VisibleTeam> {
  const team = await findVisibleTeam(db, importer, asked);
  if (team !== undefined) return team;
  const visible = await listVisibleTeams(db, importer);
  const plain = asked.trim().toLowerCase();
  const meant = visible.find(({ id, label }) => id === plain || label.toLowerCase() === plain);
  const some = visible.slice(0, NAMED).map(({ id }) => id);
  const more = visible.length > NAMED ? ` and ${visible.length - NAMED} more` : '';
  const hint =
    meant === undefined ? (some.length === 0 ? '' : ` There are: ${some.join(', ')}${more}.`) : ` Did you mean "${meant.id}"?`;
  throw new Problem('not-found', `There is no team "${asked}" that ${by} may see.${hint}`);
}

/** @throws Problem `not-allowed` where only the other kind of import is theirs, with how that is asked for. */
function assertMayAsAsked(importer: Holder, team: VisibleTeam, { kind, by }: ImportArguments): void {
  const kinds = kindsFor(importer, team);
  if (kinds.length === 0 || kinds.includes(kind)) return;
  const only =
    kind === 'team'
      ? `Only finance imports what a team has spent. What ${by} spent themselves they can import with --own.`
      : `Only a member of the team or a manager imports what they spent themselves. What the team has spent ${by} can import without --own.`;
  throw new Problem('not-allowed', only);
}

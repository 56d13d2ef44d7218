import { createHash } from 'node:crypto';
import { listCategories } from '../expenses/categories.ts';
import type { Database } from '../database/schema.ts';
import type { ImportKind } from '../database/schema-imports.ts';
import { Problem } from '../problems.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { type Choices, openQuestions } from './choices.ts';
import { BEGINNING } from './file-pieces.ts';
import { addImport, findLanding, moveImport } from './imports.ts';
import type { Importer } from './judge.ts';
import { land } from './land.ts';
import { look } from './look.ts';
import { assertMayImport } from './may-import.ts';
import { nothingYet, type Outcome } from './outcome.ts';
import type { Reading, Target } from '../spreadsheets/reading.ts';
import { quoted } from '../spreadsheets/quoting.ts';
import { usualChoices } from './receive.ts';
import { recognise, recogniseAs } from '../spreadsheets/recognise.ts';

/** A file that lies somewhere, and what somebody says of it in advance. */
export interface ImportedFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** From its beginning, each time. */
  open(): AsyncIterable<Uint8Array>;
  readonly kind: ImportKind;
  readonly look: boolean;
  readonly onlyGood: boolean;
  readonly reading: Partial<Omit<Reading, 'columns'>>;
  /** By column, from 0 on; undefined leaves it out. */
  readonly columns: ReadonlyMap<number, Target | undefined>;
  readonly choices: Partial<Pick<Choices, 'category' | 'state' | 'again' | 'spender'>>;
  progress(percent: number): void;
}

export interface Imported {
  readonly outcome: Outcome;
  readonly done: boolean;
  /** As it was read. */
  readonly choices: Choices;
  /** What is to be said first; empty where nothing is left open. */
  readonly questions: readonly string[];
}

/**
 * Looks at a file, and imports it where nothing is wrong with it, or with some rows only and the others are wanted.
 * @throws Problem as `land` does, and `conflict` while another import into this team is under way.
 */
export async function importFile(
  db: Database,
  team: VisibleTeam,
  importer: Importer,
  file: ImportedFile,
  now: Clock,
  signal: AbortSignal,
): Promise<Imported> {
  assertMayImport(importer, team, file.kind);
  const { beginning, sha256 } = await readThrough(file.open(), signal);
  const choices = await choicesFor(db, file, beginning);
  const questions = openQuestions({ choices, kind: file.kind, team });
  if (questions.length > 0) return { outcome: nothingYet, done: false, questions, choices };
  const { personId, name: personName } = importer;
  const begun = await addImport(db, team, { kind: file.kind, personId, personName, fileName: file.name }, now());
  const about = { ...begun, size: file.size, sha256 };
  const whole = { state: 'checking', choices, size: file.size, sha256 } as const;
  await moveImport(db, about, ['arriving'], whole, now());
  try {
    const outcome = await look(db, about, { team, importer, choices }, observed(file, signal), now, signal);
    if (outcome === undefined) throw new Problem('conflict', 'The import was ended from elsewhere. Nothing was imported.');
    const wanted = !outcome.broken && outcome.good > 0 && (outcome.bad === 0 || file.onlyGood);
    if (file.look || !wanted) return { outcome, done: false, questions, choices };
    if (
      (await findLanding(db, team.id)) !== undefined ||
      !(await moveImport(db, about, ['checked'], { state: 'landing' }, now()))
    )
      throw new Problem('conflict', 'Another import into this team is under way. Try yours when it is done.');
    const bytes = observed(file, signal);
    const landed = await land(db, { team, about, choices, bytes, onlyGood: file.onlyGood, importer: async () => importer }, now);
    return { outcome: landed, done: true, questions, choices };
  } finally {
    await moveImport(db, about, ['checking', 'checked'], { state: 'ended' }, now());
  }
}

async function choicesFor(db: Database, file: ImportedFile, beginning: Uint8Array): Promise<Choices> {
  const isWhole = file.size <= beginning.length;
  const recognised =
    Object.keys(file.reading).length === 0 ? recognise(beginning, isWhole) : recogniseAs(beginning, isWhole, file.reading);
  if ('mistake' in recognised) throw new Problem('invalid', recognised.mistake);
  const shown = { ...recognised, reading: { ...recognised.reading, columns: columnsAsSaid(recognised.reading, file) } };
  const categories = await listCategories(db);
  const { category } = file.choices;
  const offered = categories.filter(({ retired_at: retired }) => retired === null || file.kind === 'team').map(({ id }) => id);
  if (category !== undefined && !offered.includes(category))
    throw new Problem('invalid', `There is no category ${quoted(category)}. There are: ${offered.toSorted().join(', ')}.`);
  return { ...usualChoices(shown, categories), ...file.choices };
}

/** What is said of a column counts, and what was recognised elsewhere as the same does not. */
function columnsAsSaid({ columns }: Reading, { columns: said }: ImportedFile): Reading['columns'] {
  const beyond = [...said.keys()].find((column) => column >= columns.length);
  if (beyond !== undefined)
    throw new Problem('invalid', `There is no column ${beyond + 1} in this file. It has ${columns.length}.`);
  const taken = new Set<Target | undefined>([...said.values()].filter((target) => target !== 'item' && target !== 'note'));
  return columns.map((target, column) => (said.has(column) ? said.get(column) : taken.has(target) ? undefined : target));
}

async function readThrough(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  const hash = createHash('sha256');
  const first: Uint8Array[] = [];
  let kept = 0;
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    hash.update(chunk);
    if (kept < BEGINNING) first.push(chunk);
    kept += chunk.length;
  }
  return { beginning: Buffer.concat(first).subarray(0, BEGINNING), sha256: hash.digest('hex') };
}

async function* observed(file: ImportedFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of file.open()) {
    signal.throwIfAborted();
    yield chunk;
    read += chunk.length;
    file.progress(file.size === 0 ? 100 : Math.floor((read / file.size) * 100));
  }
}

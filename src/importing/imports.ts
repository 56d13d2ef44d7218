import { randomUUIDv7 } from 'node:crypto';
import type { Selectable } from 'kysely';
import { madeId } from '../database/ids.ts';
import type { Database } from '../database/schema.ts';
import type { ImportKind, ImportState, ImportTable } from '../database/schema-imports.ts';
import { removeHeldBack } from '../expenses/incoming.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import type { Choices } from './choices.ts';
import { nothingYet, type Outcome } from './outcome.ts';

/** A file on its way, with what is kept of it as JSON. */
export type Import = Omit<Selectable<ImportTable>, 'choices' | 'outcome'> & {
  /** Undefined until all of it has arrived. */
  readonly choices: Choices | undefined;
  readonly outcome: Outcome;
};

/** How often whoever goes on with one says so, in milliseconds. */
const SIGN_OF_LIFE = 5_000;
/** After how long without a sign of life whoever went on with an import is taken to be gone, in milliseconds. */
export const SILENCE = 60_000;
/** After how long a file that nobody goes on with is removed, in milliseconds. */
const KEPT = 24 * 60 * 60_000;
/** How many of the past ones a page shows. */
const SHOWN = 10;

export interface NewImport {
  readonly kind: ImportKind;
  readonly personId: string;
  readonly personName: string;
  readonly fileName: string;
}

/** Begins one: its file is about to arrive. */
export async function addImport(db: Database, team: VisibleTeam, about: NewImport, at: Date): Promise<Import> {
  const row = {
    id: randomUUIDv7(),
    team_id: team.id,
    kind: about.kind,
    person_id: about.personId,
    person_name: about.personName,
    file_name: about.fileName,
    size: 0,
    sha256: '',
    state: 'arriving' as const,
    choices: '',
    outcome: JSON.stringify(nothingYet),
    begun_at: at.toISOString(),
    alive_at: at.toISOString(),
  };
  return toImport(await db.insertInto('import').values(row).returningAll().executeTakeFirstOrThrow());
}

/** Somebody's own; nobody else sees what is in a file that has not landed. @returns undefined where there is none. */
export async function findImport(
  db: Database,
  { personId }: { readonly personId: string },
  team: VisibleTeam,
  id: string,
): Promise<Import | undefined> {
  if (!madeId.test(id)) return undefined;
  const row = await db
    .selectFrom('import')
    .selectAll()
    .where('id', '=', id)
    .where('team_id', '=', team.id)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row && toImport(row);
}

/** Ends what somebody has brought into a team and not imported: of each there lies one file at most. */
export async function endOpen(db: Database, team: VisibleTeam, personId: string, at: Date): Promise<void> {
  const open = await db
    .selectFrom('import')
    .select('id')
    .where('team_id', '=', team.id)
    .where('person_id', '=', personId)
    .where('state', 'in', ['arriving', 'arrived', 'checking', 'checked'])
    // What is read from a disk lies nowhere.
    .where(({ or, eb, selectFrom }) =>
      or([eb('state', '=', 'arriving'), eb('id', 'in', selectFrom('import_piece').select('import_id'))]),
    )
    .execute();
  const outcome = {
    ...nothingYet,
    why: 'You have brought another file since, so this one was ended. Nothing of it was imported.',
  };
  for (const about of open) {
    await moveImport(db, about, ['arriving', 'arrived', 'checking', 'checked'], { state: 'ended', outcome }, at);
    await removePieces(db, about.id);
  }
}

/** The newest of somebody's in a team, but for those that came to nothing. */
export async function listImports(db: Database, personId: string, team: VisibleTeam): Promise<Import[]> {
  const rows = await db
    .selectFrom('import')
    .selectAll()
    .where('team_id', '=', team.id)
    .where('person_id', '=', personId)
    .where('state', '<>', 'ended')
    .orderBy('begun_at', 'desc')
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .execute();
  return rows.map(toImport);
}

/** The last time that the very same file landed in this team; what others have brought of their own is not told. */
export async function findSameFile(
  db: Database,
  { id, team_id: teamId, sha256, person_id: personId }: Import,
): Promise<Import | undefined> {
  const row = await db
    .selectFrom('import')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('sha256', '=', sha256)
    .where('state', '=', 'landed')
    .where('id', '<>', id)
    .where(({ or, eb }) => or([eb('kind', '=', 'team'), eb('person_id', '=', personId)]))
    .orderBy('begun_at', 'desc')
    .executeTakeFirst();
  return row && toImport(row);
}

/** The one that is being imported into a team just now. */
export async function findLanding(db: Database, teamId: string): Promise<Import | undefined> {
  const row = await db
    .selectFrom('import')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('state', '=', 'landing')
    .executeTakeFirst();
  return row && toImport(row);
}

export interface Change {
  readonly state: ImportState;
  readonly choices?: Choices;
  readonly outcome?: Outcome;
  readonly bytesRead?: number;
  readonly size?: number;
  readonly sha256?: string;
}

/** A function that goes on with one as it is, a few seconds after it last did. @returns whether it was still in that state. */
export function signsOfLife(db: Database, about: Pick<Import, 'id'>, now: Clock): (change: Change) => Promise<boolean> {
  let last = now().getTime();
  return async (change) => {
    const at = now();
    if (at.getTime() - last < SIGN_OF_LIFE) return true;
    last = at.getTime();
    return moveImport(db, about, [change.state], change, at);
  };
}

/**
 * Goes on with one, unless somebody else has meanwhile; of one that has ended nothing is kept but why.
 * @returns whether it was still in one of these states.
 */
export async function moveImport(
  db: Database,
  { id }: Pick<Import, 'id'>,
  from: readonly ImportState[],
  { state, choices, outcome = state === 'ended' ? nothingYet : undefined, bytesRead, size, sha256 }: Change,
  at: Date,
): Promise<boolean> {
  const moved = await db
    .updateTable('import')
    .set({
      state,
      alive_at: at.toISOString(),
      ...(state === 'ended' && { choices: '' }),
      ...(choices !== undefined && { choices: JSON.stringify(choices) }),
      ...(outcome !== undefined && { outcome: JSON.stringify(outcome) }),
      ...(bytesRead !== undefined && { bytes_read: bytesRead }),
      ...(size !== undefined && { size }),
      ...(sha256 !== undefined && { sha256 }),
    })
    .where('id', '=', id)
    .where('state', 'in', from)
    .returning('id')
    .executeTakeFirst();
  return moved !== undefined;
}

/**
 * Ends what nobody goes on with any more, in whichever process it was, and removes what it has written; and files that were
 * left lying for a day.
 */
export async function clearStopped(db: Database, at: Date): Promise<void> {
  const silent = new Date(at.getTime() - SILENCE).toISOString();
  await db
    .updateTable('import')
    .set(endedFor('Outlay was stopped while it read this file. Nothing of it was imported; bring the file once more.'))
    .where('state', 'in', ['arriving', 'checking', 'landing'])
    .where('alive_at', '<', silent)
    .execute();
  await db
    .updateTable('import')
    .set(endedFor('Nobody went on with this file for a day, so it was removed. Nothing of it was imported.'))
    .where('state', 'in', ['arrived', 'checked'])
    .where('alive_at', '<', new Date(at.getTime() - KEPT).toISOString())
    .execute();
  const left = await db
    .selectFrom('import_pending')
    .innerJoin('import', 'import.id', 'import_pending.import_id')
    .select('import.id')
    .where('import.state', '=', 'ended')
    .execute();
  for (const { id } of left) await removeHeldBack(db, id);
  await db
    .deleteFrom('import_piece')
    .where('import_id', 'in', db.selectFrom('import').select('id').where('state', 'in', ['ended', 'landed']))
    .execute();
}

function endedFor(why: string) {
  return { state: 'ended', choices: '', outcome: JSON.stringify({ ...nothingYet, why }) } as const;
}

/** The file itself; what came of it stays. */
export async function removePieces(db: Database, importId: string): Promise<void> {
  await db.deleteFrom('import_piece').where('import_id', '=', importId).execute();
}

function toImport({ choices, outcome, ...row }: Selectable<ImportTable>): Import {
  return {
    ...row,
    choices: choices === '' ? undefined : (JSON.parse(choices) as Choices),
    // What was kept before something was counted has it not.
    outcome: { ...nothingYet, ...(JSON.parse(outcome) as Partial<Outcome>) },
  };
}

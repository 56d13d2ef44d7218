import type { Database } from '../database/schema.ts';
import { displayNameOf, type Viewer, type ViewerNow } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { openQuestions } from './choices.ts';
import { readFile } from './file-pieces.ts';
import { clearStopped, findLanding, type Import, moveImport } from './imports.ts';
import type { Importer } from './judge.ts';
import { Ended, land } from './land.ts';
import { look } from './look.ts';
import { nothingYet } from './outcome.ts';
import type { Runs } from './runs.ts';
import { submitDrafts } from './submission.ts';

export interface ImportParts {
  readonly db: Database;
  readonly runs: Runs;
  readonly viewerNow: ViewerNow;
  readonly now: Clock;
  /** The largest file, in bytes. */
  readonly maxSize: number;
}

/** Looks at a file in the background, unless something about it is still open. */
export async function beginLook({ db, runs, now }: ImportParts, viewer: Viewer, team: VisibleTeam, about: Import): Promise<void> {
  const { choices } = about;
  if (choices === undefined || openQuestions({ choices, kind: about.kind, team }).length > 0) return;
  if (!(await moveImport(db, about, ['arrived'], { state: 'checking', bytesRead: 0 }, now()))) return;
  const parts = { team, importer: toImporter(viewer), choices };
  runs.begin(about.id, async (signal) => void (await look(db, about, parts, readFile(db, about.id), now, signal)));
}

/**
 * Imports a file in the background.
 * @throws Problem `conflict` where it cannot be imported as it was looked at, or another one is being imported into this team.
 */
export async function beginLanding(
  { db, runs, viewerNow, now }: ImportParts,
  viewer: Viewer,
  team: VisibleTeam,
  about: Import,
  onlyGood: boolean,
  reference: string,
): Promise<void> {
  const { choices, outcome } = about;
  if (choices === undefined || outcome.broken || outcome.good === 0 || (outcome.bad > 0 && !onlyGood)) throw movedOn();
  await takeTurn(db, about, now);
  const importer = async () => toImporter(await viewerNow(viewer));
  runs.begin(about.id, async (signal) => {
    const bytes = untilStopped(readFile(db, about.id), signal);
    try {
      await land(db, { team, about, choices, bytes, onlyGood, importer, reference }, now);
    } catch (error) {
      if (error instanceof Ended || signal.aborted) return;
      const why = error instanceof Problem ? error.message : 'Something went wrong. Nothing was imported; try it once more.';
      await moveImport(db, about, ['ended'], { state: 'ended', outcome: { ...nothingYet, why } }, now());
      if (!(error instanceof Problem)) throw error;
    } finally {
      await clearStopped(db, now());
    }
  });
}

/** Submits what an import has brought, in the background. */
export function beginSubmission(
  { db, runs, viewerNow, now }: ImportParts,
  viewer: Viewer,
  about: Import,
  reference: string,
): void {
  runs.begin(about.id, async (signal) =>
    submitDrafts(db, about, async () => ({ viewer: await viewerNow(viewer), at: now(), reference }), signal),
  );
}

/** Within a team, one after the other: what one of them brings, the next one is to recognise. */
async function takeTurn(db: Database, about: Import, now: Clock): Promise<void> {
  await clearStopped(db, now());
  const other = await findLanding(db, about.team_id);
  if (other !== undefined) throw underWay(other.person_name);
  try {
    if (await moveImport(db, about, ['checked'], { state: 'landing', bytesRead: 0 }, now())) return;
  } catch (cause) {
    // Two at the very same moment: the database lets one of them begin.
    throw underWay('somebody', cause);
  }
  throw movedOn();
}

function toImporter(viewer: Viewer): Importer {
  return { personId: viewer.personId, name: displayNameOf(viewer), rights: viewer.rights };
}

async function* untilStopped(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    signal.throwIfAborted();
    yield piece;
  }
}

/** For what is no more as somebody looked at it. */
export function movedOn(): Problem {
  return new Problem('conflict', 'This import has moved on since you looked at it, so nothing was done. Look at it again.', {
    reason: 'import-changed',
  });
}

function underWay(who: string, cause?: unknown): Problem {
  return new Problem('conflict', `Another import into this team is under way, by ${who}. Try yours when it is done.`, {
    heading: 'One after the other',
    reason: 'import-under-way',
    cause,
  });
}

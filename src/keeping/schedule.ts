import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Problem } from '../problems.ts';
import { describeFailure } from '../web/failure.ts';
import { type Backup, type BackupParts, makeBackup } from './backup.ts';
import { listMade, madeAt } from './kept-backups.ts';

/** How often it is looked whether it is time, in milliseconds. */
const LOOK = 60_000;

export interface ScheduleParts extends Omit<BackupParts, 'progress'> {
  /** In milliseconds. */
  readonly every: number;
  /** How many are kept. */
  readonly keep: number;
  readonly log: Logger;
}

/**
 * Makes a backup where the newest is old enough, and removes those beyond what is kept once it is there. Of several processes with one
 * folder, one does it.
 * @returns the new one; undefined where it is not time, or another process is at it.
 */
export async function backUpWhenDue(parts: Omit<ScheduleParts, 'log'>): Promise<Backup | undefined> {
  const { folder, every, keep, now } = parts;
  const isDue = async () => {
    const [newest] = await listMade(folder, now());
    return newest === undefined || now().getTime() - madeAt(newest) >= every;
  };
  if (!(await isDue())) return undefined;
  const made = await makeBackup(parts, isDue).catch((error: unknown) => {
    // Another process is at it.
    if (error instanceof Problem && error.kind === 'conflict') return undefined;
    throw error;
  });
  if (made === undefined) return undefined;
  for (const name of (await listMade(folder, now())).slice(keep)) await rm(join(folder, name), { recursive: true });
  return made;
}

/** Looks once a minute until it is disposed of, which waits for one that is being made. What fails is in the log, and tried again. */
export function startBackups({ log, ...parts }: ScheduleParts): AsyncDisposable {
  let making: Promise<void> = Promise.resolve();
  let isMaking = false;
  const look = async () => {
    isMaking = true;
    const began = performance.now();
    try {
      const made = await backUpWhenDue(parts);
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      if (made !== undefined) {
        log.info({ event: 'backup-made', folder: made.folder, seconds }, 'a backup was made');
        const missing = made.manifest.receipts_missing;
        if (missing > 0) log.error({ event: 'backup-incomplete', folder: made.folder, missing }, 'files of receipts are missing');
      }
    } catch (error) {
      log.error({ event: 'backup-failed', failure: describeFailure(error) }, 'the backup could not be made; it is tried again');
    } finally {
      isMaking = false;
    }
  };
  const start = () => {
    if (!isMaking) making = look();
  };
  start();
  const timer = setInterval(start, LOOK).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await making;
    },
  };
}

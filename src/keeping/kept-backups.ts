import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What each backup has to say, in its folder. */
export const MANIFEST = 'manifest.json';
/** That a backup was rehearsed: in its folder, and beside all of them, where it stays when that one goes. */
export const REHEARSAL = 'rehearsal.json';
/** So many, the newest first, are looked at for one that is whole. */
const LOOKED_AT = 20;

/** The names of the backups in a folder, the newest first. Each says when it was made. */
export async function listBackups(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^outlay-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/.test(name)).toSorted((a, b) => (a < b ? 1 : -1));
}

/** A clock may have been wrong, in milliseconds; what is of later than that says nothing. */
const AHEAD = 60_000;

/** Those that can have been made until now, the newest first. */
export async function listMade(folder: string, now: Date): Promise<string[]> {
  return (await listBackups(folder)).filter((name) => isPast(madeAt(name), now));
}

/** Not for what is no instant at all. */
function isPast(time: number, now: Date): boolean {
  return time <= now.getTime() + AHEAD;
}

/** When a backup of this name was made, in milliseconds since 1970. */
export function madeAt(name: string): number {
  const [, day = '', time = ''] = /^outlay-(.{10})T(.{8})Z$/.exec(name) ?? [];
  return Date.parse(`${day}T${time.replaceAll('-', ':')}Z`);
}

/** How the backups in a folder stand. */
export interface BackupState {
  /** When the last one was made that is whole; undefined where there is none. */
  readonly made: Date | undefined;
  /** When it was last tried that one can be restored; undefined where that never was. */
  readonly rehearsed: Date | undefined;
}

/** Of each folder one look at a time: on a disk that does not answer, each would hold a thread that others need. */
const looks = new Map<string, Promise<BackupState>>();

/** Looks at names and one small file, and at no backup itself. @throws where the folder is there and cannot be read. */
export async function readBackupState(folder: string, now: Date): Promise<BackupState> {
  const look = looks.get(folder) ?? lookAt(folder, now).finally(() => looks.delete(folder));
  looks.set(folder, look);
  return look;
}

async function lookAt(folder: string, now: Date): Promise<BackupState> {
  return { made: await findNewest(folder, now), rehearsed: await findRehearsal(folder, now) };
}

async function findNewest(folder: string, now: Date): Promise<Date | undefined> {
  for (const name of (await listMade(folder, now)).slice(0, LOOKED_AT)) {
    const there = await stat(join(folder, name, MANIFEST)).catch(() => undefined);
    if (there?.isFile() === true) return new Date(madeAt(name));
  }
  return undefined;
}

const rehearsalContent = z.object({ at: z.iso.datetime() });

async function findRehearsal(folder: string, now: Date): Promise<Date | undefined> {
  try {
    const at = new Date(rehearsalContent.parse(JSON.parse(await readFile(join(folder, REHEARSAL), 'utf8'))).at);
    return isPast(at.getTime(), now) ? at : undefined;
  } catch {
    return undefined;
  }
}

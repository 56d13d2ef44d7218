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

/** Looks at names and one small file, and at no backup itself. @throws where the folder is there and cannot be read. */
export async function readBackupState(folder: string): Promise<BackupState> {
  return { made: await findNewest(folder), rehearsed: await findRehearsal(folder) };
}

async function findNewest(folder: string): Promise<Date | undefined> {
  for (const name of (await listBackups(folder)).slice(0, LOOKED_AT)) {
    const there = await stat(join(folder, name, MANIFEST)).catch(() => undefined);
    if (there?.isFile() === true) return new Date(madeAt(name));
  }
  return undefined;
}

const rehearsalContent = z.object({ at: z.iso.datetime() });

async function findRehearsal(folder: string): Promise<Date | undefined> {
  try {
    return new Date(rehearsalContent.parse(JSON.parse(await readFile(join(folder, REHEARSAL), 'utf8'))).at);
  } catch {
    return undefined;
  }
}

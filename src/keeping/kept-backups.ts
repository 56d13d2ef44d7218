import { readdir } from 'node:fs/promises';

/** What each backup has to say, in its folder. */
export const MANIFEST = 'manifest.json';
/** That a backup was rehearsed: in its folder, and beside all of them, where it stays when that one goes. */
export const REHEARSAL = 'rehearsal.json';
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

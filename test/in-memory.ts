import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux has files that are on no disk. */
const MEMORY = '/dev/shm';
/** How much of that must be free, in bytes. */
const ROOM = 2 * 1024 ** 3;

/** A new folder, in memory where there is room. What tests write is gone when they are: it need not wait for a disk. */
export function newFolderInMemory(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), prefix));
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM;
}

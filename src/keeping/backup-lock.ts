import { mkdir, readdir, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../problems.ts';

const LOCK = 'making.lock';
/** How often whoever holds it says that they still do, in milliseconds, and after how long without that they are gone. */
const SIGN = 30_000;
const GONE = 120_000;

/**
 * Lets one at a time make a backup in a folder, in whichever process, and clears away what one left that was killed.
 * @throws Problem `conflict` where another one is at it.
 */
export async function lockBackups(folder: string): Promise<AsyncDisposable> {
  const lock = join(folder, LOCK);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const last = await stat(lock).catch(() => undefined);
  // By the clock of the files on both sides, whatever the program's own says.
  if (last !== undefined && Date.now() - last.mtimeMs > GONE) await rmdir(lock).catch(() => {});
  await mkdir(lock).catch((cause: unknown) => {
    throw (cause as NodeJS.ErrnoException).code === 'EEXIST'
      ? new Problem('conflict', `Another process is making a backup in "${folder}". Wait until it is there.`, { cause })
      : cause;
  });
  for (const name of await readdir(folder))
    if (/^outlay-.*\.partial$/.test(name)) await rm(join(folder, name), { recursive: true, force: true });
  const alive = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => {}), SIGN).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(alive);
      await rmdir(lock);
    },
  };
}

import { randomUUID } from 'node:crypto';
import { accessSync, constants, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problems.ts';

/**
 * Makes the data folder, for its owner only, where it is missing.
 * @throws Problem `unavailable` when nothing can be written there, naming DATA_DIR.
 */
export function openDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new Problem(
      'unavailable',
      `The data folder "${path}" cannot be written to. Make it writable for the user that runs Outlay, or name another one with DATA_DIR.`,
      { cause },
    );
  }
}

/**
 * A secret that is made once and then kept as a file of the data folder, readable by its owner only.
 * @param make called only where there is no such file yet.
 */
export async function keepInDataFolder(folder: string, name: string, make: () => string | Promise<string>): Promise<string> {
  const file = join(folder, name);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Written whole beside it and then given its name, so that a crash leaves no half of a secret; of two first starts at once one wins.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, await make(), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, 'utf8');
}

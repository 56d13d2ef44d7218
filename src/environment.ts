import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Problem } from './problems.ts';

/**
 * Settings from `.env` in the working folder; what the environment itself says goes first.
 * @throws Problem `invalid` when there is such a file and it cannot be read.
 */
export function environment(): Record<string, string | undefined> {
  try {
    return { ...parseEnv(readFileSync('.env', 'utf8')), ...process.env };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return process.env;
    throw new Problem('invalid', 'The file ".env" in this folder cannot be read.', { cause: error });
  }
}

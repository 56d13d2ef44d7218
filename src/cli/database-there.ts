import { existsSync } from 'node:fs';
import { Problem } from '../problems.ts';

/** @throws Problem `unavailable` for a SQLite file that is not there: opening it would make it, and then find it empty. */
export function assertThere(databaseUrl: string): void {
  const file = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (file === undefined || existsSync(file)) return;
  throw new Problem('unavailable', `There is no database "${file}". DATA_DIR or DATABASE_URL says where it lies.`);
}

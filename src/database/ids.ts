import { Problem } from '../problems.ts';

/**
 * An id that the app made (UUID, RFC 9562 §4). What comes from an address is held against it before any query: text like "\0" is an
 * error to PostgreSQL, not merely unknown.
 */
export const madeId = /^[\da-f-]{36}$/;

/** An id as the name of a file: nothing in it leads anywhere else. @throws Problem `invalid`, as for an id out of a backup that somebody has made up. */
export function fileNameOf(id: string): string {
  if (!/^[0-9a-z][0-9a-z-]{0,63}$/.test(id))
    throw new Problem('invalid', 'A receipt has an id that is none, so nothing was done with it.');
  return id;
}

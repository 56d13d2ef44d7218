import { createHash } from 'node:crypto';
import type { Database } from '../database/schema.ts';
import { inPieces } from '../web/pieces.ts';

/** The most that is held of a file at once, in bytes, but for what waits on either side. */
const PIECE_SIZE = 262_144;
/** How much of a file is recognised, in bytes: some hundred rows, and a few hundredths of a second. */
export const BEGINNING = 65_536;

/** Keeps a file as it arrives, a piece at a time, in the database, so that any process can read it. @returns how long it is, and its SHA-256 in hex. */
export async function keepFile(
  db: Database,
  importId: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  let number = 0;
  for await (const piece of inPieces(bytes, PIECE_SIZE)) {
    hash.update(piece);
    size += piece.length;
    number += 1;
    await db.insertInto('import_piece').values({ import_id: importId, number, bytes: piece }).execute();
  }
  return { size, sha256: hash.digest('hex') };
}

/** The same file from its beginning, as often as it is asked for. */
export async function* readFile(db: Database, importId: string): AsyncGenerator<Uint8Array> {
  for (let number = 1; ; number += 1) {
    const row = await db
      .selectFrom('import_piece')
      .select('bytes')
      .where('import_id', '=', importId)
      .where('number', '=', number)
      .executeTakeFirst();
    if (row === undefined) return;
    yield row.bytes;
  }
}

/** How a file begins: what is recognised of it is recognised of this. */
export async function readBeginning(db: Database, importId: string): Promise<Uint8Array> {
  const { value } = await readFile(db, importId).next();
  return (value ?? new Uint8Array()).subarray(0, BEGINNING);
}

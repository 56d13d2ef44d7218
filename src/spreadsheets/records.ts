import { setImmediate } from 'node:timers/promises';
import type { Reading } from './reading.ts';
import { RecordReader } from './record-reader.ts';

export interface RawRecord {
  /** Of the file, from 1 on, where the record begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface FileMistake {
  readonly line: number;
  /** From 1 on; 0 where it is about the whole line. */
  readonly column: number;
  readonly sentence: string;
}

export interface RecordBatch {
  readonly records: readonly RawRecord[];
  readonly mistakes: readonly FileMistake[];
  /** Bytes of the file read so far, for progress. */
  readonly bytesRead: number;
  /** Whether reading cannot go on after this. */
  readonly broken: boolean;
}

/** The most records of one batch. */
const BATCH = 1000;
/** How many bytes are read for one batch, but for a piece: this, and one record, is what is held in memory. */
const BATCH_BYTES = 64 * 1024;
/** How many bytes are worked on at once, whatever comes at once: a few hundredths of a second where every second one is a record. */
const PIECE = 8 * 1024;

/**
 * A file's records below its headings, in batches, without empty lines; a batch may be empty, so that whoever reads gets to say
 * how far it is. A mistake that reading cannot go on after is in the last batch: a quote left open, a NUL, what is not of the
 * encoding, a cell above the bound. Others are served between the pieces.
 */
export async function* readRecords(bytes: AsyncIterable<Uint8Array>, reading: Reading): AsyncGenerator<RecordBatch> {
  const reader = new RecordReader(reading);
  let bytesRead = 0;
  let told = 0;
  try {
    for await (const chunk of bytes) {
      for (let start = 0; start < chunk.length; start += PIECE) {
        const piece = chunk.subarray(start, start + PIECE);
        bytesRead += piece.length;
        await reader.add(piece);
        // Neither the parser nor a database in the same process ever waits for anything.
        await setImmediate();
        if (!reader.hasStopped && reader.count < BATCH && bytesRead - told < BATCH_BYTES) continue;
        yield* batches(reader, bytesRead);
        if (reader.hasStopped) return;
        told = bytesRead;
      }
    }
    await reader.end();
    for (const batch of batches(reader, bytesRead)) if (batch.records.length > 0 || batch.mistakes.length > 0) yield batch;
  } finally {
    reader.close();
  }
}

/** What the last pieces have brought, which bound it in bytes, too. */
function* batches(reader: RecordReader, bytesRead: number): Generator<RecordBatch> {
  const { records, mistakes } = reader.take();
  for (let start = 0; start + BATCH < records.length; start += BATCH) {
    yield { records: records.slice(start, start + BATCH), mistakes: [], bytesRead, broken: false };
  }
  const last = records.slice(records.length === 0 ? 0 : records.length - 1 - ((records.length - 1) % BATCH));
  yield { records: last, mistakes, bytesRead, broken: reader.hasStopped };
}

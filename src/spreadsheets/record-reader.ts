import { CsvError, Parser } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { csvOptions, isEmpty, lineBreaksIn, MAX_RECORD, withoutStacks } from './csv.ts';
import { Decoder } from './decoding.ts';
import { encodingNames } from './encoding.ts';
import { LinesAbove } from './lines-above.ts';
import { quoted } from './quoting.ts';
import type { Reading } from './reading.ts';
import type { FileMistake, RawRecord } from './records.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** Reads records out of bytes as they arrive. It holds what was last added, and one record that has not ended yet. */
export class RecordReader {
  readonly #reading: Reading;
  readonly #decoder: Decoder;
  readonly #above: LinesAbove;
  readonly #parser: Parser;
  #records: RawRecord[] = [];
  #mistakes: FileMistake[] = [];
  /** The line where the next record begins. */
  #line: number;
  #isAtHeadings: boolean;
  /** From the end of the last record on; it begins at byte `#start` of what the parser was given. */
  #held: Buffer = Buffer.alloc(0);
  #start = 0;
  /** How many empty lines are counted in `#line`. */
  #emptyLines = 0;
  hasStopped = false;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#decoder = new Decoder(reading.encoding);
    this.#line = Math.max(1, reading.headingLine);
    this.#above = new LinesAbove(this.#line - 1);
    this.#isAtHeadings = reading.headingLine > 0;
    this.#parser = new Parser({
      ...csvOptions(reading.delimiter),
      skip_empty_lines: true,
      on_record: (
        cells: readonly string[],
        { bytes, empty_lines: above }: { readonly bytes: number; readonly empty_lines: number },
      ) => {
        this.#take(cells, bytes, above - this.#emptyLines);
        this.#emptyLines = above;
        return null;
      },
    });
    // What goes wrong comes to whoever has written or ended; without this, it would end the process as well.
    this.#parser.on('error', () => undefined);
  }

  /** How many records have been read since they were last taken. */
  get count(): number {
    return this.#records.length;
  }

  /** What has been read since it was last asked. */
  take(): { readonly records: readonly RawRecord[]; readonly mistakes: readonly FileMistake[] } {
    const taken = { records: this.#records, mistakes: this.#mistakes };
    this.#records = [];
    this.#mistakes = [];
    return taken;
  }

  async add(bytes: Uint8Array): Promise<void> {
    await this.#decode(bytes, false);
  }

  /** The last record need not have a line's end behind it. */
  async end(): Promise<void> {
    await this.#decode(Buffer.alloc(0), true);
    if (this.hasStopped) return;
    const error = await new Promise<Error | null | undefined>((resolve) => this.#parser.end(resolve));
    if (error != null) this.#stopAtRecord(error);
  }

  close(): void {
    this.#parser.destroy();
  }

  async #decode(bytes: Uint8Array, isLast: boolean): Promise<void> {
    const { utf8, isIntact } = this.#decoder.decode(bytes, isLast);
    const nul = utf8.indexOf(0);
    const readable = this.#above.below(nul === -1 ? utf8 : utf8.subarray(0, nul));
    if (readable.length > 0) await this.#parse(readable);
    if (this.hasStopped || (nul === -1 && isIntact)) return;
    const line = this.#line - this.#above.left + lineBreaksIn([this.#held.toString()]);
    this.#stop({
      line,
      column: 0,
      sentence:
        nul === -1
          ? `From here on the file is not in ${encodingNames[this.#reading.encoding]}. Choose another encoding.`
          : 'There is a byte here that no text has (NUL). The file is damaged; save it as CSV once more.',
    });
  }

  async #parse(utf8: Buffer): Promise<void> {
    this.#held = this.#held.length === 0 ? utf8 : Buffer.concat([this.#held, utf8]);
    const error = await new Promise<Error | null | undefined>((resolve) =>
      withoutStacks(() => this.#parser.write(utf8, resolve)),
    );
    if (error == null) this.#dropEmptyLines();
    if (error != null) this.#stopAtRecord(error);
    // Cells with nothing in them count for nothing in the parser's own bound, and a record could have any number of them.
    else if (this.#held.length > 2 * MAX_RECORD) this.#stopAtRecord(undefined);
  }

  /** Counts empty lines above a record, so that nothing is held of them, however many there are. */
  #dropEmptyLines(): void {
    let [lines, bytes] = [0, 0];
    for (let at = 0; at < this.#held.length; at += 1) {
      const byte = this.#held[at];
      if (byte === SPACE) continue;
      if (byte === CARRIAGE_RETURN) {
        // With the line feed that may come next, it is one end of a line.
        if (at + 1 === this.#held.length) break;
        if (this.#held[at + 1] === LINE_FEED) at += 1;
      } else if (byte !== LINE_FEED) break;
      [lines, bytes] = [lines + 1, at + 1];
    }
    if (lines === 0) return;
    this.#held = this.#held.subarray(bytes);
    this.#start += bytes;
    this.#line += lines;
    this.#emptyLines += lines;
    this.#isAtHeadings = false;
  }

  /** @param emptyLines how many stand right above it. */
  #take(cells: readonly string[], end: number, emptyLines: number): void {
    const line = this.#line + emptyLines;
    const raw = this.#held.subarray(0, end - this.#start);
    this.#held = this.#held.subarray(end - this.#start);
    this.#start = end;
    this.#line = line + 1 + lineBreaksIn(cells);
    const isHeadings = this.#isAtHeadings && emptyLines === 0;
    this.#isAtHeadings = false;
    if (isHeadings) return;
    if (isEmpty(cells) || (line === 1 && /^sep=/i.test(cells[0] ?? ''))) return;
    else if (cells.some(mayHaveTakenLines) && !isStrict(raw, this.#reading)) {
      const column = cells.findIndex(mayHaveTakenLines) + 1;
      this.#mistakes.push({
        line: line + lineBreaksIn(cells.slice(0, column - 1)),
        column,
        sentence: `A quote is opened here (${quoted(cells[column - 1] ?? '')}) and not closed before the next one.`,
      });
    } else this.#records.push({ line, cells });
  }

  /** @param error the parser's; undefined where the record is longer than the parser counts. */
  #stopAtRecord(error: Error | undefined): void {
    if (error !== undefined && !(error instanceof CsvError)) throw error;
    this.#dropEmptyLines();
    const text = this.#held.toString();
    const hasEnded = error?.code === 'CSV_QUOTE_NOT_CLOSED';
    // As if the quote were closed here: the cells before it say in which line it was opened.
    const cells = hasEnded || endsInQuotes(text, this.#reading) ? firstRecord(`${text}"`, this.#reading) : [];
    const opened = `A quote is opened here (${quoted(cells.at(-1) ?? '')})`;
    this.#stop({
      line: this.#line + lineBreaksIn(cells.slice(0, -1)),
      column: cells.length,
      sentence: hasEnded
        ? `${opened} and never closed.`
        : cells.length > 0
          ? `${opened}, and more than 1 MB comes before one that could close it.`
          : 'What begins here is longer than 1 MB, which no expense is. Check the delimiter.',
    });
  }

  #stop(mistake: FileMistake): void {
    this.#mistakes.push(mistake);
    this.hasStopped = true;
  }
}

/** Whether a cell begins as one does whose quote was closed by the opening one of another cell, lines below. */
function mayHaveTakenLines(cell: string): boolean {
  return cell.startsWith('"') && /[\r\n]/.test(cell);
}

/** Whether all quotes of a record are where RFC 4180 has them. */
function isStrict(record: Buffer, { delimiter }: Reading): boolean {
  try {
    withoutStacks(() => parse(record, { ...csvOptions(delimiter), relax_quotes: false }));
    return true;
  } catch {
    return false;
  }
}

function endsInQuotes(text: string, { delimiter }: Reading): boolean {
  try {
    withoutStacks(() => parse(text, { ...csvOptions(delimiter), max_record_size: 0 }));
    return false;
  } catch (error) {
    return error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED';
  }
}

function firstRecord(text: string, { delimiter }: Reading): readonly string[] {
  const [cells = []] = parse(text, { ...csvOptions(delimiter), max_record_size: 0, to: 1 });
  return cells;
}

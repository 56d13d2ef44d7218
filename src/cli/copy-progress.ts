import type { Progress } from '../keeping/copy.ts';

/** How often a terminal is told, in milliseconds. */
const EVERY = 200;

/** Tells how far a copy is: on a terminal in one line that changes, elsewhere in a line for each table once it has been read. */
export function copyProgress(quiet: boolean, out: NodeJS.WriteStream = process.stderr): Progress & { end(): void } {
  let table = '';
  let rows = 0;
  let told = 0;
  const finish = () => {
    if (quiet || table === '') return;
    out.write(out.isTTY ? `\r\u001B[K` : `${table}: ${rows} rows\n`);
  };
  const progress = (name: string, read: number) => {
    if (name !== table) {
      finish();
      [table, rows] = [name, 0];
    }
    rows += read;
    const now = performance.now();
    if (quiet || !out.isTTY || now - told < EVERY) return;
    told = now;
    out.write(`\r\u001B[K${table}: ${rows} rows`);
  };
  return Object.assign(progress, {
    end: () => {
      finish();
      table = '';
    },
  });
}

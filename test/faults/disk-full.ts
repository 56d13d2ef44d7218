import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { whereNothingCanBeWritten } from './nothing-written.ts';

/** How large the disk is, in bytes: enough for all that is written before it is full. */
const SIZE = 1024 ** 3;
/** How much is added at once to what fills it, in bytes. */
const PIECE = 16 * 1024 * 1024;

/** A disk of its own for the SQLite file, on which something else takes all the room. Linux, as root. */
export const diskFull: Fault = {
  about: 'fills the disk on which the SQLite file lies, so many times (20)',
  usual: 20,
  async run(times, say) {
    const disk = mkdtempSync(join(tmpdir(), 'outlay-small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', disk]);
    const unmount = () => {
      execFileSync('umount', ['--lazy', disk]);
      rmSync(disk, { recursive: true, force: true });
    };
    process.once('exit', unmount);
    const ballast = join(disk, 'ballast');
    return whereNothingCanBeWritten({
      databaseUrl: `sqlite:${join(disk, 'outlay.sqlite')}`,
      times,
      say,
      what: 'the disk filled to the last byte',
      sentence: /no room left where Outlay keeps its data/,
      async begin() {
        // What Outlay writes meanwhile takes its share, until there is nothing left for either.
        for (let left = free(disk); left > 0; left = free(disk)) {
          writeFileSync(ballast, Buffer.alloc(Math.min(left, PIECE)), { flag: 'a' });
          await setTimeout(1);
        }
        return async () => rmSync(ballast);
      },
    });
  },
};

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

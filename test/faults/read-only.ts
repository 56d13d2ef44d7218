import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { whereNothingCanBeWritten } from './nothing-written.ts';

/** How far into a file anybody may write, in bytes, while nothing can be: not even over what is there. */
const NOTHING = 1;

/** The system refuses every write of the process that runs; whoever runs Outlay as root could write over rights of files. Linux. */
export const readOnly: Fault = {
  about: 'refuses all writing to the SQLite file while Outlay runs, so many times (20)',
  usual: 20,
  async run(times, say) {
    const folder = mkdtempSync(join(tmpdir(), 'outlay-read-only-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return whereNothingCanBeWritten({
      databaseUrl: `sqlite:${join(folder, 'outlay.sqlite')}`,
      times,
      say,
      what: 'all writing refused by the system',
      sentence: /no room left where Outlay keeps its data|can only be read just now/,
      async begin(pid) {
        const allow = (size: string) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${size}:unlimited`]);
        allow(String(NOTHING));
        return async () => void allow('unlimited');
      },
    });
  },
};

import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { compiled } from './spawned.ts';

export const program = resolve('src/cli/outlay.ts');

export interface Ran {
  readonly code: number | string | undefined;
  readonly out: string;
  readonly err: string;
}

/** The program in a process of its own, in this folder, with these settings and none of the surroundings'. */
export function outlay(cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], { cwd, env: { ...compiled(), ...env } }, (error, out, err) => {
      done({ code: error === null ? 0 : (error.code ?? undefined), out, err });
    });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A program that listens on a port, in a process of its own. */
export interface Running extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly child: ChildProcess;
  /** From the beginning of the process to its first good answer, in milliseconds. */
  readonly startedIn: number;
}

export interface Program {
  readonly file: string;
  readonly port: number;
  /** All that it has of an environment, besides what Node itself needs. */
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
  /** Where it is asked whether it is there. */
  readonly path?: string;
}

/** However our process ends, these do, too. */
const started = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** How long a program may take to start, in milliseconds. */
const START_LIMIT = 60_000;
/** How often it is asked whether it is there, in milliseconds. */
const ASK_EVERY = 2;

/**
 * Starts a program and waits until it answers with 200. It runs in a new folder below the one given, and what it says goes into a file
 * there, as it would under a service manager: reading it would cost us time that is being measured.
 * @throws Error with what it said, where it ends before that.
 */
export async function startProgram({ file, port, env = {}, node = [], path = '/' }: Program, folder: string): Promise<Running> {
  const cwd = mkdtempSync(join(folder, 'program-'));
  const said = join(cwd, 'said');
  const out = openSync(said, 'w');
  const { PATH = '', HOME = '' } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, [...node, file], {
    cwd,
    env: { PATH, HOME, TMPDIR: folder, NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', out, out, 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  started.add(child);
  const ended = once(child, 'exit').finally(() => started.delete(child));
  while (!(await answers(port, path))) {
    const late = performance.now() - began > START_LIMIT;
    if (late) kill();
    if (late || child.exitCode !== null) throw new Error(`${file} does not start:\n${readFileSync(said, 'utf8').slice(-2_000)}`);
    await setTimeout(ASK_EVERY);
  }
  return {
    port,
    pid: child.pid ?? 0,
    child,
    startedIn: performance.now() - began,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGTERM');
      const slow = global.setTimeout(kill, 5_000);
      await ended;
      clearTimeout(slow);
    },
  };
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: 'localhost', port, path, agent: false }, (res) => {
      res.resume();
      res.once('end', () => resolve(res.statusCode === 200));
    }).once('error', () => resolve(false));
  });
}

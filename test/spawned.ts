import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const main = resolve(import.meta.dirname, '../src/main.ts');

export interface Spawned {
  readonly child: ChildProcess;
  /** All that it has said so far. */
  readonly output: () => string;
  /** Tells it to stop, and waits until it has. */
  stop(): Promise<void>;
}

/** Where Node keeps what it has compiled: all that a program in a process of its own has of our surroundings, to start sooner. */
export function compiled(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: folder } = process.env;
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

/**
 * The program itself, in a process of its own, once it has said this. However our process ends, that one does too.
 * @param command what Node is to run; as `npm start` does unless given.
 * @throws Error with what it said, where it ends before.
 */
export async function spawnOutlay(
  cwd: string,
  env: Readonly<Record<string, string>>,
  sign: string,
  command: readonly string[] = [main],
): Promise<Spawned> {
  const child = spawn(process.execPath, [...command], { cwd, env: { ...compiled(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('said');
    });
  }
  while (!output.includes(sign) && child.exitCode === null) await Promise.race([once(child, 'said'), ended]);
  if (child.exitCode !== null) throw new Error(`Outlay does not start:\n${output}`);
  return {
    child,
    output: () => output,
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

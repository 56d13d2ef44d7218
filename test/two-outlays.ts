import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { newDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { type HostileProvider, startHostileProvider } from './hostile-provider/provider.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');

export interface TwoOutlays extends AsyncDisposable {
  readonly provider: HostileProvider;
  /** Where people find both, as if a proxy stood in front: the first one's address. */
  readonly baseUrl: string;
  readonly addresses: readonly [string, string];
}

/** Two real processes of the program, over one PostgreSQL and with one provider. */
export async function startTwoOutlays(): Promise<TwoOutlays> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await newDatabase('postgres'));
  const provider = opened.use(await startHostileProvider());
  const folder = mkdtempSync(join(tmpdir(), 'outlay-two-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const ports = [await freePort(), await freePort()] as const;
  const baseUrl = `http://localhost:${ports[0]}`;
  const settings = {
    APP_BASE_URL: baseUrl,
    DATABASE_URL: database.url,
    DATA_DIR: join(folder, 'data'),
    SESSION_SECRET: 'one secret of more than 32 characters for both',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: 'any secret',
    SIGN_IN_RATE_LIMIT: '0',
  };
  // One after the other, because the first brings the database up to date.
  for (const port of ports) opened.defer(await start(folder, { ...settings, PORT: String(port) }));
  const kept = opened.move();
  return {
    provider,
    baseUrl,
    addresses: [baseUrl, `http://localhost:${ports[1]}`],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Waits until it is ready. @returns what ends it. */
async function start(cwd: string, env: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [main], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    child.emit('said');
  });
  while (!output.includes('Outlay is ready') && child.exitCode === null) await Promise.race([once(child, 'said'), ended]);
  if (child.exitCode !== null) throw new Error(`Outlay does not start:\n${output}`);
  return async () => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    await ended;
  };
}

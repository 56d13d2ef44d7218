import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { type HostileProvider, startHostileProvider } from './hostile-provider/provider.ts';
import { spawnOutlay } from './spawned.ts';

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
  for (const port of ports) {
    const { stop } = await spawnOutlay(folder, { ...settings, PORT: String(port) }, 'Outlay is ready');
    opened.defer(stop);
  }
  const kept = opened.move();
  return {
    provider,
    baseUrl,
    addresses: [baseUrl, `http://localhost:${ports[1]}`],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

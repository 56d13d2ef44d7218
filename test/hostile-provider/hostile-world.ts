import { openWorld, type World } from '../world.ts';
import type { WorldOptions } from '../world-options.ts';
import { type HostileOptions, type HostileProvider, startHostileProvider } from './provider.ts';

export interface HostileWorld extends AsyncDisposable {
  readonly provider: HostileProvider;
  readonly world: World;
}

/** An Outlay that is told to trust a hostile provider, and that provider. */
export async function openHostileWorld(options: WorldOptions = {}, hostile: HostileOptions = {}): Promise<HostileWorld> {
  await using opened = new AsyncDisposableStack();
  const provider = opened.use(await startHostileProvider(hostile));
  const world = opened.use(await openWorld({ ...options, issuer: provider.issuer }));
  provider.clientJwksUrl ??= world.url('/oidc/client-keys.json');
  const kept = opened.move();
  return { provider, world, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

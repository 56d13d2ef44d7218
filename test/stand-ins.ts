import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Behaviour } from './hostile-provider/behaviour.ts';
import { type HostileOptions, startHostileProvider } from './hostile-provider/provider.ts';
import { listen, stop } from './hostile-provider/sending.ts';

/** Starts what answers in the place of the right provider. */
export type StandIn = () => Promise<AsyncDisposable & { readonly issuer: string }>;

/** A provider that is one, but for this behaviour. */
export const hostile =
  (behaviour: Behaviour, options: HostileOptions = {}): StandIn =>
  async () => {
    const provider = await startHostileProvider({ endSession: true, ...options });
    provider.behaviour = behaviour;
    return provider;
  };

/** A server that answers so; the issuer is this path on it. */
export const serving =
  (path: string, answer: RequestListener, scheme = 'http:'): StandIn =>
  async () => {
    const { server, origin } = await listen('localhost', 0, answer);
    return { issuer: origin.replace('http:', scheme) + path, [Symbol.asyncDispose]: () => stop(server) };
  };

/** Has one realm, "company", and no "/auth" in its addresses. */
export const keycloak: RequestListener = (req, res) => {
  const known = req.url?.startsWith('/realms/company/') === true;
  const body = known ? { issuer: `http://${req.headers.host}/realms/company` } : { error: 'Realm does not exist' };
  res.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** A server whose certificate nobody has signed. */
export const selfSigned: StandIn = async () => {
  const pem = readFileSync(new URL('hostile-provider/self-signed.pem', import.meta.url));
  const server = createServer({ cert: pem, key: pem });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const { port } = server.address() as AddressInfo;
  return { issuer: `https://localhost:${port}`, [Symbol.asyncDispose]: () => stop(server) };
};

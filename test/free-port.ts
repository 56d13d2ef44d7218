import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux, macOS and Windows give to whoever connects, or listens at any: nobody is given one of these meanwhile. */
const LOWEST = 20_000;
const HIGHEST = 31_999;

/**
 * A port for programs that cannot say which one they took: it was free a moment ago, and no other test gets it for as long as this process
 * runs.
 * @throws Error where none of a hundred is free.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if ((await isOurs(port)) && (await isFree(port))) return port;
  }
  throw new Error('No port is free');
}

/** The UDP port of the same number, which nothing of Outlay uses, is the lock: no two processes have it, and it goes with its process. */
async function isOurs(port: number): Promise<boolean> {
  const lock = createSocket('udp4').unref();
  const bound = happens(once(lock, 'listening'));
  lock.bind({ port, address: '127.0.0.1', exclusive: true });
  return bound;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = happens(once(server, 'listening'));
  server.listen(port);
  if (!(await listening)) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function happens(event: Promise<unknown>): Promise<boolean> {
  return event.then(
    () => true,
    () => false,
  );
}

import { connect, type Socket } from 'node:net';
import type { HttpBrowser } from './http-browser.ts';
import type { World } from './world.ts';

/** A request as it goes over the wire, up to its first header after the cookie. */
export async function beginRequest(
  world: World,
  browser: HttpBrowser,
  method: 'GET' | 'POST',
  url: string,
  headers: string,
): Promise<Socket> {
  const { port, pathname } = new URL(url);
  const socket = connect(Number(port), 'localhost');
  socket.on('error', () => {});
  socket.write(
    `${method} ${pathname} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${world.baseUrl}\r\n` +
      `Cookie: ${await browser.cookies.getCookieString(url)}\r\n${headers}\r\n`,
  );
  return socket;
}

/** Asks again and again, in turns of the event loop, until it is so; the file's own time limit ends it otherwise. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { HttpBrowser } from '../http-browser.ts';
import { describeTimes, type Fault, seconds } from './fault.ts';
import { look, members, openFaultStage, TEAM } from './stage.ts';

/** How often each sends a byte, in milliseconds. */
const BETWEEN_BYTES = 1_000;
/** After how long all must have been cut off: the longest bound, a form's, with what is between two looks and after the answer. */
const BOUND = 50_000;
/** How long a page may take for others meanwhile, in milliseconds. */
const PAGE_BOUND = 2_000;

/** Half of them never come to the end of their headers, the others of a form. */
export const slowClients: Fault = {
  about: 'so many clients at once that send a byte a second (1000)',
  usual: 1_000,
  async run(count, say) {
    await using stage = await openFaultStage({ engine: 'sqlite' });
    const outlay = await stage.start();
    const browser = await stage.signIn(members[0] ?? '');
    const cookie = await browser.cookies.getCookieString(stage.baseUrl);
    const began = performance.now();
    const ended: number[] = [];
    const sockets = Array.from({ length: count }, (_, at) =>
      slowly(stage.port, at % 2 === 0 ? headers : form(stage.baseUrl, cookie)),
    );
    for (const socket of sockets) socket.on('close', () => ended.push(performance.now() - began));
    const took: number[] = [];
    const lost: string[] = [];
    while (ended.length < count && performance.now() - began < BOUND) {
      for (const socket of sockets) if (!socket.destroyed) socket.write('x');
      took.push(...(await readFor(BETWEEN_BYTES, browser, `${stage.baseUrl}/team/${TEAM}`, lost)));
      if (took.length % 10 === 0) say(`${ended.length} of ${count} cut off after ${seconds(performance.now() - began)}`);
    }
    if (ended.length < count)
      lost.push(`${count - ended.length} slow clients still hold their connection after ${seconds(BOUND)}`);
    const slowest = Math.max(...took);
    if (slowest > PAGE_BOUND) lost.push(`A page took ${seconds(slowest)}`);
    for (const socket of sockets) socket.destroy();
    await outlay.stop();
    return {
      did: `${count} clients that send a byte a second; meanwhile ${took.length} pages for others, which took ${describeTimes(took)}`,
      lost,
      recovery: `all were cut off after ${seconds(Math.max(0, ...ended))}`,
    };
  },
};

const headers = 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ';

function form(origin: string, cookie: string): string {
  return (
    `POST /team/${TEAM}/expenses HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\n` +
    'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nitem='
  );
}

function slowly(port: number, beginning: string): Socket {
  const socket = connect(port, 'localhost');
  socket.on('error', () => {}).resume();
  socket.write(beginning);
  return socket;
}

/** @returns how long each page took. */
async function readFor(milliseconds: number, browser: HttpBrowser, page: string, lost: string[]): Promise<number[]> {
  const took: number[] = [];
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    const seen = await look(browser, page);
    took.push(seen.took);
    if (seen.status !== 200) lost.push(`A page was answered with ${seen.status}`);
    await setTimeout(100);
  }
  return took;
}

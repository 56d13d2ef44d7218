import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeTimes, type Fault, seconds } from './fault.ts';
import { memoryOf } from './memory.ts';
import { look, members, openFaultStage, TEAM } from './stage.ts';

const SIZE = 100 * 1024 * 1024;
const CHUNK = randomBytes(1024 * 1024);
/** How long each may take to be refused, in milliseconds. */
const BOUND = 20_000;
/** How much more memory Outlay may have after all of it than after the first round, in megabytes. */
const GROWTH = 120;
const types = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json', ''] as const;

/** 100 MB of nothing to every address there is, as forms of every kind and as none. */
export const junk: Fault = {
  about: 'sends 100 MB of junk to every address in four ways, so many times (3)',
  usual: 3,
  async run(times, say) {
    await using stage = await openFaultStage({ engine: 'sqlite' });
    // A file to be imported may be larger than that; here it may not.
    const outlay = await stage.start({ IMPORT_MAX_MB: '10' });
    const browser = await stage.signIn(members[0] ?? '');
    const cookie = await browser.cookies.getCookieString(stage.baseUrl);
    const addresses = Object.values(paths).map((path) => fillPath(path, { id: TEAM }));
    const took: number[] = [];
    const lost: string[] = [];
    const memory: number[] = [];
    let sent = 0;
    for (let round = 1; round <= times; round += 1) {
      for (const address of addresses) {
        if (address === paths.logout) continue;
        for (const type of types) {
          const began = performance.now();
          const { status, bytes } = await flood(stage.baseUrl + address, cookie, type);
          sent += bytes;
          took.push(performance.now() - began);
          if (status >= 500) lost.push(`${address} answered junk (${type}) with ${status}`);
          if ((took.at(-1) ?? 0) > BOUND) lost.push(`${address} took junk (${type}) for ${seconds(took.at(-1) ?? 0)}`);
        }
      }
      memory.push(memoryOf(outlay.child.pid));
      say(`${took.length} floods, ${Math.round(sent / 1_048_576)} MB taken; Outlay has ${memory.at(-1)} MB`);
    }
    const { status } = await look(browser, `${stage.baseUrl}/team/${TEAM}`);
    if (status !== 200) lost.push(`Afterwards a page is answered with ${status}`);
    const [first = 0, last = 0] = [memory[0], memory.at(-1)];
    if (last - first > GROWTH) lost.push(`Memory grew from ${first} to ${last} MB`);
    await outlay.stop();
    return {
      did: `100 MB of junk to ${addresses.length - 1} addresses in ${types.length} ways, ${times} times; ${Math.round(sent / 1_048_576)} MB of it were taken and thrown away`,
      lost,
      recovery: `each refused in ${describeTimes(took)}; ${first} MB of memory after the first round, ${last} after the last`,
    };
  },
};

/** Sends as much as is taken. @returns the status, 0 where the connection ended without an answer, and how much was sent. */
async function flood(url: string, cookie: string, type: string): Promise<{ status: number; bytes: number }> {
  const headers = { cookie, origin: new URL(url).origin, ...(type !== '' && { 'content-type': type }), 'content-length': SIZE };
  const sending = request(url, { method: 'POST', headers, agent: false });
  let status = 0;
  const ended = new AbortController();
  const over = new Promise<void>((resolve) => {
    sending.on('response', (answer) => {
      status = answer.statusCode ?? 0;
      answer.on('error', () => {}).resume();
    });
    sending.on('error', () => {});
    sending.on('close', () => {
      ended.abort();
      resolve();
    });
  });
  let bytes = 0;
  while (!ended.signal.aborted && bytes < SIZE) {
    bytes += CHUNK.length;
    if (!sending.write(CHUNK)) await Promise.race([once(sending, 'drain').catch(() => {}), over]);
  }
  if (!ended.signal.aborted) sending.end();
  await over;
  return { status, bytes };
}

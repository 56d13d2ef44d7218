import { Agent, get } from 'node:http';
import { describeTimes, type Fault } from './fault.ts';
import { memoryOf } from './memory.ts';
import { members, openFaultStage, TEAM } from './stage.ts';

const AT_ONCE = 16;
/** How often memory is looked at, from beginning to end. */
const LOOKS = 10;
/** How much more memory Outlay may have at the end than half of the way, by when its heap is as large as it becomes, in megabytes. */
const GROWTH = 40;

/** One page after the other, of guests and of whoever is signed in, some that are not there. */
export const manyRequests: Fault = {
  about: 'so many requests (1000000), with an eye on memory',
  usual: 1_000_000,
  async run(count, say) {
    await using stage = await openFaultStage({ engine: 'sqlite' });
    const outlay = await stage.start();
    const browsers = await Promise.all(members.map((subject) => stage.signIn(subject)));
    const cookies = await Promise.all(browsers.map((browser) => browser.cookies.getCookieString(stage.baseUrl)));
    const addresses = [
      '/',
      '/dashboard',
      `/team/${TEAM}`,
      `/team/${TEAM}?state=submitted`,
      '/profile',
      '/nothing',
      `/team/${TEAM}/figures`,
    ];
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const memory: number[] = [];
    const wrong = new Map<string, number>();
    const began = performance.now();
    let next = 0;
    const loop = async () => {
      while (next < count) {
        const at = next;
        next += 1;
        if (at % Math.ceil(count / LOOKS) === 0) {
          memory.push(memoryOf(outlay.child.pid));
          say(`${at} requests; Outlay has ${memory.at(-1)} MB`);
        }
        const path = addresses[at % addresses.length] ?? '/';
        // Each address is asked for by everybody, and by nobody.
        const status = await statusOf(agent, stage.port, path, cookies[Math.floor(at / addresses.length) % (cookies.length + 1)]);
        const expected = path === '/nothing' ? [404, 303] : [200, 303];
        if (!expected.includes(status))
          wrong.set(`${path} was answered with ${status}`, (wrong.get(`${path} was answered with ${status}`) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, loop));
    const took = performance.now() - began;
    memory.push(memoryOf(outlay.child.pid));
    agent.destroy();
    await outlay.stop();
    const [early = 0, last = 0] = [memory[LOOKS / 2], memory.at(-1)];
    const lost = [...wrong].map(([what, times]) => `${what}, ${times} times`);
    if (last - early > GROWTH) lost.push(`Memory grew from ${early} to ${last} MB`);
    return {
      did: `${count} requests in ${describeTimes([took])}`,
      lost,
      recovery: `${early} MB of memory after one half, ${last} at the end`,
    };
  },
};

function statusOf(agent: Agent, port: number, path: string, cookie = ''): Promise<number> {
  return new Promise((resolve) => {
    get({ agent, host: 'localhost', port, path, headers: { cookie } }, (answer) => {
      answer.resume().once('close', () => resolve(answer.statusCode ?? 0));
    }).once('error', () => resolve(0));
  });
}

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { HttpBrowser } from '../http-browser.ts';
import { describeTimes, type Fault, seconds } from './fault.ts';
import { look, members, openFaultStage, type Seen, TEAM } from './stage.ts';

/** How long the login page may take to say so, in milliseconds: 4.5 seconds for a request to the provider, and what is around it. */
const BOUND = 5_000;
/** How often a slow provider sends a byte, in milliseconds. */
const DRIP = 500;

/** Each listens where the provider was; none is one that answers. */
const ways: Readonly<Record<string, (port: number) => Promise<AsyncDisposable>>> = {
  away: async () => ({ [Symbol.asyncDispose]: async () => {} }),
  'half-open': (port) => listening(createTcpServer((socket) => void socket.on('error', () => {})) as unknown as Server, port),
  slow: (port) => {
    const server = createServer((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => res.write(' '), DRIP);
      res.on('close', () => clearInterval(drip));
    });
    return listening(server, port);
  },
};

/** The provider is gone, silent or slow; whoever is signed in does not notice, and whoever wants to sign in is told. */
export const providerAway: Fault = {
  about: 'takes the provider away in three ways, so many times each (10)',
  usual: 10,
  async run(times, say) {
    await using stage = await openFaultStage({ engine: 'sqlite' });
    let outlay = await stage.start();
    const browser = await stage.signIn(members[0] ?? '');
    const lost: string[] = [];
    const logins: number[] = [];
    const recovered: number[] = [];
    let pages = 0;
    for (const [way, takePlace] of Object.entries(ways)) {
      for (let time = 1; time <= times; time += 1) {
        const port = await stage.stopProvider();
        const other = await takePlace(port);
        // A new process knows nothing of the provider yet.
        await outlay.stop();
        outlay = await stage.start();
        const login = look(new HttpBrowser(), `${stage.baseUrl}/login`);
        for (const path of ['/', '/dashboard', `/team/${TEAM}`, '/profile']) {
          const { status } = await look(path === '/' ? new HttpBrowser() : browser, stage.baseUrl + path);
          if (status === 200) pages += 1;
          else lost.push(`${way}: ${path} was answered with ${status}`);
        }
        const told = await login;
        logins.push(told.took);
        lost.push(...mistakesOf(told).map((mistake) => `${way}: ${mistake}`));
        await other[Symbol.asyncDispose]();
        await stage.startProvider();
        const since = performance.now();
        while ((await look(new HttpBrowser(), `${stage.baseUrl}/login`)).status !== 303) {
          if (performance.now() - since > 90_000) throw new Error('Nobody can sign in again');
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
        recovered.push(performance.now() - since);
        await stage.signIn(members[1] ?? '');
        say(`${way} ${time} times; the login page took ${seconds(Math.max(...logins))} at most`);
      }
    }
    await outlay.stop();
    return {
      did: `the provider away, half-open and slow, ${times} times each; ${pages} pages meanwhile, and the login page said so in ${describeTimes(logins)}`,
      lost,
      recovery: describeTimes(recovered),
    };
  },
};

function mistakesOf({ status, body, took }: Seen): string[] {
  return [
    ...(status === 503 && body.includes('sign-in does not answer just now') ? [] : [`/login was answered with ${status}`]),
    ...(took <= BOUND ? [] : [`/login took ${seconds(took)}`]),
  ];
}

async function listening(server: Server, port: number): Promise<AsyncDisposable> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

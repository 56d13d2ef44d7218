import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { AddressGuard } from './address-guard.ts';
import { type Asking, boundedFetch, Line, ProviderUnreachable } from './bounded-fetch.ts';

const get = { method: 'GET' };
const megabyte = 1_048_576;
const guard = new AddressGuard('http://localhost');
const ask = (url: string, asking: Asking, limits?: { time: number; size: number }) =>
  boundedFetch(url, asking, guard, limits && { limits });

/** A provider on loopback that answers like this; its connections are cut when it goes. */
async function answering(answer: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}

describe('asking a provider', () => {
  it('gives its answer: status, headers and body', async () => {
    await using provider = await answering((_req, res) => {
      res.writeHead(400, 'Not good', { 'content-type': 'application/json', 'x-own': 'ünï' }).end('{"error":"invalid_grant"}');
    });
    const response = await ask(provider.url, get);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), { error: 'invalid_grant' });
  });

  it('sends method, headers and body', async () => {
    await using provider = await answering(async (req, res) => {
      const body = (await Array.fromAsync(req.setEncoding('utf8'))).join('');
      res.end(JSON.stringify([req.method, req.headers['authorization'], body]));
    });
    const asking = { method: 'POST', headers: { authorization: 'Basic x' }, body: new URLSearchParams({ code: 'a b' }) };
    assert.deepEqual(await (await ask(provider.url, asking)).json(), ['POST', 'Basic x', 'code=a+b']);
    assert.deepEqual(await (await ask(provider.url, {})).json(), ['GET', null, '']);
  });

  it('understands answers that have no body', async () => {
    for (const status of [204, 205, 304]) {
      await using provider = await answering((_req, res) => res.writeHead(status).end());
      const response = await ask(provider.url, get);
      assert.equal(response.status, status);
      assert.equal(await response.text(), '');
    }
  });

  it('follows no redirect: where the provider is, is what the operator configured', async () => {
    const asked: (string | undefined)[] = [];
    await using provider = await answering((req, res) => {
      asked.push(req.url);
      res.writeHead(302, { location: '/elsewhere' }).end('moved');
    });
    const response = await ask(provider.url, get);
    assert.equal(response.status, 302);
    assert.equal(response.headers.get('location'), '/elsewhere');
    assert.deepEqual(asked, ['/']);
  });

  it('takes a body of up to a megabyte and refuses a larger one', async () => {
    await using provider = await answering((req, res) => res.end(Buffer.alloc(Number(req.headers['x-size']))));
    const asking = (size: number) => ask(provider.url, { headers: { 'x-size': String(size) } });
    assert.equal((await (await asking(megabyte)).arrayBuffer()).byteLength, megabyte);
    await assert.rejects(asking(megabyte + 1), { name: 'RangeError', message: /larger than 1048576 bytes/ });
  });

  it('refuses a body that does not end, and hangs up', { timeout: 20_000 }, async ({ signal }) => {
    const hungUp = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => hungUp.reject(new Error('It did not hang up')));
    await using provider = await answering((_req, res) => {
      res.on('close', hungUp.resolve).write(Buffer.alloc(4 * megabyte));
    });
    // With more time than the test has, so that nothing but its size ends it.
    const fetching = ask(provider.url, get, { time: 40_000, size: megabyte });
    await assert.rejects(fetching, { name: 'RangeError' });
    await hungUp.promise;
  });

  it('asks for nothing compressed, and unpacks nothing, so that an answer is never larger than what was counted', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * megabyte));
    const asked: unknown[] = [];
    await using provider = await answering((req, res) => {
      asked.push(req.headers['accept-encoding']);
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    assert.deepEqual(Buffer.from(await (await ask(provider.url, get)).arrayBuffer()), bomb);
    assert.deepEqual(asked, ['identity']);
  });
});

describe('a provider that answers in no way that HTTP knows', () => {
  /** Byte by byte, because no server of ours would send it. */
  async function answeringRaw(answer: string): Promise<AsyncDisposable & { readonly url: string }> {
    const server = createRawServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      async [Symbol.asyncDispose]() {
        server.close();
        await once(server, 'close');
      },
    };
  }

  for (const line of ['600 X', '999 X', '099 X', '000 X', '101 X']) {
    it(`TOK-4 with the status ${line} is refused, and nothing else happens`, async () => {
      const upgrade = line.startsWith('101') ? 'Upgrade: websocket\r\nConnection: Upgrade\r\n' : 'Content-Length: 2\r\n';
      await using provider = await answeringRaw(`HTTP/1.1 ${line}\r\n${upgrade}\r\n{}`);
      await assert.rejects(
        ask(provider.url, get),
        (error) => error instanceof RangeError || error instanceof ProviderUnreachable,
      );
    });
  }

  it('TOK-4 with a control character beside the status is read by its status', async () => {
    await using provider = await answeringRaw('HTTP/1.1 200 O\u0001K\r\nContent-Length: 2\r\n\r\n{}');
    const outcome = await ask(provider.url, get).then(
      async (response) => response.json(),
      (error: unknown) => error instanceof ProviderUnreachable,
    );
    assert.ok(outcome === true || JSON.stringify(outcome) === '{}');
  });

  it('TOK-4 is refused in time, whatever it does before it answers', async () => {
    await using provider = await answeringRaw('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10));
    await assert.rejects(ask(provider.url, get, { time: 300, size: megabyte }), ProviderUnreachable);
  });
});

describe('a provider that takes too long', () => {
  const limits = { time: 50, size: megabyte };
  const timedOut = (error: unknown) => error instanceof ProviderUnreachable && inspect(error).includes('TimeoutError');

  it('to begin its answer is left', async () => {
    await using provider = await answering(() => {});
    await assert.rejects(ask(provider.url, get, limits), timedOut);
  });

  it('to end its answer is left, when it stops midway', async () => {
    await using provider = await answering((_req, res) => res.write('{"issuer":'));
    await assert.rejects(ask(provider.url, get, limits), timedOut);
  });

  it('to end its answer is left, when it sends one byte after the other', async () => {
    await using provider = await answering((_req, res) => {
      const drip = setInterval(() => res.write(' '), 5);
      res.on('close', () => clearInterval(drip));
    });
    await assert.rejects(ask(provider.url, get, limits), timedOut);
  });

  it('is no provider at all where nobody listens: that is a failure of the network', async () => {
    const provider = await answering(() => {});
    await provider[Symbol.asyncDispose]();
    await assert.rejects(ask(provider.url, get), ProviderUnreachable);
  });

  it('that hangs up midway is a failure, and not a short answer', async () => {
    await using provider = await answering((_req, res) => {
      res.writeHead(200, { 'content-length': 100 }).write('{}', () => res.destroy());
    });
    await assert.rejects(ask(provider.url, get), ProviderUnreachable);
  });
});

describe('requests to a provider on one line', () => {
  it('go over one connection, which ends with the line', async () => {
    const [ports, closed] = [[] as unknown[], Promise.withResolvers<void>()];
    await using provider = await answering((req, res) => {
      req.socket.once('close', () => closed.resolve());
      ports.push(req.socket.remotePort);
      res.end('{}');
    });
    {
      using line = new Line();
      await boundedFetch(provider.url, { method: 'POST', body: new URLSearchParams({ code: 'a' }) }, guard, { line });
      await boundedFetch(provider.url, get, guard, { line });
    }
    assert.equal(new Set(ports).size, 1);
    assert.equal(ports.length, 2);
    await closed.promise;
  });

  it('have a connection each where there is none', async () => {
    const ports: unknown[] = [];
    await using provider = await answering((req, res) => {
      ports.push(req.socket.remotePort);
      res.end('{}');
    });
    await ask(provider.url, get);
    await ask(provider.url, get);
    assert.equal(new Set(ports).size, 2);
  });

  for (const [method, outcome] of [
    ['GET', 'is asked once more, over a new one'],
    ['POST', 'is not sent twice'],
  ] as const) {
    it(`that the provider ends meanwhile: a ${method} ${outcome}`, async () => {
      const asked: unknown[] = [];
      await using provider = await answering((req, res) => {
        asked.push(req.method);
        if (asked.length === 2) req.socket.destroy();
        else res.end(JSON.stringify(asked));
      });
      using line = new Line();
      await boundedFetch(provider.url, { method: 'POST' }, guard, { line });
      const second = boundedFetch(provider.url, { method }, guard, { line });
      if (method === 'POST') await assert.rejects(second, ProviderUnreachable);
      else assert.deepEqual(await (await second).json(), ['POST', 'GET', 'GET']);
      assert.equal(asked.length, method === 'POST' ? 2 : 3);
    });
  }
});

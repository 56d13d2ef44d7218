import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import express from 'express';
import { Problem, statusOf } from '../problems.ts';
import { formWithin } from './forms.ts';
import { serve } from './server.ts';
import { endUnread } from './unread-body.ts';

describe('a request that is refused while it arrives', () => {
  it('is answered at once; what follows is thrown away within a bound, and then the connection ends', async () => {
    const app = express();
    app.use(() => {
      throw new Problem('not-allowed', 'No.');
    });
    app.use(endUnread);
    app.use(((_error, _req, res, _next) => void res.status(403).end()) satisfies express.ErrorRequestHandler);
    await using server = await serve(0, 'localhost', () => app);
    const socket = connect({ port: server.port, host: 'localhost', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2147483648\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(String(answer), /^HTTP\/1\.1 403 /);
    const closed = once(socket, 'close').catch(() => {});
    let sent = 0;
    const chunk = Buffer.alloc(1_048_576);
    while (!socket.destroyed && sent < 200) {
      sent += 1;
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
    }
    await closed;
    assert.ok(sent < 100, `${sent} MB were taken`);
  });

  it('is taken to its end where somebody has begun to read it, so that a browser which sends it all first reads the answer', async () => {
    for (const stops of [true, false]) {
      const app = express();
      app.use(async (req) => {
        // Takes the first bytes and no more.
        const reader = req.pipe(new Writable({ write: () => {} }));
        await once(req, 'pause');
        if (stops) req.unpipe(reader);
        throw new Problem('invalid', 'No.');
      });
      app.use(endUnread);
      app.use(((_error, _req, res, _next) => void res.status(422).end()) satisfies express.ErrorRequestHandler);
      await using server = await serve(0, 'localhost', () => app);
      const socket = connect(server.port, 'localhost');
      const length = 8 * 1_048_576;
      socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`);
      // Throws where the connection breaks off before all of it has been taken.
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.write(Buffer.alloc(length), () => resolve());
      });
      const answer = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString();
      assert.match(answer, /^HTTP\/1\.1 422 /);
    }
  });

  it('has its answer also where it sends faster than the answer is made', async () => {
    const app = express();
    app.use(() => {
      throw new Problem('not-allowed', 'No.');
    });
    app.use(endUnread);
    const turn = promisify(setImmediate);
    app.use((async (_error, _req, res, _next) => {
      for (let turns = 0; turns < 2_000; turns += 1) await turn();
      res.status(403).end();
    }) satisfies express.ErrorRequestHandler);
    await using server = await serve(0, 'localhost', () => app);
    const socket = connect(server.port, 'localhost');
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2147483648\r\n\r\n');
    socket.write(Buffer.alloc(64 * 1_048_576));
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
    assert.match(String(answer), /^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  it('is refused as soon as it is longer than any form of ours, whether it says so or not', async () => {
    const app = express();
    app.use(formWithin(30_000));
    app.use(endUnread);
    app.use(
      ((error, _req, res, _next) =>
        void res.status(statusOf[(error as Problem).kind]).end()) satisfies express.ErrorRequestHandler,
    );
    await using server = await serve(0, 'localhost', () => app);
    const megabyte = 'x'.repeat(1_048_576);
    for (const [length, frame] of [
      ['Content-Length: 2147483648', (text: string) => text],
      ['Transfer-Encoding: chunked', (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`],
    ] as const) {
      const socket = connect({ port: server.port, host: 'localhost', allowHalfOpen: true });
      socket.on('error', () => {});
      const answered = once(socket, 'data').then(([answer]) => String(answer));
      const closed = once(socket, 'close').catch(() => {});
      socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n${length}\r\n\r\n`);
      let sent = 0;
      for (; sent < 200 && !socket.destroyed; sent += 1) {
        const read = new Promise((resolve) => void setImmediate(resolve));
        await (socket.write(frame(megabyte)) ? read : Promise.race([once(socket, 'drain').catch(() => {}), closed]));
      }
      assert.match(await answered, /^HTTP\/1\.1 413 /);
      assert.ok(sent < 100, `${sent} MB were taken`);
      socket.destroy();
    }
  });
});

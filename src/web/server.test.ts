import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import express from 'express';
import { Problem } from '../problems.ts';
import { formWithin } from './forms.ts';
import { serve } from './server.ts';

const hello: RequestListener = (_req, res) => res.end('hello');

/** Sends these very bytes and reads whatever comes until the connection ends. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, 'localhost');
  await once(socket, 'connect');
  socket.write(bytes);
  return (await Array.fromAsync(socket.setEncoding('utf8'))).join('');
}

describe('a server', () => {
  it('answers at a port of its choice when it is given 0, and tells the app which', async () => {
    let told = 0;
    await using server = await serve(0, 'localhost', (port) => {
      told = port;
      return hello;
    });
    assert.ok(server.port > 0);
    assert.equal(told, server.port);
    assert.equal(await (await fetch(`http://localhost:${server.port}`)).text(), 'hello');
  });

  it('cannot have a port that is taken, and names PORT', async () => {
    await using server = await serve(0, 'localhost', () => hello);
    await assert.rejects(
      serve(server.port, 'localhost', () => hello),
      (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.kind, 'unavailable');
        assert.equal(
          error.message,
          `Outlay cannot listen on port ${server.port}: another program is using it. Set PORT to one that is free.`,
        );
        return true;
      },
    );
  });

  it('names PORT also where the port cannot be had for another reason', async () => {
    await assert.rejects(
      serve(0, '192.0.2.1', () => hello),
      /Outlay cannot listen on port 0: it cannot be used\. Set PORT/,
    );
  });

  it('answers a request with 20 kB of headers with 431 and a sentence', async () => {
    await using server = await serve(0, 'localhost', () => hello);
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: x\r\nCookie: a=${'x'.repeat(20_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    assert.match(answer, /Clear the cookies of this site and try again\./);
    assert.match(answer, /\r\nContent-Security-Policy: default-src 'none'\r\n/);
    assert.match(answer, /\r\nCache-Control: no-store\r\n/);
  });

  it('sends no sentence to HEAD, after which none may come', async () => {
    await using server = await serve(0, 'localhost', () => hello);
    const answer = await exchange(server.port, `HEAD / HTTP/1.1\r\nHost: x\r\nCookie: a=${'x'.repeat(20_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 [^]*\r\nContent-Length: \d+\r\n[^]*\r\n\r\n$/);
  });

  it('answers what is no request with 400 and a sentence, and repeats nothing of it', async () => {
    await using server = await serve(0, 'localhost', () => hello);
    for (const garbage of [
      '<script>alert(1)</script>\r\n\r\n',
      'GET / HTTP/1.1\r\nHo st: <script>\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
    ]) {
      const answer = await exchange(server.port, garbage);
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.match(answer, /Outlay could not read this request\./);
      assert.doesNotMatch(answer, /script/);
    }
  });

  it('writes down exactly how long its own answers are', async () => {
    await using server = await serve(0, 'localhost', () => hello);
    const [head = '', body = ''] = (await exchange(server.port, 'nonsense\r\n\r\n')).split('\r\n\r\n');
    assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), Buffer.byteLength(body));
  });

  it('still answers others after a request that it could not read', async () => {
    await using server = await serve(0, 'localhost', () => hello);
    await exchange(server.port, 'nonsense\r\n\r\n');
    assert.equal(await (await fetch(`http://localhost:${server.port}`)).text(), 'hello');
  });
});

describe('a server that is sent a request too slowly', () => {
  const patience = { headers: 50, whole: 60_000, unread: 50, look: 10 };

  it('says so where its headers do not come, and ends the connection', async () => {
    await using server = await serve(0, 'localhost', () => hello, patience);
    assert.match(
      await exchange(server.port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      /^HTTP\/1\.1 408 .*took too long to arrive/s,
    );
  });

  it('does not wait for the rest of a body that nobody reads', async () => {
    await using server = await serve(0, 'localhost', () => hello, patience);
    const answer = await exchange(server.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    assert.match(answer, /^HTTP\/1\.1 200 .*hello/s);
  });

  it('does not wait for the rest of a form', async () => {
    const app = express();
    app.use(formWithin(50), hello);
    app.use(
      ((error: Problem, _req, res, _next) => void res.status(408).end(error.message)) satisfies express.ErrorRequestHandler,
    );
    await using server = await serve(0, 'localhost', () => app, patience);
    const type = 'Content-Type: application/x-www-form-urlencoded\r\n';
    const send = (body: string) =>
      exchange(server.port, `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${type}Content-Length: 9\r\n\r\n${body}`);
    assert.match(await send('theme=d'), /^HTTP\/1\.1 408 .*form took too long/s);
    assert.match(await send('theme=red'), /^HTTP\/1\.1 200 .*hello/s);
  });
});

describe('stopping a server', () => {
  it('lets a request under way finish and takes no new one', async () => {
    const arrived = Promise.withResolvers<void>();
    const mayFinish = Promise.withResolvers<void>();
    const server = await serve(0, 'localhost', () => async (_req, res) => {
      res.write('first half, ');
      arrived.resolve();
      await mayFinish.promise;
      res.end('second half');
    });
    const answer = fetch(`http://localhost:${server.port}`);
    await arrived.promise;

    const stopping = server[Symbol.asyncDispose]();
    await assert.rejects(exchange(server.port, 'GET / HTTP/1.0\r\n\r\n'), { code: 'ECONNREFUSED' });
    mayFinish.resolve();
    assert.equal(await (await answer).text(), 'first half, second half');
    await stopping;
  });

  it('does not wait for connections on which nothing is asked', async () => {
    const server = await serve(0, 'localhost', () => hello);
    const socket = connect(server.port, 'localhost');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket.resume(), 'close');
    await server[Symbol.asyncDispose]();
    await closed;
  });

  it('frees the port', async () => {
    const server = await serve(0, 'localhost', () => hello);
    await server[Symbol.asyncDispose]();
    const next = createServer().listen(server.port, 'localhost');
    await once(next, 'listening');
    next.close();
  });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import * as fc from 'fast-check';
import { Problem, statusOf } from '../problems.ts';
import { formBody } from './forms.ts';
import { type RunningServer, serve } from './server.ts';
import { endUnread } from './unread-body.ts';
import { dropFiles, readArrivingForm } from './upload.ts';

const SIZE = 100_000;
const usual = { size: SIZE, files: 3, time: 10_000, silence: 10_000 };

/** What became of one request: what was read of it, or why not. */
interface Outcome {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly files?: readonly { readonly name: string; readonly bytes: Buffer }[];
  readonly reason?: string | undefined;
}

describe('a form that brings files', () => {
  let server: RunningServer;
  let limits = usual;
  let outcome: Outcome = {};
  let heard = Promise.withResolvers<void>();

  before(async () => {
    const app = express();
    app.use(formBody);
    app.post('/', async (req, res) => {
      const form = await readArrivingForm(req, limits);
      const files = [];
      for await (const { name, bytes } of form.files) files.push({ name, bytes: Buffer.concat(await Array.fromAsync(bytes)) });
      outcome = { fields: form.fields, files };
      heard.resolve();
      res.sendStatus(204);
    });
    app.use(endUnread);
    app.use(((error: unknown, _req, res, _next) => {
      outcome = { reason: error instanceof Problem ? (error.reason ?? error.kind) : String(error) };
      heard.resolve();
      res.status(error instanceof Problem ? statusOf[error.kind] : 500).end('refused');
    }) satisfies express.ErrorRequestHandler);
    server = await serve(0, 'localhost', () => app);
  });
  after(() => server[Symbol.asyncDispose]());

  async function send(body: FormData | Uint8Array<ArrayBuffer> | string, type?: string): Promise<{ status: number } & Outcome> {
    outcome = {};
    const headers = type === undefined ? {} : { 'content-type': type };
    const { status } = await fetch(`http://localhost:${server.port}/`, { method: 'POST', body, headers });
    return { status, ...outcome };
  }

  function formWith(...files: readonly [name: string, content: Uint8Array<ArrayBuffer> | string][]): FormData {
    const form = new FormData();
    for (const [name, content] of files) form.append('file', new Blob([content]), name);
    return form;
  }

  /** As it goes over the wire, so that a test can send what no browser does. */
  const part = (headers: string, content = '') => `--b\r\n${headers}\r\n\r\n${content}\r\n`;
  const filePart = (content: string) => part('Content-Disposition: form-data; name="file"; filename="a.png"', content);
  const raw = (...parts: readonly string[]) => send(`${parts.join('')}--b--\r\n`, 'multipart/form-data; boundary=b');

  async function open(head: string): Promise<Socket> {
    outcome = {};
    heard = Promise.withResolvers();
    const socket = connect(server.port, 'localhost');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n${head}\r\n\r\n`);
    return socket;
  }

  it('arrives byte for byte, with its name, beside other fields', async () => {
    for (const size of [1, 1_000, SIZE]) {
      const bytes = randomBytes(size);
      const form = formWith(['Rechnung № 1 – “Müller”.pdf', bytes]);
      form.set('note', 'x');
      const { status, fields, files } = await send(form);
      assert.equal(status, 204);
      assert.deepEqual(fields, { note: 'x' });
      assert.equal(files?.[0]?.name, 'Rechnung № 1 – “Müller”.pdf');
      assert.ok(files[0].bytes.equals(bytes));
    }
  });

  it('may bring several files, in their order, be they large or empty, with fields before and behind them', async () => {
    const contents = [randomBytes(SIZE), Buffer.alloc(0), randomBytes(SIZE)];
    const form = new FormData();
    form.append('first', '1');
    for (const [index, content] of contents.entries()) form.append('file', new Blob([content]), String(index));
    form.append('last', '2');
    form.append('last', '3');
    const { fields, files } = await send(form);
    assert.deepEqual(fields, { first: '1', last: ['2', '3'] });
    assert.deepEqual(
      files?.map(({ name }) => name),
      ['0', '1', '2'],
    );
    assert.ok(contents.every((content, index) => files[index]?.bytes.equals(content)));
  });

  it('may hold what looks like a form', async () => {
    const content = '\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\n--b-';
    assert.equal(String((await send(formWith(['a', content]))).files?.[0]?.bytes), content);
  });

  it('keeps fields with the names of what every object has apart from that', async () => {
    const form = new FormData();
    for (const name of ['__proto__', 'constructor', 'toString']) form.append(name, 'x');
    const { fields } = await send(form);
    assert.deepEqual(Object.keys(fields ?? {}), ['__proto__', 'constructor', 'toString']);
  });

  it('is refused where a file is a byte above the limit, and where there are too many of them', async () => {
    const { status, ...rest } = await send(formWith(['a', 'x'], ['b', randomBytes(SIZE + 1)]));
    assert.deepEqual([status, rest], [413, { reason: 'upload-too-large' }]);
    const four = formWith(['a', 'x'], ['b', 'y'], ['c', 'z'], ['d', '']);
    assert.deepEqual(await send(four), { status: 422, reason: 'upload-several' });
  });

  it('brings none where nothing was chosen, or it comes in the other encoding', async () => {
    const none = { status: 204, fields: {}, files: [] };
    assert.deepEqual(await raw(part('Content-Disposition: form-data; name="file"; filename=""')), none, 'as browsers say it');
    assert.deepEqual(await raw(), none);
    const untitled = part('Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream');
    assert.deepEqual(await raw(untitled), none);
    assert.deepEqual(await raw(part('Content-Disposition: form-data; name="file"', 'text')), {
      ...none,
      fields: { file: 'text' },
    });
    for (const [body, type] of [
      ['{}', 'application/json'],
      ['x', 'multipart/mixed; boundary=b'],
    ] as const) {
      assert.deepEqual(await send(body, type), none);
    }
    assert.deepEqual(await send('a=b', 'application/x-www-form-urlencoded'), { ...none, fields: { a: 'b' } });
  });

  it('is refused with more parts, fields, files or headers than a form of ours has', async () => {
    const field = part('Content-Disposition: form-data; name="a"', 'b');
    const refused = { status: 422, reason: 'upload-parts' };
    assert.deepEqual(await raw(field.repeat(21), filePart('x')), refused);
    assert.deepEqual(await raw(filePart('x'), field.repeat(1_000)), refused);
    assert.deepEqual(await raw(part('Content-Disposition: form-data; name="a"', 'x'.repeat(20_000)), filePart('x')), refused);
    assert.deepEqual(await raw(part('Content-Disposition: form-data; name="other"; filename="a"', 'x')), refused);
    const long = part(`X: ${'x'.repeat(20_000)}\r\nContent-Disposition: form-data; name="file"; filename="a"`, 'x');
    assert.deepEqual((await raw(long)).files ?? [], []);
  });

  it('that cannot be taken is read to its end, so that whoever sends it reads why', async () => {
    const app = express();
    app.post('/', async (req, res) => {
      const { files } = await readArrivingForm(req, usual);
      res.status(422).end(String(await dropFiles(files)));
    });
    await using refusing = await serve(0, 'localhost', () => app);
    const body = formWith(['a', randomBytes(SIZE)], ['b', randomBytes(SIZE)]);
    const response = await fetch(`http://localhost:${refusing.port}/`, { method: 'POST', body });
    assert.deepEqual([response.status, await response.text()], [422, '2']);
  });

  it('is refused where the form cannot be read', async () => {
    const malformed = { status: 422, reason: 'upload-malformed' };
    assert.deepEqual(await send('--b\r\n', 'multipart/form-data; charset=utf-8'), malformed, 'no boundary');
    assert.deepEqual(await send(filePart('x'), 'multipart/form-data; boundary=b'), malformed, 'no end');
    assert.deepEqual(await send('nothing like it', 'multipart/form-data; boundary=b'), malformed);
    assert.deepEqual(await send('', 'multipart/form-data; boundary=b'), malformed);
  });

  it('survives any bytes in any place', async () => {
    const body = Buffer.from(`${filePart('content')}--b--\r\n`);
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length), fc.nat(body.length), fc.uint8Array({ maxLength: 8 }), async (at, cut, bytes) => {
        const odd = Buffer.concat([body.subarray(0, at), bytes, body.subarray(Math.max(at, cut))]);
        const { status } = await send(odd, 'multipart/form-data; boundary=b');
        assert.ok([204, 422].includes(status), `${status} ${outcome.reason}`);
      }),
      { numRuns: 150 },
    );
  });

  it('that says it is too large is refused before anything of it was sent, and the connection ends', async () => {
    const socket = await open('Content-Length: 2147483648');
    const answer = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString();
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /^Connection: close\r$/im);
  });

  it('that does not say how large it is is refused as soon as it is', async () => {
    const socket = await open('Transfer-Encoding: chunked');
    socket.write(`${filePart('').length.toString(16)}\r\n${filePart('')}\r\n`);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const answered = once(socket, 'data') as Promise<[Buffer]>;
    for (let sent = 0; sent < 6; sent += 1) socket.write(chunk);
    const [answer] = await answered;
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('that broke off before anybody read it is told as well, and nobody waits for it', async () => {
    const [gone, told] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()];
    const app = express();
    app.post('/', (req, res) => {
      req.once('close', () => gone.resolve());
      void gone.promise.then(async () => readArrivingForm(req, usual)).then(told.resolve, told.resolve);
      res.flushHeaders();
    });
    await using late = await serve(0, 'localhost', () => app);
    const socket = connect(late.port, 'localhost');
    socket.on('error', () => {});
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n',
    );
    await once(socket, 'data');
    socket.destroy();
    assert.equal(((await told.promise) as Problem).reason, 'upload-cut-off');
  });

  it('that breaks off is told to whoever reads it', async () => {
    for (const sent of ['', '--b\r\nContent-Disp', filePart('x').slice(0, -2)]) {
      const socket = await open('Content-Length: 1000');
      socket.write(sent);
      await new Promise<void>((resolve) => void socket.write('', () => resolve()));
      socket.destroy();
      await heard.promise;
      assert.equal(outcome.reason, 'upload-cut-off');
    }
  });

  it('is not waited for longer than its time, be it silent or slow', async () => {
    for (const [different, drip] of [
      [{ silence: 50 }, false],
      [{ time: 100 }, true],
    ] as const) {
      limits = { ...usual, ...different };
      const socket = await open('Content-Length: 90000');
      socket.write(filePart('x').slice(0, -2));
      const dripping = drip ? setInterval(() => socket.write('x'), 10) : undefined;
      const [answer] = (await once(socket, 'data')) as [Buffer];
      clearInterval(dripping);
      assert.match(String(answer), /^HTTP\/1\.1 408 /);
      socket.destroy();
    }
    limits = usual;
  });
});

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import express, { type ErrorRequestHandler } from 'express';
import { Problem } from '../problems.ts';
import { sameOriginOnly } from './same-origin.ts';
import { type RunningServer, serve } from './server.ts';

const base = 'https://outlay.example.com';

describe('a request that changes something', () => {
  let server: RunningServer;
  before(async () => {
    const app = express();
    app.use(sameOriginOnly(base, ['/for-others']));
    app.use((_req, res) => {
      res.send('carried out');
    });
    const tell: ErrorRequestHandler = (error, _req, res, _next) => {
      res.status(403).send(error instanceof Problem ? `${error.kind} ${error.reason}` : 'defect');
    };
    app.use(tell);
    server = await serve(0, 'localhost', () => app);
  });
  after(() => server[Symbol.asyncDispose]());

  /** Not fetch, which adds headers of its own. */
  async function outcome(method: string, headers: Readonly<Record<string, string>>, path = '/'): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    request(
      { port: server.port, host: 'localhost', path, method, headers: { ...headers, host: 'outlay.example.com' } },
      async (response) => {
        resolve((await Array.fromAsync(response.setEncoding('utf8'))).join(''));
      },
    )
      .on('error', reject)
      .end();
    return promise;
  }

  const refused = 'not-allowed cross-site-request';

  it('is carried out when the browser says that it comes from us', async () => {
    assert.equal(await outcome('POST', { 'sec-fetch-site': 'same-origin' }), 'carried out');
    assert.equal(await outcome('POST', { 'sec-fetch-site': 'same-origin', origin: base }), 'carried out');
    assert.equal(await outcome('POST', { origin: base }), 'carried out');
  });

  it('is refused from every other place', async () => {
    for (const site of ['cross-site', 'same-site', 'none', '', 'Same-Origin', 'same-origin, cross-site']) {
      assert.equal(await outcome('POST', { 'sec-fetch-site': site, origin: base }), refused, site);
    }
    for (const origin of [
      'https://evil.example',
      'null',
      '',
      'http://outlay.example.com',
      'https://outlay.example.com:8443',
      'https://outlay.example.com.evil.example',
      'https://sub.outlay.example.com',
      `${base}/`,
      base.toUpperCase(),
    ]) {
      assert.equal(await outcome('POST', { origin }), refused, origin);
    }
  });

  it('is refused when nobody says where it comes from', async () => {
    assert.equal(await outcome('POST', {}), refused);
    assert.equal(await outcome('POST', { referer: `${base}/dashboard`, 'x-requested-with': 'XMLHttpRequest' }), refused);
  });

  it('is refused by every method that may change something, also one made up', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE'])
      assert.equal(await outcome(method, {}), refused, method);
  });

  it('is not what GET, HEAD and OPTIONS are: they pass from anywhere', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      assert.equal(await outcome(method, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }), 'carried out');
    }
    assert.equal(
      await outcome('HEAD', { 'sec-fetch-site': 'cross-site' }),
      '',
      'an answer without a body, and not the refusal’s',
    );
  });

  it('is carried out from anywhere where an address is there for others, and only at exactly that address', async () => {
    const from = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    assert.equal(await outcome('POST', from, '/for-others?x=1'), 'carried out');
    for (const path of ['/for-others/', '/for-others/more', '/FOR-OTHERS', '//for-others', '/?/for-others', '/%66or-others']) {
      assert.equal(await outcome('POST', from, path), refused, path);
    }
  });
});

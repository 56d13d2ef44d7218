import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import { clearCookie, parseCookies } from './cookies.ts';
import { type RunningServer, serve } from './server.ts';

const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: true } as const;

describe('cookies', () => {
  let server: RunningServer;
  before(async () => {
    const app = express();
    app.get('/', (req, res) => {
      res.json([...parseCookies(req)]);
    });
    app.get('/clear', (_req, res) => {
      clearCookie(res, '__Host-outlay', attributes);
      res.end();
    });
    server = await serve(0, 'localhost', () => app);
  });
  after(() => server[Symbol.asyncDispose]());

  async function parsed(...cookie: readonly string[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    request(
      { port: server.port, host: 'localhost', headers: cookie.length === 0 ? {} : { cookie: [...cookie] } },
      async (response) => {
        resolve((await Array.fromAsync(response.setEncoding('utf8'))).join(''));
      },
    )
      .on('error', reject)
      .end();
    return JSON.parse(await promise);
  }

  it('are none where none were sent', async () => {
    assert.deepEqual(await parsed(), []);
    assert.deepEqual(await parsed(''), []);
  });

  it('are found by name, in order, with or without spaces between', async () => {
    const three = [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ];
    assert.deepEqual(await parsed('a=1; b=2; c=3'), three);
    assert.deepEqual(await parsed('a=1;b=2 ;  c=3;'), three);
    assert.deepEqual(await parsed('a=1; b=2', 'c=3'), three, 'in two headers');
  });

  it('keep their values as they stand', async () => {
    for (const value of ['', 'x=y==', '%3B%00', '"quoted"', 's%3Aid.signature', '{}', 'a b']) {
      assert.deepEqual(await parsed(`name=${value}`), [['name', value]], value);
    }
  });

  it('of one name are the first one, so that a wider one set beside it does not count', async () => {
    assert.deepEqual(await parsed('outlay=ours; outlay=theirs; outlay='), [['outlay', 'ours']]);
  });

  it('that are no pairs are left out', async () => {
    assert.deepEqual(await parsed('a; =x; ;;; b=2; ='), [['b', '2']]);
  });

  it('may have names that mean something to JavaScript', async () => {
    const cookies = [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ];
    assert.deepEqual(await parsed('__proto__=x; constructor=y'), cookies);
  });

  it('are cleared at once, for browsers that go by age and for those that go by date, with the same attributes', async () => {
    const [cookie = ''] = (await fetch(`http://localhost:${server.port}/clear`)).headers.getSetCookie();
    const [pair, ...rest] = cookie.split('; ');
    assert.equal(pair, '__Host-outlay=');
    const expires = rest.find((attribute) => attribute.startsWith('Expires='))?.slice('Expires='.length);
    assert.ok(new Date(expires ?? '').getTime() <= Date.now());
    const others = rest.filter((attribute) => !attribute.startsWith('Expires='));
    assert.deepEqual(new Set(others), new Set(['Max-Age=0', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']));
  });
});

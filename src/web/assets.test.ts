import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import { assetPath, assets } from './assets.ts';

describe('a style sheet', () => {
  const server = express().use(assets()).listen(0, '127.0.0.1');
  before(async () => {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  });
  after(() => server.close());

  /** As it comes over the wire. */
  async function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
    const { port } = server.address() as AddressInfo;
    return new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: Buffer }>((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path, headers, method }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }));
      });
      asked.on('error', reject).end();
    });
  }
  const styles = assetPath('styles.css');

  it('comes compressed as the browser takes it, the smallest first, and is the same whichever way it comes', async () => {
    const plain = await ask(styles);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.match(plain.body.toString(), /\.btn[^]*\.chart/);
    for (const [accepted, encoding, decode] of [
      ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ['br;q=0.1, gzip;q=1', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, *', 'gzip', gunzipSync],
    ] as const) {
      const { status, headers, body } = await ask(styles, { 'accept-encoding': accepted });
      assert.deepEqual([status, headers['content-encoding']], [200, encoding], accepted);
      assert.ok(body.length < plain.body.length / 4);
      assert.deepEqual(decode(body), plain.body);
      assert.equal(headers['vary'], 'Accept-Encoding');
      assert.equal(headers['content-type'], 'text/css; charset=utf-8');
    }
    for (const none of ['identity', 'br;q=0, gzip;q=0', '', 'nonsense'])
      assert.deepEqual((await ask(styles, { 'accept-encoding': none })).body, plain.body, none);
  });

  it('is kept for good under its own name, and for no time under another release’s', async () => {
    assert.equal((await ask(styles)).headers['cache-control'], 'public, max-age=31536000, immutable');
    const other = await ask(styles.replace(/assets\/[^/]+/, 'assets/another'));
    assert.deepEqual([other.status, other.headers['cache-control']], [200, 'public, max-age=0']);
  });

  it('is not sent again to whoever has it in that form, and only spoken of where only that is asked', async () => {
    const { headers } = await ask(styles, { 'accept-encoding': 'br' });
    const etag = String(headers['etag']);
    const again = await ask(styles, { 'accept-encoding': 'br', 'if-none-match': etag });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    assert.equal((await ask(styles, { 'accept-encoding': 'gzip', 'if-none-match': etag })).status, 200);
    const head = await ask(styles, { 'accept-encoding': 'br' }, 'HEAD');
    assert.deepEqual([head.status, head.body.length, head.headers['content-encoding']], [200, 0, 'br']);
    assert.ok(Number(head.headers['content-length']) > 1_000);
  });

  it('is not there under a name that it does not have', async () => {
    for (const path of ['/assets/x/outlay.css', '/assets/x/../package.json', '/assets/x/constructor'])
      assert.equal((await ask(path)).status, 404, path);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '../../src/database/open.ts';
import { freePort } from '../free-port.ts';
import { startHostileProvider } from '../hostile-provider/provider.ts';
import { HttpBrowser } from '../http-browser.ts';
import { type Spawned, spawnOutlay } from '../spawned.ts';

const MB = 1024 * 1024;
/** How much more memory a process may take, in bytes, than it took before. */
const GROWTH = 60 * MB;

describe('the memory of a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outlay-memory-'));
  const opened = new AsyncDisposableStack();
  const browser = new HttpBrowser();
  let outlay: Spawned;
  let address: string;
  let expenses: string[];

  before(async () => {
    const provider = opened.use(await startHostileProvider());
    provider.behaviour = { userInfo: (claims) => ({ ...claims, groups: ['finance'] }) };
    address = `http://localhost:${await freePort()}`;
    const url = `sqlite:${join(folder, 'outlay.sqlite')}`;
    const settings = {
      PORT: new URL(address).port,
      DATABASE_URL: url,
      DATA_DIR: folder,
      SAMPLE_ORGANISATION: '1',
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: 'any secret',
    };
    outlay = await spawnOutlay(folder, settings, 'Outlay is ready');
    opened.defer(() => outlay.stop());
    assert.equal((await browser.follow(`${address}/login?return_to=/team/finance`)).status, 200);
    // Some of the sample's expenses are this person's now, and drafts.
    const db = await openDatabase(url);
    const { id: spender } = await db.selectFrom('person').select('id').executeTakeFirstOrThrow();
    const drafts = db.updateTable('expense_row').set({ state: 'draft', spender_id: spender }).where('team_id', '=', 'finance');
    expenses = (await drafts.returning('id').execute()).map(({ id }) => id);
    await db.destroy();
  });
  after(async () => {
    await opened.disposeAsync();
    rmSync(folder, { recursive: true });
  });

  /** In bytes. */
  function memory(): number {
    return 1_024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(outlay.child.pid)], { encoding: 'utf8' }));
  }

  async function upload(content: Uint8Array<ArrayBuffer>, to = expenses[0]): Promise<number> {
    const multipart = new FormData();
    multipart.set('file', new Blob([content]), 'a.pdf');
    return (await browser.ask(`${address}/expenses/${to}/receipts`, { method: 'POST', multipart })).status;
  }

  it('stays flat under a body of 2 GB, which is answered at once and not taken, whether it says how large it is or not', async () => {
    await upload(randomBytes(5 * MB));
    const before = memory();
    const url = `${address}/expenses/${expenses[0]}/receipts`;
    for (const length of ['Content-Length: 2147483648', 'Transfer-Encoding: chunked']) {
      const socket = connect(Number(new URL(address).port), 'localhost');
      socket.on('error', () => {});
      socket.write(
        `POST ${new URL(url).pathname} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${address}\r\n` +
          `Cookie: ${await browser.cookies.getCookieString(url)}\r\nContent-Type: multipart/form-data; boundary=b\r\n${length}\r\n\r\n`,
      );
      const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n';
      const chunked = length.startsWith('Transfer');
      const frame = (text: string) => (chunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text);
      const closed = once(socket, 'close').catch(() => {});
      const answered = once(socket, 'data').then(([answer]) => String(answer));
      socket.write(frame(head));
      const megabyte = frame('x'.repeat(MB));
      let sent = 0;
      let peak = 0;
      for (; sent < 2_048 && !socket.destroyed; sent += 1) {
        // Reads between any two pieces, as a browser does: as long as the socket takes them, `write` alone would not let it.
        const read = new Promise((resolve) => void setImmediate(resolve));
        await (socket.write(megabyte) ? read : Promise.race([once(socket, 'drain').catch(() => {}), closed]));
        if (sent % 8 === 0) peak = Math.max(peak, memory());
      }
      assert.match(await answered, /^HTTP\/1\.1 413 /);
      assert.ok(sent < 200, `${sent} MB went out`);
      assert.ok(peak - before < GROWTH, `${Math.round((peak - before) / MB)} MB more`);
      socket.destroy();
    }
  });

  it('grows by no more than a few pieces where many receipts come and go at once', async () => {
    const contents = Array.from({ length: 16 }, () => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(10 * MB - 9)]));
    // Until SQLite holds as much of its file as it ever does.
    for (const content of contents.slice(0, 4)) assert.equal(await upload(content), 303);
    const before = memory();
    let peak = 0;
    const watching = setInterval(() => {
      peak = Math.max(peak, memory());
    }, 20);
    for (let round = 4; round < contents.length; round += 4)
      assert.deepEqual(await Promise.all(contents.slice(round, round + 4).map((one) => upload(one))), [303, 303, 303, 303]);
    clearInterval(watching);
    assert.ok(peak - before < GROWTH, `${Math.round((peak - before) / MB)} MB more`);
  });
});

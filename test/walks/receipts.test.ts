import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { hasReceipt } from '../../src/expenses/receipts.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { png, polyglots, receiptFiles } from '../receipt-files.ts';
import { until } from '../raw-request.ts';
import { describeInEveryPlace } from '../receipt-world.ts';

describeInEveryPlace('receipts of an expense', (at) => {
  it('are added to a draft, and come back byte for byte as what they are', async () => {
    const id = await at.newDraft();
    assert.equal(await hasReceipt(at.world.db, await at.expenseOf(id)), false);
    for (const [kind, content] of Object.entries(receiptFiles)) {
      const { status, location } = await at.add(at.alice, id, content, `${kind}.html`);
      assert.equal(status, 303, kind);
      assert.equal(location, at.world.url(`/expenses/${id}`));
    }
    assert.equal(await hasReceipt(at.world.db, await at.expenseOf(id)), true);
    const receipts = await at.listed(id);
    assert.deepEqual(
      receipts.map(({ name, type, size }) => [name, type, size]),
      [
        ['jpeg.html.jpg', 'image/jpeg', receiptFiles.jpeg.length],
        ['jpegOfPhone.html.jpg', 'image/jpeg', receiptFiles.jpegOfPhone.length],
        ['png.html.png', 'image/png', receiptFiles.png.length],
        ['webp.html.webp', 'image/webp', receiptFiles.webp.length],
        ['heic.html.heic', 'image/heic', receiptFiles.heic.length],
        ['heif.html.heic', 'image/heic', receiptFiles.heif.length],
        ['pdf.html.pdf', 'application/pdf', receiptFiles.pdf.length],
      ],
    );
    for (const [index, content] of Object.values(receiptFiles).entries()) {
      const receipt = receipts[index] ?? assert.fail();
      assert.equal(receipt.sha256, createHash('sha256').update(content).digest('hex'));
      assert.deepEqual([receipt.added_by, receipt.added_by_name], [await at.personId('alice'), 'Alice Archer']);
      const { status, headers, bytes } = await at.alice.ask(at.receiptUrl(id, receipt.id));
      assert.equal(status, 200);
      assert.ok(bytes.equals(content));
      assert.equal(headers.get('content-type'), receipt.type);
      assert.equal(headers.get('content-length'), String(content.length));
    }
  });

  it('are sent so that nothing in them runs, whatever they are besides', async () => {
    const id = await at.newDraft();
    for (const content of Object.values(polyglots)) assert.equal((await at.add(at.alice, id, content, 'page.html')).status, 303);
    const receipts = await at.listed(id);
    assert.deepEqual(
      receipts.map(({ name }) => name),
      ['page.html.jpg', 'page.html.pdf', 'page.html.png'],
    );
    for (const { id: receipt, name, type, size } of receipts) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { status, headers, body } = await at.alice.ask(at.receiptUrl(id, receipt), { method });
        assert.equal(status, 200);
        assert.equal(body === '', method === 'HEAD');
        const kind = type === 'application/pdf' ? 'attachment' : 'inline';
        for (const [header, value] of [
          ['content-length', String(size)],
          ['content-type', type],
          ['content-disposition', `${kind}; filename="${name}"; filename*=UTF-8''${name}`],
          ['content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'"],
          ['x-content-type-options', 'nosniff'],
          ['cross-origin-resource-policy', 'same-origin'],
          ['cache-control', 'private, no-store'],
          ['accept-ranges', null],
        ] as const) {
          assert.equal(headers.get(header), value);
        }
      }
    }
  });

  it('are seen by a colleague once the expense is handed in, and before that by nobody else', async () => {
    const id = await at.newDraft();
    await at.add(at.alice, id, png);
    const [receipt] = await at.listed(id);
    for (const browser of [at.bob, at.dana]) assert.equal((await browser.ask(at.receiptUrl(id, receipt?.id))).status, 404);
    await at.put(id, 'submitted');
    for (const browser of [at.bob, at.dana]) {
      const { status, bytes } = await browser.ask(at.receiptUrl(id, receipt?.id));
      assert.equal(status, 200);
      assert.ok(bytes.equals(png));
    }
  });

  it('are to a stranger as if they did not exist, and to nobody found beside another expense', async () => {
    const [id, other] = [await at.newDraft(), await at.newDraft()];
    await at.add(at.alice, id, png);
    await at.put(id, 'submitted');
    const [receipt] = await at.listed(id);
    const withoutReference = ({ status, body }: Answer) => [status, body.replace(/<code>\w+<\/code>/, '')];
    const nowhere = await at.charlie.ask(at.receiptUrl(randomUUID(), randomUUID()));
    const there = await at.charlie.ask(at.receiptUrl(id, receipt?.id));
    assert.deepEqual(withoutReference(there), withoutReference(nowhere));
    for (const { status } of [
      there,
      await at.add(at.charlie, id, png),
      await at.remove(at.charlie, id, receipt?.id),
      await at.alice.ask(at.receiptUrl(other, receipt?.id)),
      await at.remove(at.alice, other, receipt?.id),
    ]) {
      assert.equal(status, 404);
    }
    assert.equal((await at.listed(id)).length, 1);
  });

  it('are added and removed by whoever spent it and nobody else, and only while it can be corrected', async () => {
    const id = await at.newDraft();
    await at.add(at.alice, id, png);
    const [receipt] = await at.listed(id);
    const tryBoth = async (browser: HttpBrowser) => [
      await at.add(browser, id, receiptFiles.pdf),
      await at.remove(browser, id, receipt?.id),
    ];
    for (const state of ['submitted', 'approved', 'withdrawn', 'reimbursed', 'rejected'] as const) {
      await at.put(id, state);
      // A colleague, and an admin, who may read everything.
      for (const browser of [at.bob, at.dana]) {
        for (const { status, body } of await tryBoth(browser)) {
          assert.equal(status, 403, state);
          assert.match(body, /Only whoever spent or logged an expense can change it/);
        }
      }
      if (state !== 'rejected') for (const { status } of await tryBoth(at.alice)) assert.equal(status, 409, state);
      assert.deepEqual(
        (await at.listed(id)).map((one) => one.id),
        [receipt?.id],
      );
    }
    for (const { status } of await tryBoth(at.alice)) assert.equal(status, 303);
    assert.deepEqual(
      (await at.listed(id)).map(({ type }) => type),
      ['application/pdf'],
    );
    assert.equal((await at.alice.ask(at.receiptUrl(id, receipt?.id))).status, 404);
  });

  it('are not added to an expense of one’s own in a team that one may only read by now', async () => {
    const id = await at.newDraft('dana');
    const { status, body } = await at.add(at.dana, id, png);
    assert.equal(status, 403);
    assert.match(body, /You may read here, and change nothing/);
    assert.equal(await at.countRows(id), 0);
  });

  it('survive any id that is none', async () => {
    const id = await at.newDraft();
    await at.add(at.alice, id, png);
    for (const odd of ['x', '%00', '..%2F..', "'", 'x'.repeat(2_000), '%F0%9F%92%B8', randomUUID(), 'undefined']) {
      for (const path of [`${odd}/receipts`, `${odd}/receipts/${odd}/removal`, `${id}/receipts/${odd}/removal`])
        assert.equal((await at.alice.ask(at.world.url(`/expenses/${path}`), { method: 'POST' })).status, 404, path);
      for (const path of [`${id}/receipts/${odd}`, `${odd}/receipts/${odd}`])
        assert.equal((await at.alice.ask(at.world.url(`/expenses/${path}`))).status, 404, path);
    }
    assert.ok(!at.hasDefect());
  });

  it('that are the same file are one; other expenses with it are counted for whoever decides, once they are handed in', async () => {
    const content = Buffer.concat([png, randomBytes(8)]);
    const [one, two, three] = [await at.newDraft(), await at.newDraft(), await at.newDraft('bob')];
    const counted = async (id: string) => (await at.listed(id)).map(({ elsewhere }) => elsewhere);
    await at.add(at.alice, one, content, 'a.png');
    assert.equal((await at.add(at.alice, one, content, 'b.png')).status, 303);
    assert.deepEqual(
      (await at.listed(one)).map(({ name }) => name),
      ['a.png'],
    );
    await at.add(at.alice, two, content);
    await at.add(at.bob, three, content);
    assert.deepEqual(await counted(one), [0], 'the others are drafts');
    for (const id of [one, two, three]) await at.put(id, 'submitted');
    assert.deepEqual(await counted(one), [2]);
    assert.deepEqual(await counted(three), [2]);
    await at.put(two, 'withdrawn');
    assert.deepEqual(await counted(one), [1]);
    assert.deepEqual(await at.strayFiles(), []);
  });

  it('go with the draft that they belong to, and nothing is left where they lay', async () => {
    const id = await at.newDraft();
    await at.add(at.alice, id, png);
    const [receipt] = await at.listed(id);
    await at.world.db.deleteFrom('expense_row').where('id', '=', id).execute();
    const pieces = at.world.db
      .selectFrom('receipt_piece')
      .select('number')
      .where('receipt_id', '=', receipt?.id ?? '');
    assert.deepEqual(await pieces.execute(), []);
    assert.equal(readdirSync(at.folder).includes(receipt?.id ?? ''), at.place === 'folder', 'a file stays until the next upload');
    await at.add(at.alice, await at.newDraft(), png);
    assert.deepEqual(await at.world.db.selectFrom('receipt_leftover').selectAll().execute(), []);
    assert.deepEqual(await at.strayFiles(), []);
  });

  it('whose content is gone are said to be so, and the page has nothing of the file about it', async () => {
    const id = await at.newDraft();
    await at.add(at.alice, id, png);
    const [receipt] = await at.listed(id);
    if (at.place === 'folder') rmSync(join(at.folder, receipt?.id ?? ''));
    else await at.world.db.deleteFrom('receipt_piece').execute();
    const { status, headers, body } = await at.alice.ask(at.receiptUrl(id, receipt?.id));
    assert.equal(status, 503);
    assert.match(body, /cannot be read where it is kept/);
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(headers.get('content-disposition'), null);
    assert.match(headers.get('content-security-policy') ?? '', /style-src 'self'/);
  });

  it('that nobody waits for until the end are no failure of ours', async () => {
    const id = await at.newDraft();
    await at.add(at.alice, id, Buffer.concat([png, randomBytes(9 * 1024 * 1024)]));
    const url = at.receiptUrl(id, (await at.listed(id))[0]?.id);
    const socket = await at.begin(at.alice, 'GET', url, '');
    await once(socket, 'data');
    socket.destroy();
    const { pathname } = new URL(url);
    await until(async () => at.world.log.some(({ path, complete }) => path === pathname && complete === false));
    assert.ok(!at.hasDefect());
  });
});

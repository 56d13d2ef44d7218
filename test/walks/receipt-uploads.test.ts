import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { it } from 'node:test';
import { deleteDraft } from '../../src/expenses/drafts.ts';
import { hasReceipt } from '../../src/expenses/receipts.ts';
import { noReceipts, png, receiptFiles } from '../receipt-files.ts';
import { until } from '../raw-request.ts';
import { describeInEveryPlace, type ReceiptWorld } from '../receipt-world.ts';

const MB = 1024 * 1024;

/** As it goes over the wire: a form with one file. */
const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
const tail = '\r\n--b--\r\n';

describeInEveryPlace('receipts that are uploaded', (at) => {
  it('may be 10 MB large, and have as many pages as fit; a byte more is too large', async () => {
    const id = await at.newDraft();
    const pages = Array.from({ length: 200 }, (_, page) => `${page + 4} 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n`);
    const start = `%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n${pages.join('')}`;
    const pdf = Buffer.concat([Buffer.from(start), randomBytes(10 * MB - start.length)]);
    assert.equal((await at.add(at.alice, id, pdf, 'two hundred pages.pdf')).status, 303);
    const [receipt] = await at.listed(id);
    assert.equal(receipt?.size, 10 * MB);
    assert.ok((await at.alice.ask(at.receiptUrl(id, receipt.id))).bytes.equals(pdf));
    const { status, body } = await at.add(at.alice, id, Buffer.concat([pdf, Buffer.from('x')]));
    assert.equal(status, 413);
    assert.match(body, /larger than 10 MB\. Nothing was added/);
    assert.equal((await at.listed(id)).length, 1);
  });

  it('are none where their content is none, whatever they are called', async () => {
    const id = await at.newDraft();
    for (const [kind, content] of Object.entries(noReceipts)) {
      for (const called of ['receipt.png', 'receipt.pdf']) {
        const { status, body } = await at.add(at.alice, id, content, called);
        assert.equal(status, 422, kind);
        assert.match(body, /is no JPEG, PNG, WebP, HEIC or PDF, whatever its name says\. Nothing was added/);
      }
    }
    const empty = await at.add(at.alice, id, '');
    assert.equal(empty.status, 422);
    assert.match(empty.body, /“receipt\.png” is empty\. Nothing was added/);
    assert.equal(await at.countRows(id), 0);
  });

  it('come several at a time, all of them or none', async () => {
    const id = await at.newDraft();
    const send = async (...files: (readonly [called: string, content: Uint8Array<ArrayBuffer> | string])[]) => {
      const multipart = new FormData();
      for (const [called, content] of files) multipart.append('file', new Blob([content]), called);
      return at.alice.ask(at.receiptsUrl(id), { method: 'POST', multipart });
    };
    const numbered = (index: number) => [`${index}.png`, Buffer.concat([png, Buffer.from([index])])] as const;
    const mixed = await send(numbered(1), ['script.png', '<script>alert(1)</script>'], numbered(2));
    assert.equal(mixed.status, 422);
    assert.match(mixed.body, /“script\.png” is no JPEG/);
    const eleven = await send(...Array.from({ length: 11 }, (_, index) => numbered(index)));
    assert.equal(eleven.status, 422);
    assert.match(eleven.body, /At most 10 files fit in at once\. Nothing was added/);
    assert.equal(await at.countRows(id), 0);
    assert.deepEqual(await at.strayFiles(), []);
    // Twice the same file is one receipt.
    assert.equal((await send(numbered(1), numbered(2), numbered(1))).status, 303);
    assert.deepEqual(
      (await at.listed(id)).map(({ name }) => name),
      ['1.png', '2.png'],
    );
    assert.deepEqual(await at.strayFiles(), []);
  });

  it('stand in the order in which they were chosen', async () => {
    const id = await at.newDraft();
    const multipart = new FormData();
    const names = Array.from({ length: 10 }, (_, index) => `page ${index}.png`);
    for (const name of names) multipart.append('file', new Blob([png, name]), name);
    assert.equal((await at.alice.ask(at.receiptsUrl(id), { method: 'POST', multipart })).status, 303);
    assert.deepEqual(
      (await at.listed(id)).map(({ name }) => name),
      names,
    );
  });

  it('leave nothing where the form is not as it should be', async () => {
    const id = await at.newDraft();
    const many = new FormData();
    many.append('file', new Blob([png]), 'a.png');
    for (let index = 0; index < 100; index += 1) many.append('field', 'x');
    for (const [multipart, sentence] of [
      [many, /more in it than Outlay’s own/],
      [new FormData(), /Choose a file first/],
    ] as const) {
      const { status, body } = await at.alice.ask(at.receiptsUrl(id), { method: 'POST', multipart });
      assert.equal(status, 422);
      assert.match(body, sentence);
    }
    assert.equal((await at.alice.ask(at.receiptsUrl(id), { method: 'POST', form: { file: 'x' } })).status, 422);
    assert.equal(await at.countRows(id), 0);
    assert.deepEqual(await at.strayFiles(), []);
  });

  it('are called what they were called, without what could harm', async () => {
    const id = await at.newDraft();
    const names = [
      ['Rechnung Müller № 1.png', 'Rechnung Müller № 1.png'],
      ['../../etc/pass\u202Ewd', 'passwd.png'],
      ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
      [`${'x'.repeat(500)}.png`, `${'x'.repeat(115)}.png`],
    ] as const;
    for (const [index, [called]] of names.entries())
      assert.equal((await at.add(at.alice, id, Buffer.concat([png, Buffer.from([index])]), called)).status, 303);
    const receipts = await at.listed(id);
    assert.deepEqual(
      receipts.map(({ name }) => name),
      names.map(([, kept]) => kept),
    );
    const { headers } = await at.alice.ask(at.receiptUrl(id, receipts[0]?.id));
    assert.equal(
      headers.get('content-disposition'),
      `inline; filename="Rechnung M_ller _ 1.png"; filename*=UTF-8''Rechnung%20M%C3%BCller%20%E2%84%96%201.png`,
    );
  });

  it('are 20 at most, also where they come at once', async () => {
    const id = await at.newDraft();
    const contents = Array.from({ length: 23 }, (_, index) => Buffer.concat([png, Buffer.from([index])]));
    const answers = await Promise.all(contents.map((content) => at.add(at.alice, id, content)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [...Array.from({ length: 20 }, () => 303), 422, 422, 422]);
    assert.equal((await at.listed(id)).length, 20);
  });

  it('and break off leave nothing', async () => {
    const id = await at.newDraft();
    const socket = await begin(at, id, 600_000);
    socket.write(Buffer.concat([png, randomBytes(500_000)]));
    await until(async () => (await at.countRows(id)) === 1);
    socket.destroy();
    await until(async () => (await at.countRows(id)) === 0);
    await until(async () => (await at.strayFiles()).length === 0);
    assert.ok(!at.hasDefect());
  });

  it('do not get in where the expense is handed in or deleted while they arrive', async () => {
    const submit = (id: string) => at.put(id, 'submitted');
    const remove = async (id: string) => {
      const expense = await at.expenseOf(id);
      const doing = { viewer: { personId: expense.spender_id } as never, at: new Date(), reference: 'x' };
      await at.world.db.transaction().execute((transaction) => deleteDraft(transaction, expense, expense.version, doing));
    };
    for (const meanwhile of [submit, remove]) {
      const id = await at.newDraft();
      const content = Buffer.concat([png, randomBytes(600_000)]);
      const socket = await begin(at, id, content.length);
      socket.write(content.subarray(0, 550_000));
      await until(async () => (await at.countRows(id)) === 1);
      await meanwhile(id);
      socket.write(content.subarray(550_000));
      socket.write(tail);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      assert.match(String(answer), /^HTTP\/1\.1 409 /);
      assert.equal(await at.countRows(id), 0);
      assert.deepEqual(await at.strayFiles(), []);
    }
    assert.ok(!at.hasDefect());
  });

  it('and were never finished do not count, and are gone with the first upload an hour later', async () => {
    const id = await at.newDraft();
    const begun = randomUUID();
    const rows = () => at.world.db.selectFrom('receipt').select('id').where('id', '=', begun).execute();
    await at.world.db
      .insertInto('receipt')
      .values({
        id: begun,
        expense_id: id,
        name: 'a.png',
        type: 'image/png',
        stored_in: at.place,
        added_by: 'alice',
        added_by_name: 'Alice',
        added_at: new Date().toISOString(),
      })
      .execute();
    await assert.rejects(at.world.db.updateTable('receipt').set({ size: 5 }).where('id', '=', begun).execute(), /check/i);
    assert.equal(await hasReceipt(at.world.db, await at.expenseOf(id)), false);
    assert.deepEqual(await at.listed(id), []);
    assert.equal((await at.alice.ask(at.receiptUrl(id, begun))).status, 404);
    assert.equal((await at.remove(at.alice, id, begun)).status, 404);
    await at.add(at.alice, id, png);
    assert.equal((await rows()).length, 1);
    const longAgo = new Date(Date.now() - 61 * 60_000).toISOString();
    await at.world.db.updateTable('receipt').set({ added_at: longAgo }).where('id', '=', begun).execute();
    await at.add(at.alice, id, receiptFiles.pdf);
    assert.deepEqual(await rows(), []);
    assert.deepEqual(await at.world.db.selectFrom('receipt_leftover').selectAll().execute(), []);
  });
});

/** A form that says it has a file of this many bytes, up to where they begin. */
async function begin(at: ReceiptWorld, id: string, bytes: number) {
  const length = head.length + bytes + tail.length;
  const headers = `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n`;
  const socket = await at.begin(at.alice, 'POST', at.receiptsUrl(id), headers);
  socket.write(head);
  return socket;
}

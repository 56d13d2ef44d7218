import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { it } from 'node:test';
import { takeBackDraft } from '../../src/expenses/drafts.ts';
import type { VisibleExpense } from '../../src/expenses/expenses.ts';
import { fillPath, paths } from '../../src/web/paths.ts';
import { hiddenIn, lunch, type Typed, valuesIn } from '../expense-walk.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { png, receiptFiles } from '../receipt-files.ts';
import { until } from '../raw-request.ts';
import { describeInEveryPlace } from '../receipt-world.ts';

type File = readonly [called: string, content: Uint8Array<ArrayBuffer>];

const photo: File = ['photo.jpg', receiptFiles.jpeg];
const invoice: File = ['invoice.pdf', receiptFiles.pdf];

describeInEveryPlace('an expense that is logged with its receipts', (at) => {
  const newPath = () => at.world.url(fillPath(paths.newExpense, { id: 'finance' }));
  const logPath = () => at.world.url(fillPath(paths.teamExpenses, { id: 'finance' }));

  const newId = async () => hiddenIn((await at.alice.ask(newPath())).body)['id'] ?? assert.fail();

  /** As a browser sends the form: its fields, the files, and then the button. */
  function formOf(id: string, files: readonly File[], typed: Typed = {}, next = 'submit'): FormData {
    const form = new FormData();
    for (const [name, value] of Object.entries({ id, ...lunch, ...typed })) form.append(name, value);
    for (const [called, content] of files) form.append('file', new Blob([content]), called);
    form.append('next', next);
    return form;
  }

  /** The bytes that a browser sends, and what it says of them. */
  async function onTheWire(form: FormData): Promise<{ whole: Buffer; headers: string }> {
    const response = new Response(form);
    const type = response.headers.get('content-type') ?? assert.fail();
    const whole = Buffer.from(await response.arrayBuffer());
    return { whole, headers: `Content-Type: ${type}\r\nContent-Length: ${whole.length}\r\n` };
  }

  const log = (multipart: FormData, who: HttpBrowser = at.alice): Promise<Answer> =>
    who.ask(logPath(), { method: 'POST', multipart });
  const find = (id: string) => at.world.db.selectFrom('expense').select('state').where('id', '=', id).executeTakeFirst();
  const namesOf = async (id: string) => (await at.listed(id)).map(({ name }) => name);

  it('is there with all of them, and handed in where that button was pressed', async () => {
    for (const [next, state] of [
      ['submit', 'submitted'],
      ['draft', 'draft'],
    ] as const) {
      const id = await newId();
      const { status, location } = await log(formOf(id, [photo, invoice], { amount: next === 'draft' ? '1' : '2' }, next));
      assert.equal(status, 303);
      assert.equal(new URL(location ?? '').pathname, fillPath(paths.expense, { id }));
      assert.equal((await find(id))?.state, state);
      assert.deepEqual(await namesOf(id), ['photo.jpg', 'invoice.pdf']);
    }
  });

  it('keeps all that was typed: in the form the files stand behind it, and a form in another order is refused', async () => {
    const { body } = await at.alice.ask(newPath());
    const names = [...body.matchAll(/<(?:input|select|textarea)\b[^>]*\bname="(\w+)"/g)].map(([, name]) => name);
    assert.equal(names.at(-1), 'file', names.join());
    const id = await newId();
    const early = formOf(id, [['a.png', Buffer.concat([png, randomBytes(300_000)])]], { note: 'Kept' });
    early.delete('merchant');
    early.append('merchant', 'Luigi');
    const { status, body: refused } = await log(early);
    assert.equal(status, 422);
    assert.match(refused, /in another order than Outlay’s own\. Nothing was logged/);
    assert.equal(await find(id), undefined);
    assert.equal(await at.countRows(id), 0);
    const whole = await log(formOf(id, [photo], { merchant: 'Luigi', note: 'Kept' }));
    assert.equal(whole.status, 303);
    const kept = await at.world.db.selectFrom('expense').select(['merchant', 'note']).where('id', '=', id).executeTakeFirst();
    assert.deepEqual(kept && { ...kept }, { merchant: 'Luigi', note: 'Kept' });
  });

  it('comes without any where none was chosen', async () => {
    const id = await newId();
    const form = formOf(id, []);
    // What browsers send then.
    form.append('file', new Blob([]), '');
    assert.equal((await log(form)).status, 303);
    assert.deepEqual(await namesOf(id), []);
  });

  it('is not there where something that was typed is wrong: the form comes back, and says that files are to be chosen again', async () => {
    const id = await newId();
    const typed = { amount: '1,234', note: 'Kept' };
    const { status, body } = await log(formOf(id, [photo], typed));
    assert.equal(status, 422);
    assert.deepEqual(valuesIn(body), { ...lunch, ...typed });
    assert.match(body, /can be read in two ways/);
    assert.match(body, /Choose the receipts once more/);
    assert.doesNotMatch((await log(formOf(id, [], typed))).body, /Choose the receipts once more/);
    assert.equal(await find(id), undefined);
    assert.equal(await at.countRows(id), 0);
  });

  it('is not there where one of the files cannot be taken, and the same form can be sent again with a better one', async () => {
    const id = await newId();
    const totals = () => at.world.db.selectFrom('team_total').selectAll().orderBy('state').execute();
    const before = await totals();
    for (const [file, status, sentence] of [
      [['script.png', Buffer.from('<script>alert(1)</script>')], 422, /“script\.png” is no JPEG/],
      [['large.png', Buffer.concat([png, randomBytes(10 * 1024 * 1024)])], 413, /This file is larger than 10 MB/],
    ] as const) {
      const answer = await log(formOf(id, [photo, file, invoice], { item: 'Dinner & <b>' }));
      assert.equal(answer.status, status);
      assert.match(answer.body, sentence);
      assert.deepEqual(valuesIn(answer.body), { ...lunch, item: 'Dinner & <b>' });
      assert.equal(await find(id), undefined);
      assert.equal(await at.countRows(id), 0);
      assert.deepEqual(await at.strayFiles(), []);
      assert.deepEqual(await totals(), before);
    }
    assert.equal((await log(formOf(id, [photo]))).status, 303);
    assert.deepEqual(await namesOf(id), ['photo.jpg']);
  });

  it('is logged once where the form is sent twice, also at once', async () => {
    const id = await newId();
    const answers = await Promise.all(Array.from({ length: 5 }, () => log(formOf(id, [photo, invoice], { amount: '77' }))));
    assert.ok(answers.every(({ status }) => status === 303 || status === 409));
    assert.ok(answers.some(({ status }) => status === 303));
    assert.equal((await log(formOf(id, [photo], { amount: '78' }))).status, 303);
    assert.deepEqual(await namesOf(id), ['photo.jpg', 'invoice.pdf']);
    assert.equal((await find(id))?.state, 'submitted');
  });

  it('is logged where the form is sent twice and the first one breaks off: so browsers do when a button is pressed twice', async () => {
    const id = await newId();
    const { whole, headers } = await onTheWire(formOf(id, [['a.png', Buffer.concat([png, randomBytes(900_000)])]]));
    const first = await at.begin(at.alice, 'POST', logPath(), headers);
    first.write(whole.subarray(0, 800_000));
    await until(async () => (await at.countRows(id)) === 1);
    const second = log(formOf(id, [photo, invoice], { amount: '79' }));
    // In these turns it comes as far as it gets.
    for (let turn = 0; turn < 50; turn += 1) await at.countRows(id);
    first.destroy();
    assert.equal((await second).status, 303);
    await until(async () => (await at.countRows(id)) !== 1);
    assert.equal((await find(id))?.state, 'submitted');
    assert.deepEqual(await namesOf(id), ['photo.jpg', 'invoice.pdf']);
  });

  it('gets what is missing of it where the form is sent once more after a crash that left a draft of it', async () => {
    const id = await newId();
    assert.equal((await log(formOf(id, [photo], { amount: '80' }, 'draft'))).status, 303);
    const left = await find(id);
    assert.deepEqual([left?.state, await namesOf(id)], ['draft', ['photo.jpg']]);
    assert.equal((await log(formOf(id, [photo, invoice], { amount: '80' }))).status, 303);
    assert.deepEqual([(await find(id))?.state, await namesOf(id)], ['submitted', ['photo.jpg', 'invoice.pdf']]);
  });

  it('is not taken back by a process in which the form broke off once it was sent once more to another', async () => {
    const id = await newId();
    assert.equal((await log(formOf(id, [], { amount: '81' }, 'draft'))).status, 303);
    const begun = await at.world.db.selectFrom('expense').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    assert.equal((await log(formOf(id, [photo], { amount: '81' }, 'draft'))).status, 303);
    await assert.rejects(
      at.world.db.transaction().execute(async (transaction) => takeBackDraft(transaction, begun as VisibleExpense)),
      { kind: 'conflict' },
    );
    assert.deepEqual(await namesOf(id), ['photo.jpg']);
  });

  it('is not there where the form breaks off', async () => {
    const id = await newId();
    const { whole, headers } = await onTheWire(formOf(id, [['a.png', Buffer.concat([png, randomBytes(900_000)])]]));
    const socket = await at.begin(at.alice, 'POST', logPath(), headers);
    socket.write(whole.subarray(0, 800_000));
    await until(async () => (await at.countRows(id)) === 1);
    socket.destroy();
    await until(async () => (await find(id)) === undefined);
    assert.equal(await at.countRows(id), 0);
    await until(async () => (await at.strayFiles()).length === 0);
    assert.ok(!at.hasDefect());
  });

  it('is not there where whoever sends it is signed out, or loses their team, while it arrives', async () => {
    const { whole, headers } = await onTheWire(formOf(await newId(), [['a.png', Buffer.concat([png, randomBytes(900_000)])]]));
    const begun = async (count: number) =>
      (await at.world.db.selectFrom('receipt').select('id').where('size', 'is', null).execute()).length === count;
    const drafts = () => at.world.db.selectFrom('expense').select('id').where('state', '=', 'draft').orderBy('id').execute();
    const before = await drafts();
    const bob = (await at.world.signIn('bob')).browser;
    const mara = (await at.world.signIn('mara')).browser;
    for (const [who, meanwhile, status] of [
      [bob, async () => (await bob.ask(at.world.url(paths.logout), { method: 'POST' })).status, 401],
      [
        mara,
        async () => at.world.db.updateTable('person').set({ email_verified: 0 }).where('name', '=', 'Mara Moss').execute(),
        409,
      ],
    ] as const) {
      const socket = await at.begin(who, 'POST', logPath(), headers);
      socket.write(whole.subarray(0, 800_000));
      await until(async () => begun(1));
      await meanwhile();
      socket.write(whole.subarray(800_000));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      assert.match(String(answer), new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.ok(await begun(0));
      assert.deepEqual(await drafts(), before);
    }
  });

  it('is not there where its month is closed while it arrives', async () => {
    const id = await newId();
    const { whole, headers } = await onTheWire(formOf(id, [['a.png', Buffer.concat([png, randomBytes(900_000)])]]));
    const socket = await at.begin(at.alice, 'POST', logPath(), headers);
    socket.write(whole.subarray(0, 800_000));
    await until(async () => (await at.countRows(id)) === 1);
    const closed = { month: lunch.spentOn.slice(0, 7), closed_by: 'fiona', closed_by_name: 'Fiona', closed_at: '2026-02-01' };
    await at.world.db.insertInto('closed_month').values(closed).execute();
    socket.write(whole.subarray(800_000));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    await at.world.db.deleteFrom('closed_month').execute();
    assert.match(String(answer), /^HTTP\/1\.1 409 /);
    assert.equal(await find(id), undefined);
    assert.deepEqual(await at.strayFiles(), []);
  });

  it('is refused before any of it has arrived where it is too much, or comes from whoever may not log in this team', async () => {
    for (const [who, length, status] of [
      [at.alice, 2_147_483_648, 413],
      [at.charlie, 1_000_000, 404],
    ] as const) {
      const headers = `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n`;
      const socket = await at.begin(who, 'POST', logPath(), headers);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      assert.match(String(answer), new RegExp(`^HTTP/1\\.1 ${status} `));
      socket.destroy();
    }
  });
});

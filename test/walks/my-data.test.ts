import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { streamMyData } from '../../src/exporting/my-data.ts';
import { openReceiptStorages } from '../../src/expenses/receipt-places.ts';
import type { ReceiptStorage } from '../../src/expenses/receipt-storage.ts';
import type { Viewer } from '../../src/people/viewer.ts';
import { paths } from '../../src/web/paths.ts';
import { AtExpenses } from '../expense-walk.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { AtImports } from '../import-walk.ts';
import { png, receiptFiles } from '../receipt-files.ts';
import { until } from '../raw-request.ts';
import { describeInEveryPlace } from '../receipt-world.ts';
import { unzip } from '../unzip.ts';
import { giveByHand } from './administration.ts';

describeInEveryPlace('what is kept about somebody', (at) => {
  const url = () => at.world.url(paths.myData);
  const take = async (who: HttpBrowser) => {
    const { status, headers, bytes } = await who.ask(url(), { method: 'POST' });
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/zip');
    assert.equal(headers.get('content-disposition'), 'attachment; filename=outlay-my-data.zip');
    return unzip(bytes);
  };
  const linesOf = (files: Map<string, Buffer>, name: string) =>
    (files.get(name) ?? assert.fail(name))
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is one archive with all of it, receipts included, and nothing of anybody else', async () => {
    const own = await at.newDraft('alice');
    await at.add(at.alice, own, png, 'photo.png');
    await at.add(at.alice, own, receiptFiles.pdf, 'photo.png');
    const foreign = await at.newDraft('bob');
    await at.add(at.bob, foreign, Buffer.concat([png, randomBytes(20)]), 'of-bob.png');
    const files = await take(at.alice);
    const [photo, invoice] = await at.listed(own);
    assert.ok(files.get(`receipts/${own}/1-${photo?.name}`)?.equals(png));
    assert.ok(files.get(`receipts/${own}/2-${invoice?.name}`)?.equals(receiptFiles.pdf));
    const expenses = linesOf(files, 'expenses.jsonl');
    assert.ok(expenses.some(({ id }) => id === own));
    assert.ok(expenses.every((expense) => expense['spender_id'] === expenses[0]?.['spender_id']));
    const person = JSON.parse(String(files.get('person.json'))) as Record<string, unknown>;
    assert.deepEqual([person['name'], person['email']], ['Alice Archer', 'alice@example.com']);
    assert.ok(linesOf(files, 'sessions.jsonl').length > 0);
    assert.ok(linesOf(files, 'audit.jsonl').some(({ action }) => action === 'own-data-exported'));
    const all = Buffer.concat([...files.values()]).toString('latin1') + [...files.keys()].join();
    for (const secret of ['of-bob', foreign, 'bob@example.com', 'id_hash', 'Bob Baker']) assert.ok(!all.includes(secret), secret);
  });

  it('has what they logged for others and the steps that they took with others’ expenses', async () => {
    const id = await at.newDraft('bob');
    const aliceId = await at.personId('alice');
    await at.world.db.updateTable('expense_row').set({ logged_by: aliceId }).where('id', '=', id).execute();
    const step = {
      id: `0-${id}`,
      expense_id: id,
      version: 99,
      at: new Date().toISOString(),
      from_state: 'submitted',
      to_state: 'rejected',
    } as const;
    const said = { ...step, person_id: aliceId, person_name: 'Alice Archer', comment: 'Say which train.' };
    await at.world.db.insertInto('expense_step').values(said).execute();
    const files = await take(at.alice);
    assert.equal(linesOf(files, 'expenses.jsonl').filter((expense) => expense['id'] === id).length, 1);
    assert.ok(linesOf(files, 'decisions.jsonl').some(({ comment }) => comment === 'Say which train.'));
  });

  it('has what they brought in as a file, as far as it is theirs, whatever was decided on it elsewhere', async () => {
    const fiona = new AtImports(new AtExpenses(at.world, (await at.world.signIn('fiona')).browser));
    const rows = [
      '2025-11-03,alice@example.com,Imported hotel,200.00,Reimbursed',
      '2025-11-04,Fiona Finch,Imported taxi,20.00,Reimbursed',
      '2025-11-05,fiona@example.com,Imported tea,3.00,Withdrawn',
      '2025-11-06,Fiona Finch,Imported pie,4.00,Rejected',
      '2025-11-07,Somebody else,Imported flowers,30.00,Reimbursed',
    ];
    const page = await fiona.bring(['Day,Spent by,Item,Amount,State', ...rows].join('\n'), 'past.csv', 'team');
    await fiona.land(page);
    const files = await take(fiona.at.browser);
    const own = linesOf(files, 'expenses.jsonl').filter(({ item }) => String(item).startsWith('Imported'));
    assert.deepEqual(own.map(({ item, spender_name: name }) => `${String(item)}: ${String(name)}`).toSorted(), [
      'Imported flowers: Somebody else',
      'Imported pie: Fiona Finch',
      'Imported taxi: Fiona Finch',
      'Imported tea: Fiona Finch',
    ]);
    assert.ok(own.every(({ decided_by: by, settled_by: settled }) => by === null && settled === null));
    const [brought] = linesOf(files, 'imports.jsonl');
    assert.deepEqual([brought?.['file_name'], brought?.['state'], brought?.['good']], ['past.csv', 'landed', 5]);
    const hers = linesOf(await take(at.alice), 'expenses.jsonl');
    assert.ok(hers.some(({ item }) => item === 'Imported hotel'));
  });

  it('keeps them from settling what they brought in as approved and spent themselves', async () => {
    const fiona = new AtImports(new AtExpenses(at.world, (await at.world.signIn('fiona')).browser));
    const fionasId = await at.personId('fiona');
    await giveByHand(at.world, fionasId, { role: 'manager', team_id: 'finance' });
    const file = 'Day,Spent by,Item,Amount,State\n2025-12-04,Fiona Finch,Own train,20.00,Approved\n';
    await fiona.land(await fiona.bring(file, 'approved.csv', 'team'));
    const { id } = await at.world.db.selectFrom('expense').select('id').where('item', '=', 'Own train').executeTakeFirstOrThrow();
    const settled = await fiona.at.do(id, 'settlement', { version: '1' });
    assert.equal(settled.status, 403);
    assert.match(settled.body, /You spent or logged this yourself/);
  });

  it('comes in batches whole and once, however much it is', async () => {
    const { world } = at;
    const spender = await at.personId('charlie');
    const day = '2026-01-05';
    const rows = Array.from({ length: 450 }, (_, index) => ({
      id: `${String(index).padStart(8, '0')}-0000-7000-8000-000000000000`,
      team_id: 'marketing',
      spender_id: spender,
      spender_name: 'Charlie Cook',
      logged_by: spender,
      logged_by_name: 'Charlie Cook',
      item: `Item ${index}`,
      category_id: 'other',
      spent_on: day,
      amount_minor: 100,
      currency: 'EUR',
      team_amount_minor: 100,
      state: 'draft' as const,
      logged_at: `${day}T10:00:0${index % 3}.000Z`,
      changed_at: `${day}T10:00:00.000Z`,
    }));
    for (let start = 0; start < rows.length; start += 50)
      await world.db
        .insertInto('expense_row')
        .values(rows.slice(start, start + 50))
        .execute();
    const items = linesOf(await take(at.charlie), 'expenses.jsonl').map(({ item }) => item);
    assert.equal(new Set(items).size, items.length);
    assert.ok(rows.every(({ item }) => items.includes(item)));
  });

  it('has a note in place of a receipt whose content is gone, and the rest', async () => {
    const id = await at.newDraft('alice');
    await at.add(at.alice, id, Buffer.concat([png, randomBytes(9)]), 'lost.png');
    const receipt = (await at.listed(id))[0] ?? assert.fail();
    if (at.place === 'folder') rmSync(join(at.folder, receipt.id));
    else await at.world.db.deleteFrom('receipt_piece').where('receipt_id', '=', receipt.id).execute();
    const files = await take(at.alice);
    assert.match(String(files.get(`receipts/${id}/1-lost.png.missing.txt`)), /cannot be read where it is kept/);
    assert.ok(files.has('audit.jsonl'));
  });

  it('is asked for by a form of ours, by whoever is signed in, and each time is recorded', async () => {
    assert.match(
      (await at.alice.ask(at.world.url(paths.profile))).body,
      new RegExp(`<form method="post" action="${paths.myData}">`),
    );
    assert.equal((await at.alice.ask(url())).status, 405);
    assert.equal((await at.alice.ask(url(), { method: 'POST', headers: { origin: 'https://evil.example' } })).status, 403);
    assert.equal((await fetch(url(), { method: 'POST', headers: { origin: at.world.baseUrl } })).status, 401);
    const count = async () =>
      (await at.world.db.selectFrom('audit_entry').select('id').where('action', '=', 'own-data-exported').execute()).length;
    const before = await count();
    await take(at.dana);
    assert.equal(await count(), before + 1);
  });

  it('is read no further once nobody takes it any more, and breaks off where it fails midway', async () => {
    const id = await at.newDraft('alice');
    for (let index = 0; index < 4; index += 1)
      await at.add(at.alice, id, Buffer.concat([png, randomBytes(9 * 1024 * 1024)]), `large-${index}.png`);
    const { db } = at.world;
    const { current: storage } = await openReceiptStorages(db, at.place === 'folder' ? at.folder : undefined);
    let [opened, closed] = [0, 0];
    const watched: ReceiptStorage = {
      place: storage.place,
      write: (name, pieces) => storage.write(name, pieces),
      remove: (name) => storage.remove(name),
      async *read(name) {
        opened += 1;
        try {
          yield* storage.read(name);
        } finally {
          closed += 1;
        }
      },
    };
    const storages = { current: watched, places: { [at.place]: watched } };
    const limits = { idle: 60_000, absolute: 60_000, perPerson: 10 };
    const viewer = { personId: await at.personId('alice'), rights: [] } as never as Viewer;
    const archive = streamMyData({ db, storages, limits, now: () => new Date() }, viewer);
    for await (const _ of archive) if (opened > 0) break;
    await until(async () => opened === closed);
    assert.ok(opened < (await at.listed(id)).length, `${opened} were opened`);
    const receipts = await at.listed(id);
    const third = receipts[2] ?? assert.fail();
    if (at.place === 'database') {
      await at.world.db.deleteFrom('receipt_piece').where('receipt_id', '=', third.id).where('number', '>', 3).execute();
      await assert.rejects(at.alice.ask(url(), { method: 'POST' }));
    }
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { textOf } from '../forms.ts';
import { AtImports } from '../import-walk.ts';
import { beginRequest, until } from '../raw-request.ts';
import { openWorld, type World } from '../world.ts';

const MB = 1_048_576;
const head = 'Day;Item;Amount\n';
const good = '2026-01-05;Lunch;12.50\n';

describeOnBothEngines('a file that cannot be imported', (engine) => {
  let world: World;
  let alice: AtImports;
  before(async () => {
    world = await openWorld({ engine, importMaxSize: 2 * MB });
    alice = new AtImports(await AtExpenses.signIn(world, 'alice'));
  });
  after(() => world[Symbol.asyncDispose]());

  const countOf = async (table: 'import_piece' | 'import_pending' | 'expense_row') => {
    const { count } = await world.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  };

  it('is refused with what to do where it is no CSV, and nothing of it is kept', async () => {
    for (const [name, content, why] of [
      ['expenses.csv', Buffer.from('PK\u0003\u0004zip'), /Excel workbook or a zip archive/],
      ['expenses.csv', Buffer.from('%PDF-1.7\n'), /PDF/],
      ['expenses.csv', Buffer.from(`${head}2026-01-05;Lu\0nch;12.50\n`), /NUL/],
      ['empty.csv', Buffer.from(''), /There is nothing in this file/],
    ] as const) {
      const { status, body } = await alice.send(content, name);
      assert.equal(status, 422);
      assert.match(textOf(body), why);
    }
    assert.equal(await countOf('import_piece'), 0);
  });

  it('is named by line and column where it cannot be read to its end, and then not even its good rows come in', async () => {
    const filler = good.repeat(6_000);
    for (const [rest, why] of [
      [`2026-01-06;"Tea;3.00\n${good}`, /Line 6002, column 2: A quote is opened here .* and never closed/],
      ['2026-01-06;T\0ea;3.00\n', /Line 6002.*NUL/],
      [`2026-01-06;${'x'.repeat(1.2 * MB)};3.00\n`, /longer than 1 MB/],
    ] as const) {
      const page = await alice.bring(head + filler + rest);
      const text = textOf(page.body);
      assert.match(text, /This file cannot be imported like this/);
      assert.match(text, why);
      assert.doesNotMatch(page.body, /name="rows"/);
      const forced = await alice.at.post(alice.pathOf(page, paths.teamImportLanding), { rows: 'good' });
      assert.equal(forced.status, 409);
      await alice.end(page);
    }
    const rows = await world.db.selectFrom('expense_row').select('id').where('import_id', 'is not', null).execute();
    assert.deepEqual(rows, []);
  });

  it('is not taken where it comes to more than can be added up, and keeps nobody from logging', async () => {
    const many = Array.from({ length: 10_001 }, (_, row) => `2026-01-05;Big ${row};1000000000.00\n`).join('');
    const page = await alice.bring(head + many);
    assert.match(textOf(page.body), /cannot be imported like this.*comes to more than Outlay can add up/);
    assert.doesNotMatch(page.body, /name="rows"/);
    await alice.end(page);
    await alice.at.log();
  });

  it('names what is wrong with a row: its day, amount, currency and number of columns', async () => {
    const rows = [
      '20226-01-05;Lunch;1.00;USD',
      '2026-01-05;Tea;1.00;ABC',
      '2026-01-05;Bus;0.00;USD',
      '2026-01-05;Taxi',
      '2030-01-01;Book;1.00;USD',
    ];
    const page = await alice.bring(`Day;Item;Amount;Currency\n2026-01-04;Good;2.00;USD\n${rows.join('\n')}\n`);
    const text = textOf(page.body);
    for (const where of ['Line 3, column 1:', 'Line 4, column 4:', 'Line 5, column 3:', 'Line 6:', 'Line 7, column 1:'])
      assert.ok(text.includes(where), `${where} ${text}`);
    assert.match(text, /1 expense can be imported/);
    await alice.end(page);
  });

  it('is too large before anything of it is read, and says how large one may be', async () => {
    const url = world.url(fillPath(paths.teamImport, { id: 'finance' }));
    const socket = await beginRequest(
      world,
      alice.at.browser,
      'POST',
      url,
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${5 * 1024 * MB}\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    assert.match(textOf((await alice.at.get(fillPath(paths.teamImport, { id: 'finance' }))).body), /at most 2 MB/);
    const { status, body } = await alice.send(Buffer.alloc(2 * MB + 1, 'x'));
    assert.equal(status, 413);
    assert.match(textOf(body), /larger than 2 MB/);
    assert.equal(await countOf('import_piece'), 0);
  });

  it('and breaks off leaves nothing', async () => {
    const url = world.url(fillPath(paths.teamImport, { id: 'finance' }));
    const socket = await beginRequest(
      world,
      alice.at.browser,
      'POST',
      url,
      'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000\r\n',
    );
    socket.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n');
    socket.write(head + good.repeat(25_000));
    await until(async () => (await countOf('import_piece')) > 0);
    socket.destroy();
    await until(async () => (await countOf('import_piece')) === 0);
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });

  it('is only what it seems: the files of real life come in, each as somebody would expect', async () => {
    const files = readdirSync('test/spreadsheets');
    assert.ok(files.length >= 10);
    for (const file of files) {
      const page = await alice.bring(readFileSync(`test/spreadsheets/${file}`), file);
      const text = textOf(page.body);
      assert.match(text, /can be imported|There is nothing to import|can be read in two ways/, file);
      assert.doesNotMatch(text, /cannot be imported like this/, file);
      await alice.end(page);
    }
  });
});

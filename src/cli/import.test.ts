import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { describeOnBothEngines, newMigratedDatabase, type TestDatabase } from '../../test/databases.ts';
import { outlay, program } from '../../test/outlay-command.ts';
import { addPerson, giveTo } from '../../test/people.ts';
import { until } from '../../test/raw-request.ts';
import { own } from '../../test/settings.ts';
import { openDatabase } from '../database/open.ts';

const past = 'Day;Spent by;Item;Amount\n05.01.2026;Alice Archer;Lunch;12,50\n06.01.2026;Bob Baker;Train;80,00\n';

describeOnBothEngines('outlay import', (engine) => {
  let folder: string;
  let database: TestDatabase;
  let env: Record<string, string>;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-import-'));
    database = await newMigratedDatabase(engine);
    env = { ...own, DATABASE_URL: database.url };
    const db = await openDatabase(database.url);
    await db.insertInto('team').values({ id: 'finance', label: 'Finance', currency: 'USD' }).execute();
    const fiona = await addPerson(db, [], { name: 'Fiona Finch', email: 'fiona@example.com', emailVerified: true });
    await giveTo(db, fiona, { role: 'finance', teamId: null });
    const mia = await addPerson(db, [], { name: 'Mia Miller', email: 'mia@example.com', emailVerified: true });
    await giveTo(db, mia, { role: 'member', teamId: 'finance' });
    await addPerson(db, [], { name: 'Nora Nobody', email: 'nora@example.com', emailVerified: true });
    await db.destroy();
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const bring = (content: string, ...args: string[]) => {
    const file = join(folder, 'past.csv');
    writeFileSync(file, content);
    return outlay(folder, env, 'import', file, '--team', 'finance', '--by', 'Fiona@example.com', ...args);
  };
  const listed = async () => {
    const db = await openDatabase(database.url);
    const rows = await db.selectFrom('expense').select(['item', 'state', 'import_line']).orderBy('import_line').execute();
    const left = await db.selectFrom('import_pending').selectAll().execute();
    await db.destroy();
    assert.deepEqual(left, []);
    return rows.map(({ item, state, import_line: line }) => `${line} ${item} ${state}`);
  };

  it('looks first where that is wanted, imports all of a file, and knows it the next time', async () => {
    const looked = await bring(past, '--look');
    assert.deepEqual([looked.code, looked.err], [0, '']);
    assert.match(looked.out, /^Columns: 1 “Day” day, 2 “Spent by” spender, 3 “Item” item, 4 “Amount” amount\.$/m);
    assert.match(
      looked.out,
      /^Days: dmy\. Decimals: comma\. Currency: USD, as the team’s\. What was spent stands above zero\.$/m,
    );
    assert.match(looked.out, /^They are from 5 January 2026 to 6 January 2026, and come to \$92\.50\.$/m);
    assert.match(looked.out, /^Who spent it: Alice Archer \(1, known here by name only\), Bob Baker/m);
    assert.match(
      looked.out,
      /2 good, 0 with mistakes, 0 in the team already, 0 without an expense\.\nNothing was imported; this was only a look\./,
    );
    assert.deepEqual(await listed(), []);
    const imported = await bring(past, '--json');
    assert.equal(imported.code, 0, imported.err);
    const { imported: done, good, firstDay, lastDay } = JSON.parse(imported.out) as Record<string, unknown>;
    assert.deepEqual({ done, good, firstDay, lastDay }, { done: true, good: 2, firstDay: '2026-01-05', lastDay: '2026-01-06' });
    assert.deepEqual(await listed(), ['2 Lunch reimbursed', '3 Train reimbursed']);
    const again = await bring(past);
    assert.equal(again.code, 1);
    assert.match(again.out, /0 good, 0 with mistakes, 2 in the team already.*\nNothing was imported\./s);
  });

  it('imports nothing while a row has a mistake, unless only the good ones are wanted', async () => {
    const file = `${past.replaceAll('2026', '2025')}07.01.2025;Bob Baker;;1,00\n`;
    const refused = await bring(file);
    assert.equal(refused.code, 1);
    assert.match(refused.out, /^Line 4, column 3: There is nothing here that says what it was\./);
    const some = await bring(file, '--only-good', '--state', 'submitted');
    assert.equal(some.code, 0, some.out);
    assert.match(some.out, /2 expenses were imported\./);
  });

  // What is read and said does not depend on where it is kept.
  if (engine === 'sqlite') {
    it('asks for what can be read in two ways, and takes it from the command line', async () => {
      const file = 'Date,Item,Amount\n03/04/2024,Lunch,"1,234"\n05/06/2024,Tea,"2,345"\n';
      const asked = await bring(file, '--look');
      assert.equal(asked.code, 1);
      assert.match(asked.out, /Its days can be read in two ways/);
      assert.match(asked.out, /Its amounts can be read in two ways/);
      assert.match(asked.out, /No column says who spent it/);
      assert.match(asked.out, /Days: not clear\. Decimals: not clear\./);
      const said = await bring(file, '--days', 'mdy', '--decimals', 'point', '--spender', 'Bob', '--look');
      assert.equal(said.code, 0);
      assert.match(said.out, /Days: mdy\. Decimals: point\..*Who spent it: Bob \(2, known here by name only\)/s);
    });

    it('says where one was imported, and names totals and what came in by line', async () => {
      const file = [
        'Date;Spender;Item;Amount',
        '2023-01-05;Bob;Lunch;-12.50',
        '2023-01-06;Bob;Refund;5.00',
        '2023-01-07;Bob;Tea;-2.00',
        ';;Total;-9.50',
      ].join('\n');
      const looked = await bring(file, '--look');
      assert.match(looked.out, /^1 line with a total is left out: line 5\.$/m);
      assert.match(looked.out, /^1 row in which nothing was spent is left out: line 3\.$/m);
      const one = await bring(past.replaceAll('2026', '2022').split('\n').slice(0, 2).join('\n'));
      assert.match(one.out, /\n1 expense was imported\.\n$/);
    });

    it('takes another column for what somebody says it is, and none that is not there', async () => {
      const file = 'Day,Spender,Item,Amount,Gross amount\n2021-01-05,Bob,Lunch,10.00,12.00\n';
      const net = JSON.parse((await bring(file, '--look', '--json')).out) as Record<string, unknown>;
      assert.deepEqual(net['byCurrency'], { USD: { count: 1, amount: 10_00 } });
      const gross = JSON.parse((await bring(file, '--look', '--json', '--column', '5=amount')).out) as Record<string, unknown>;
      assert.deepEqual(gross['byCurrency'], { USD: { count: 1, amount: 12_00 } });
      const beyond = await bring(file, '--column', '9=note');
      assert.deepEqual([beyond.code, beyond.out], [2, '']);
      assert.match(beyond.err, /There is no column 9 in this file\. It has 5\./);
    });

    it('takes the currency that a heading names, or the one that the command line says', async () => {
      const file = 'Day,Spender,Item,Amount (EUR)\n2024-04-03,Bob,Lunch,12.00\n';
      const named = await bring(file, '--look');
      assert.equal(named.code, 1);
      assert.match(named.out, /Line 2, column 4: There is no rate for EUR in the week before 3 April 2024/);
      const said = JSON.parse((await bring(file, '--look', '--json', '--currency', 'usd')).out) as Record<string, unknown>;
      assert.deepEqual(said['byCurrency'], { USD: { count: 1, amount: 12_00 } });
    });

    it('says in a sentence what it cannot do: who may not, which file is none, or is too large, and which words it does not know', async () => {
      const file = join(folder, 'past.csv');
      const fionas = [file, '--team', 'finance', '--by', 'fiona@example.com'];
      for (const [args, why] of [
        [[...fionas, '--category', 'nix'], /There is no category “nix”\. There are: .*meals, .*travel\./],
        [
          [file, '--team', 'Finance', '--by', 'fiona@example.com'],
          /There is no team "Finance" that .* may see\. Did you mean "finance"\?\s*$/,
        ],
        [[file, '--team', 'nix', '--by', 'fiona@example.com'], /There is no team "nix" .* There are: finance\.\s*$/],
        [[file, '--team', 'finance', '--by', 'mia@example.com'], /Only finance imports.*they can import with --own\./],
        [[file, '--team', 'finance', '--by', 'nora@example.com'], /There is no team "finance" that nora@example\.com may see/],
        [[file, '--team', 'finance', '--by', 'somebody@example.com'], /Nobody with the address/],
        [[join(folder, 'none.csv'), '--team', 'finance', '--by', 'fiona@example.com'], /There is no file/],
        [[file, '--team', 'finance', '--by', 'fiona@example.com', '--own'], /Only a member of the team or a manager/],
        [[file, '--team', 'finance', '--by', 'fiona@example.com', '--days', 'dd.mm'], /--days must be one of ymd, dmy, mdy/],
        [[file, '--team', 'finance', '--by', 'fiona@example.com', '--currency', 'euro'], /--currency must be the three letters/],
        [[file, '--team', 'finance', '--by', 'fiona@example.com', '--column', 'amount'], /--column must be N=NAME/],
        [[file], /Name one file, a team with --team/],
      ] as const) {
        const { code, out, err } = await outlay(folder, env, 'import', ...args);
        assert.deepEqual([code, out], [2, ''], args.join(' '));
        assert.match(err, why);
        assert.doesNotMatch(err, /^ {4}at /m, 'a sentence, not a stack');
      }
      writeFileSync(file, past.padEnd(1_048_577, ' '));
      const large = await outlay(
        folder,
        { ...env, IMPORT_MAX_MB: '1' },
        'import',
        file,
        '--team',
        'finance',
        '--by',
        'fiona@example.com',
      );
      assert.equal(large.code, 2);
      assert.match(large.err, /is larger than 1 MB, so it was not read\. IMPORT_MAX_MB allows more/);
    });

    it('says that it was cancelled, with nothing left of it', async () => {
      const file = join(folder, 'long.csv');
      writeFileSync(file, `Day,Spender,Item,Amount\n${'2020-01-05,Bob,Lunch,10.00\n'.repeat(150_000)}`);
      const args = ['import', file, '--team', 'finance', '--by', 'fiona@example.com'];
      const child = spawn(process.execPath, [program, ...args], { cwd: folder, env });
      let err = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      const closed = once(child, 'close');
      const db = await openDatabase(database.url);
      const states = async () =>
        (await db.selectFrom('import').select('state').where('file_name', '=', 'long.csv').execute())[0]?.state;
      await until(async () => child.exitCode !== null || (await states()) === 'landing');
      child.kill('SIGINT');
      assert.deepEqual(await closed, [1, null]);
      assert.equal(err, 'Cancelled; nothing was imported.\n');
      assert.equal(await states(), 'ended');
      await db.destroy();
      assert.ok(!(await listed()).some((row) => row.includes('10.00')));
    });
  }
});

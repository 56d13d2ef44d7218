import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, beforeEach, it } from 'node:test';
import pino from 'pino';
import { startClearing } from '../../src/importing/clearing.ts';
import { clearStopped } from '../../src/importing/imports.ts';
import { nothingYet } from '../../src/importing/outcome.ts';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { textOf } from '../forms.ts';
import { AtImports } from '../import-walk.ts';
import { beginRequest, until } from '../raw-request.ts';
import { openWorld, type World } from '../world.ts';

const head = 'Day;Item;Amount\n';
const good = '2026-01-05;Lunch;12.50\n';
const MINUTE = 61_000;

describeOnBothEngines('of files that are brought', (engine) => {
  let world: World;
  let alice: AtImports;
  let bob: AtImports;
  let fiona: AtImports;
  before(async () => {
    world = await openWorld({ engine });
    alice = new AtImports(await AtExpenses.signIn(world, 'alice'));
    bob = new AtImports(await AtExpenses.signIn(world, 'bob'));
    fiona = new AtImports(await AtExpenses.signIn(world, 'fiona'));
  });
  after(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    await world.db.deleteFrom('expense_row').where('import_id', 'is not', null).execute();
    await world.db.deleteFrom('import').execute();
  });

  const imports = () => world.db.selectFrom('import').selectAll().orderBy('id').execute();
  const newest = async () => (await imports()).at(-1) ?? assert.fail('there is none');
  const countPieces = async () => (await world.db.selectFrom('import_piece').select('number').execute()).length;

  /** A file of 900,000 bytes that arrives as slowly as the test has it. */
  const sendSlowly = async (): Promise<{ socket: Socket; answer: () => string; rest: string }> => {
    const begin = '--b\r\nContent-Disposition: form-data; name="file"; filename="slow.csv"\r\n\r\n';
    const end = '\r\n--b--\r\n';
    const content = head + good.repeat(39_000);
    const socket = await beginRequest(
      world,
      alice.at.browser,
      'POST',
      world.url(fillPath(paths.teamImport, { id: 'finance' })),
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${begin.length + content.length + end.length}\r\n`,
    );
    let got = '';
    socket.on('data', (data) => (got += String(data)));
    socket.write(begin + content.slice(0, 400_000));
    await until(async () => (await countPieces()) > 0);
    return { socket, answer: () => got, rest: content.slice(400_000) + end };
  };

  it('one that arrives slowly is not ended while something comes, whoever imports meanwhile', async () => {
    const { socket, answer, rest } = await sendSlowly();
    for (let part = 0; part < 3; part += 1) {
      world.advance(MINUTE - 6_000);
      const { alive_at: last } = await newest();
      socket.write(rest.slice(part * 1_000, (part + 1) * 1_000));
      await until(async () => (await newest()).alive_at !== last);
      await clearStopped(world.db, world.now());
    }
    socket.write(rest.slice(3_000));
    await until(async () => answer().includes('\r\n\r\n'));
    socket.destroy();
    assert.match(answer(), /^HTTP\/1\.1 303 /);
    assert.equal((await newest()).size, head.length + 39_000 * good.length);
  });

  it('one that was ended while it arrived says so, and nothing of it is kept', async () => {
    const { socket, answer, rest } = await sendSlowly();
    world.advance(MINUTE);
    await clearStopped(world.db, world.now());
    socket.write(rest);
    await until(async () => answer().includes('was ended while it arrived'));
    socket.destroy();
    assert.match(answer(), /^HTTP\/1\.1 409 /);
    assert.equal(await countPieces(), 0);
  });

  it('each person has one in each team that is not imported yet: another one ends it, and its page says so', async () => {
    const first = await alice.bring(head + good, 'first.csv');
    await bob.bring(head + good, 'of-bob.csv');
    await alice.bring(head + good, 'second.csv');
    assert.match(textOf((await alice.at.get(alice.pathOf(first, paths.teamImportFile))).body), /You have brought another file/);
    assert.deepEqual(
      (await imports()).map(({ file_name: name, state }) => `${name} ${state}`),
      ['first.csv ended', 'of-bob.csv checked', 'second.csv checked'],
    );
    assert.equal(await countPieces(), 2);
  });

  it('nothing is kept of one that was cancelled but that it was, and nothing of one that lay for a day', async () => {
    const page = await alice.bring(`Day;Item;Amount;Card\n2026-01-05;Secret dinner;12.50;4111\n2026-01-06;;1.00;4112\n`);
    await alice.end(page);
    const { choices, outcome } = await newest();
    assert.equal(choices, '');
    assert.deepEqual(JSON.parse(outcome), { ...nothingYet, why: 'You have cancelled it. Nothing was imported.' });
    await alice.bring(head + good);
    await clearStopped(world.db, new Date(world.now().getTime() + 25 * 60 * 60_000));
    const left = await newest();
    assert.deepEqual([left.state, left.choices], ['ended', '']);
    assert.match(left.outcome, /Nobody went on with this file for a day/);
    assert.equal(await countPieces(), 0);
  });

  it('what nobody goes on with is removed without anybody’s doing', async () => {
    await alice.bring(head + good);
    await world.db.updateTable('import').set({ state: 'landing' }).execute();
    const later = () => new Date(world.now().getTime() + 2 * MINUTE);
    await using _ = startClearing(world.db, pino({ level: 'silent' }), later, 1);
    await until(async () => (await newest()).state === 'ended' && (await countPieces()) === 0);
  });

  it('drafts of others, and the files they come from, are not known to anybody, and keep nobody’s rows out', async () => {
    const file = `Day;Item;Amount;Spent by\n2026-01-05;Secret dinner;12.50;Alice Archer\n`;
    await alice.land(await alice.bring(file, 'mine.csv'));
    const page = textOf((await fiona.bring(file, 'theirs.csv', 'team')).body);
    assert.match(page, /1 expense can be imported/);
    assert.doesNotMatch(page, /1 row is in the team|very same file/);
    const own = textOf((await alice.bring(file, 'mine.csv')).body);
    assert.match(own, /The very same file was imported .* by Alice Archer/);
    assert.match(own, /1 row is in the team already/);
  });

  it('one has a name, whatever it was called', async () => {
    assert.match((await alice.bring(head + good, '...')).body, /<h1>file\.csv<\/h1>/);
  });
});

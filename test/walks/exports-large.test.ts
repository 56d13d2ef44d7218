import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { after, before, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { exportReaders } from '../exported.ts';
import { addMany } from '../many-expenses.ts';
import { openWorld, type World } from '../world.ts';

const sorted = { newest: 'logged_at', date: 'spent_on', amount: 'team_amount_minor' } as const;

describeOnBothEngines('the export of thousands of expenses', (engine) => {
  let world: World;
  let charlie: AtExpenses;
  before(async () => {
    world = await openWorld({ engine });
    charlie = await AtExpenses.signIn(world, 'charlie');
    await addMany(
      world.db,
      'empty',
      Array.from({ length: 5_000 }, () => ({})),
    );
    // More than what network and program hold, packed or not, so that the rest is only read once the reader goes on.
    const notes = () => ({ note: randomBytes(2_000).toString('base64') });
    await addMany(world.db, 'marketing', Array.from({ length: 6_100 }, notes));
  });
  after(() => world[Symbol.asyncDispose]());

  const pathOf = (team: string, extension: string) => `/team/${team}/expenses.${extension}`;
  async function begin(extension: string): Promise<IncomingMessage> {
    const url = world.url(pathOf('marketing', extension));
    const headers = { cookie: await charlie.browser.cookies.getCookieString(url) };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request(url, { headers, agent: false }, resolve).on('error', reject).end();
    return promise;
  }

  for (const { extension, idsIn } of exportReaders) {
    it(`as ${extension} has each once, in the order that was asked for`, async () => {
      // The order is the same query's whatever is written of it.
      for (const [sort, column] of Object.entries(sorted).slice(0, extension === 'csv' ? 3 : 1)) {
        const { bytes } = await charlie.get(`${pathOf('empty', extension)}?sort=${sort}`);
        const ofTeam = world.db.selectFrom('expense').select('id').where('team_id', '=', 'empty');
        const rows = await ofTeam.orderBy(column, 'desc').orderBy('id', 'desc').execute();
        assert.deepEqual(
          idsIn(bytes),
          rows.map(({ id }) => id),
        );
      }
    });

    it(`as ${extension} stops where it is left, which is no error of ours`, async () => {
      const from = world.log.length;
      (await begin(extension)).destroy();
      const ended = () => world.log.slice(from).find(({ event }) => event === 'request');
      while (ended() === undefined) await setImmediate();
      assert.equal(ended()?.['complete'], false);
      await charlie.get('/dashboard');
      assert.ok(!world.log.slice(from).some(({ event }) => event === 'problem'));
    });

    it(`as ${extension} does not look like a whole one where it fails in the middle`, async () => {
      const from = world.log.length;
      const response = await begin(extension);
      await world.db.schema.alterTable('receipt').renameTo('receipt_away').execute();
      await assert.rejects(async () => {
        for await (const _ of response) assert.ok(true);
      }, /aborted/);
      await world.db.schema.alterTable('receipt_away').renameTo('receipt').execute();
      assert.equal(response.complete, false);
      const problems = world.log.slice(from).filter(({ event }) => event === 'problem');
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['defect'],
        'and the operator hears of it',
      );
    });
  }
});

import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import { sql } from 'kysely';
import { addExpense } from '../../src/expenses/expenses.ts';
import { formatMoney } from '../../src/expenses/money.ts';
import type { VisibleTeam } from '../../src/teams/teams.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, listIn, personIdOf } from '../expense-walk.ts';
import { textOf } from '../forms.ts';
import { openWorld, type World } from '../world.ts';

const unescape = (text: string) => text.replaceAll('&amp;', '&');

/** The tables of the page by the heading they stand under: the words of each cell, and where its amount leads. */
function tableIn(body: string, id: string): { cells: string[]; hrefs: string[] }[] {
  const section = new RegExp(`aria-labelledby="${id}">([^]*?)</section>`).exec(body)?.[1] ?? '';
  const rows = [...(/<tbody>([^]*?)<\/tbody>/.exec(section)?.[1] ?? '').matchAll(/<tr>([^]*?)<\/tr>/g)];
  return rows.map(([, row = '']) => ({
    cells: [...row.matchAll(/<t[hd]\b[^>]*>([^]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      textOf(cell.replace(/<span class="note">[^]*?<\/span>/, '')),
    ),
    hrefs: [...row.matchAll(/<a href="([^"]+)"/g)].map(([, href = '']) => unescape(href)),
  }));
}

/** Every bar's title and where it leads. */
function barsIn(body: string): { title: string; href: string }[] {
  return [...body.matchAll(/<a href="([^"]+)" tabindex="-1"><title>([^<]*)<\/title>/g)].map(([, href = '', title = '']) => ({
    title,
    href: unescape(href),
  }));
}

describeOnBothEngines('the figures of a team', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let ids: { alice: string; bob: string };
  before(async () => {
    world = await openWorld({ engine });
    alice = await AtExpenses.signIn(world, 'alice');
    await world.signIn('bob');
    ids = { alice: await personIdOf(world, 'alice'), bob: await personIdOf(world, 'bob') };
  });
  after(() => world[Symbol.asyncDispose]());

  const show = (query: string, who = alice) => who.get(`/team/finance/figures${query}`);

  /** What the expenses come to, added up by the database. */
  async function sumsBy(column: string, from: string, to: string) {
    const { rows } = await sql<{ key: string | null; count: number; amount: number }>`
      select ${sql.raw(column)} as key, count(*) as count, sum(team_amount_minor) as amount from expense
      where team_id = 'finance' and state in ('submitted', 'approved', 'reimbursed') and spent_on >= ${from} and spent_on <= ${to}
      group by 1 order by 3 desc, 1`.execute(world.db);
    return rows;
  }

  it('are the sums of its expenses, in charts, in tables and in the lists to which they lead', async () => {
    const expense = fc.record({
      amountMinor: fc.integer({ min: 1, max: 5_000_00 }),
      spentOn: fc.integer({ min: 0, max: 500 }).map((days) => new Date(Date.UTC(2025, 5, 1 + days)).toISOString().slice(0, 10)),
      categoryId: fc.constantFrom('meals', 'travel', 'software', 'other'),
      state: fc.constantFrom('draft', 'submitted', 'withdrawn', 'reimbursed'),
      who: fc.constantFrom('alice', 'bob', 'elsewhere'),
    });
    const query = fc.constantFrom(
      '?period=2026-03',
      '?period=2025-Q4',
      '?period=2025',
      '?from=2025-08-15&to=2026-02-10',
      '?from=2026-01-05&to=2026-01-20',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(expense, { minLength: 1, maxLength: 25 }), query, async (expenses, asked) => {
        for (const table of ['expense_row', 'team_total', 'spending'] as const) await world.db.deleteFrom(table).execute();
        const team = (await world.db
          .selectFrom('team')
          .selectAll()
          .where('id', '=', 'finance')
          .executeTakeFirstOrThrow()) as VisibleTeam;
        await world.db.transaction().execute(async (transaction) => {
          for (const { who, state, ...made } of expenses) {
            // What came from elsewhere was decided on there; what is known here has its spender.
            const from = who === 'elsewhere' ? undefined : ids[who];
            await addExpense(transaction, team, {
              ...made,
              item: 'x',
              spenderId: from,
              spenderName: who,
              loggedAt: new Date(),
              state: from === undefined ? 'reimbursed' : state === 'reimbursed' ? 'submitted' : state,
            });
          }
        });
        await assertAgree(asked);
      }),
      { seed: 20_261_128, numRuns: engine === 'sqlite' ? 20 : 10, endOnFailure: true },
    );
  });

  async function assertAgree(asked: string): Promise<void> {
    const { status, body } = await show(asked);
    assert.equal(status, 200);
    const [, from = '', to = ''] = /name="from" value="([^"]+)"[^]*?name="to" value="([^"]+)"/.exec(body) ?? [];
    const money = (minor: number) => formatMoney(minor, 'USD');
    const byCategory = await sumsBy('category_id', from, to);
    const total = byCategory.reduce((sum, { amount }) => sum + amount, 0);
    assert.match(body, new RegExp(`<strong>(<a [^>]*>)?${money(total).replace(/[$.]/g, '\\$&')}<`));
    const labels: Readonly<Record<string, string>> = { meals: 'Meals', travel: 'Travel', software: 'Software', other: 'Other' };
    const names: Readonly<Record<string, string>> = { [ids.alice]: 'Alice Archer', [ids.bob]: 'Bob Baker' };
    const bySpender = await sumsBy('spender_id', from, to);
    const sorted = (rows: readonly string[][]) => rows.map((row) => row.join(' ')).toSorted();
    assert.deepEqual(
      sorted(tableIn(body, 'by-category').map(({ cells }) => cells)),
      sorted(byCategory.map(({ key, amount }) => [labels[key ?? ''] ?? '', money(amount)])),
    );
    assert.deepEqual(
      sorted(tableIn(body, 'by-person').map(({ cells }) => cells)),
      sorted(bySpender.map(({ key, amount }) => [names[key ?? ''] ?? 'People who have not signed in here', money(amount)])),
    );
    const months = tableIn(body, 'by-month');
    const cells = months.flatMap(({ hrefs }) => hrefs);
    const bars = barsIn(body);
    assert.ok(bars.length >= byCategory.length, 'what was spent in the period is in a bar');
    assert.deepEqual(
      bars.map(({ href }) => href).toSorted(),
      cells.filter((href) => href.includes('category=')).toSorted(),
      'each bar is a cell',
    );
    const links = [...bars, ...[...tableIn(body, 'by-category'), ...tableIn(body, 'by-person')].map(toTold)];
    // What leads somewhere leads to a list that comes to the same; a few of them, because each is a page.
    for (const { title, href } of links.filter((_, index) => index % 5 === 0)) {
      const list = listIn((await alice.get(href)).body);
      assert.ok(title.includes(list.total), `${title} leads to ${list.total}`);
      const count = /(\d+) expenses?$/.exec(title)?.[1];
      if (count !== undefined) assert.equal(String(list.count), count);
    }
    const day = tableIn(body, 'burn-down').map(toTold);
    for (const { title, href } of day.slice(0, 2)) assert.ok(title.includes(listIn((await alice.get(href)).body).total));
  }

  const toTold = ({ cells, hrefs }: { cells: string[]; hrefs: string[] }) => ({ title: cells.join(' '), href: hrefs[0] ?? '' });

  it('are those of its own members and of those who see every team; of nobody else, like the team itself', async () => {
    for (const [name, status] of [
      ['bob', 200],
      ['manuel', 200],
      ['dana', 200],
      ['fiona', 200],
      ['audrey', 200],
      ['charlie', 404],
      ['nobody', 404],
    ] as const)
      assert.equal((await show('?period=2026', await AtExpenses.signIn(world, name))).status, status, name);
    for (const path of ['/team/unknown/figures', '/team/%00/figures', '/team/FINANCE/figures'])
      assert.equal((await alice.get(path)).status, 404, path);
  });

  it('are those of the running month, whatever nonsense the address asks for', async () => {
    const label = /<strong class="period-label"[^>]*>([^<]*)</;
    const running = label.exec((await show('')).body)?.[1];
    for (const query of ['?period=', '?period=9999', '?from=x&to=y', '?period[]=2025', '?from=2026-02-01&to=2026-01-01'])
      assert.equal(label.exec((await show(query)).body)?.[1], running, query);
    assert.equal(label.exec((await show('?period=2025-Q2')).body)?.[1], 'Quarter 2 of 2025');
  });

  it('say what is wrong with days that cannot be looked at', async () => {
    for (const query of ['?from=2026-02-01&to=2026-01-01', '?from=2026-02-01&to=', '?from=2010-01-01&to=2026-01-01'])
      assert.match(textOf((await show(query)).body), /Choose a first and a last day, in that order/, query);
    assert.doesNotMatch(textOf((await show('?period=2025')).body), /Choose a first/);
  });

  it('say so where nothing was spent', async () => {
    const { body } = await show('?period=2003');
    assert.match(textOf(body), /\$0\.00 0 expenses .*This month has no budget.*Nothing spent, 2003/);
  });

  it('keep the words of whoever named a category out of the page’s own', async () => {
    await world.db.updateTable('category').set({ label: '<script>alert(1)</script>"' }).where('id', '=', 'meals').execute();
    await alice.log({ item: 'Sandwich', spentOn: '2026-02-02' });
    const { body } = await show('?period=2026-02');
    assert.doesNotMatch(body, /<script/);
    assert.match(body, /&lt;script&gt;/);
  });
});

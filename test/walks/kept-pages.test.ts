import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import { AtExpenses, listIn } from '../expense-walk.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { openWorld, type World } from '../world.ts';

/** Those who see Finance's list, each with other rights or drafts of their own. */
const people = ['alice', 'bob', 'manuel', 'fiona', 'audrey'] as const satisfies readonly CastName[];
const queries = ['', '?sort=amount', '?state=draft', '?state=submitted', '?q=three'] as const;
type Does = {
  readonly who: 0 | 1;
  readonly does: 'draft' | 'submit' | 'edit' | 'delete' | 'approve' | 'category' | 'label' | 'name' | 'budget';
};

describeOnBothEngines('a kept page', (engine) => {
  let world: World;
  let uncached: Awaited<ReturnType<World['openBeside']>>;
  let at: AtExpenses[];
  before(async () => {
    world = await openWorld({ engine });
    uncached = await world.openBeside(undefined, 0);
    at = await Promise.all(people.map((name) => AtExpenses.signIn(world, name)));
  });
  after(async () => {
    await uncached[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  /** @returns what stands in the list then, and what stood in it before must not any more. */
  async function act({ who, does }: Does, drafts: string[]): Promise<void> {
    const person = at[who] ?? assert.fail();
    const id = drafts.at(-1);
    if (does === 'draft') drafts.push(await person.log({ item: `Item ${drafts.length} of three` }, 'draft'));
    else if (does === 'submit') await person.log({ item: 'Submitted' });
    else if (does === 'category')
      await world.db
        .updateTable('category')
        .set({ label: `Meals ${Math.random()}` })
        .where('id', '=', 'meals')
        .execute();
    else if (does === 'name')
      await world.db
        .updateTable('person')
        .set({ name: `Alice ${Math.random()}` })
        .where('subject', '=', 'sub-alice')
        .execute();
    else if (does === 'budget')
      await world.db
        .insertInto('budget')
        .values({ team_id: 'finance', month: new Date().toISOString().slice(0, 7), category_id: '', amount_minor: 100 })
        .onConflict((conflict) =>
          conflict.columns(['team_id', 'month', 'category_id']).doUpdateSet({ amount_minor: Math.ceil(Math.random() * 1e6) }),
        )
        .execute();
    else if (does === 'label')
      await world.db
        .updateTable('team')
        .set({ label: `Finance ${Math.random()}` })
        .where('id', '=', 'finance')
        .execute();
    else if (id === undefined) return;
    else if (does === 'edit') await person.edit(id, { item: `Edited ${Math.random()}`, amount: '3.33' });
    else if (does === 'delete') await person.press(drafts.pop() ?? '', 'deletion');
    else {
      await person.do(drafts.pop() ?? '', 'submission');
      await at[2]?.do(id, 'approval', { comment: '' });
    }
  }

  /** What everybody reads at both, with no change in between. */
  async function assertSame(): Promise<void> {
    for (const person of at) {
      for (const path of [...queries.map((query) => `/team/finance${query}`), '/dashboard', '/dashboard?period=2026']) {
        const answers = [await person.get(path), await person.get(path), await person.browser.ask(uncached.url(path))];
        const [first, again, made] = answers.map(({ body }) => body);
        assert.equal(again, first);
        assert.equal(first, made);
      }
    }
  }

  it('says what one that was just made says, whatever was written while it was read', async () => {
    const actions = fc.record({
      who: fc.constantFrom(0 as const, 1 as const),
      does: fc.constantFrom('draft', 'submit', 'edit', 'delete', 'approve', 'category', 'label', 'name', 'budget'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(actions, { minLength: 3, maxLength: 8 }), async (all) => {
        const drafts: readonly [string[], string[]] = [[], []];
        const written = new AbortController();
        const reading = at.map(async (person) => {
          while (!written.signal.aborted) assert.equal((await person.get('/team/finance')).status, 200);
        });
        // Each of the two writes one thing after the other, both at once, and reads it right afterwards.
        await Promise.all(
          ([0, 1] as const).map(async (who) => {
            for (const action of all.filter((one) => one.who === who)) {
              await act(action, drafts[who]);
              const known = drafts[who].at(-1);
              const { body } = (await at[who]?.get('/team/finance')) ?? assert.fail();
              if (known !== undefined)
                assert.ok(listIn(body).ids.includes(known), 'what one has just written stands in the list');
            }
          }),
        ).finally(() => {
          written.abort();
        });
        await Promise.all(reading);
        await assertSame();
        await world.db.deleteFrom('expense_step').execute();
        await world.db.deleteFrom('expense_row').execute();
        await world.db.deleteFrom('team_total').execute();
      }),
      { numRuns: 5 },
    );
  });

  it('shows a draft to whoever wrote it, and to nobody else', async () => {
    const [alice, bob] = [at[0] ?? assert.fail(), at[1] ?? assert.fail()];
    await alice.get('/team/finance');
    await bob.get('/team/finance');
    const id = await alice.log({ item: 'Mine alone' }, 'draft');
    for (let times = 0; times < 2; times += 1) {
      assert.ok((await alice.get('/team/finance')).body.includes('Mine alone'));
      for (const other of at.slice(1)) assert.ok(!(await other.get('/team/finance')).body.includes('Mine alone'));
    }
    await alice.press(id, 'deletion');
    assert.ok(!(await alice.get('/team/finance')).body.includes('Mine alone'));
  });

  it('is each reader’s own where language, rights or the looks differ', async () => {
    const [alice, , , fiona] = at;
    assert.ok(alice !== undefined && fiona !== undefined);
    await alice.log({ amount: '1234.50' });
    const german = { 'accept-language': 'de' };
    const page = async (headers: Readonly<Record<string, string>>) =>
      (await alice.browser.ask(world.url('/team/finance'), { headers })).body;
    for (let times = 0; times < 2; times += 1) {
      assert.match(await page({}), /\$1,234\.50/);
      assert.match(await page(german), /1\.234,50/);
      assert.match(await page({}), /Log an expense/);
      assert.doesNotMatch((await fiona.get('/team/finance')).body, /Log an expense/);
    }
  });
});

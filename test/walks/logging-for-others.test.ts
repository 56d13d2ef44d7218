import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, hiddenIn, lunch, personIdOf, storyIn, type Typed, valuesIn } from '../expense-walk.ts';
import { mistakesOn, textOf } from '../forms.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('an expense that a manager logs for somebody else', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let bob: AtExpenses;
  let manuel: AtExpenses;
  let mara: AtExpenses;
  before(async () => {
    world = await openWorld({ engine });
    [alice, bob, manuel, mara] = [
      await AtExpenses.signIn(world, 'alice'),
      await AtExpenses.signIn(world, 'bob'),
      await AtExpenses.signIn(world, 'manuel'),
      await AtExpenses.signIn(world, 'mara'),
    ];
    await AtExpenses.signIn(world, 'charlie');
  });
  after(() => world[Symbol.asyncDispose]());

  const newPage = async (who: AtExpenses) => (await who.get('/team/finance/new-expense')).body;
  const send = async (who: AtExpenses, typed: Typed, next = 'draft') =>
    who.post('/team/finance/expenses', { ...hiddenIn(await newPage(who)), ...lunch, ...typed, next });
  const count = async () =>
    (
      await world.db
        .selectFrom('expense')
        .select(({ fn }) => fn.countAll<number>().as('all'))
        .executeTakeFirstOrThrow()
    ).all;

  it('is theirs, by the address that they have signed in with: they see the draft, correct it and hand it in', async () => {
    const id = await manuel.log({ spender: '  Alice@Example.com ' }, 'draft');
    const { body } = await alice.page(id);
    assert.match(textOf(body), /Spent by Alice Archer Logged by Manuel Mann/);
    assert.deepEqual(storyIn(body), ['Logged as a draft: Manuel Mann']);
    assert.match(textOf((await alice.get('/dashboard')).body), /1 draft/);
    assert.equal((await bob.page(id)).status, 404, 'a draft is the business of these two alone');
    assert.equal((await alice.edit(id, { amount: '13.00' })).status, 303);
    assert.equal((await alice.press(id, 'submission')).status, 303);
    assert.match(textOf((await manuel.page(id)).body), /You spent or logged this yourself, so somebody else has to do it/);
    const { version = '' } = hiddenIn((await mara.page(id)).body);
    assert.equal((await manuel.do(id, 'approval', { version })).status, 403);
    assert.equal((await mara.press(id, 'approval')).status, 303);
  });

  it('is theirs by name as well, once they have spent something in the team; the names are suggested', async () => {
    assert.doesNotMatch(await newPage(manuel), /<option value="Bob Baker">/);
    await bob.log();
    assert.match(await newPage(manuel), /<datalist id="suggestions-spender">.*<option value="Bob Baker"><\/option>/);
    assert.doesNotMatch(await newPage(manuel), /<option value="Manuel Mann">/);
    const id = await manuel.log({ spender: 'bob baker' });
    assert.match(textOf((await bob.page(id)).body), /Waiting for approval.*Spent by Bob Baker Logged by Manuel Mann/);
    assert.match(await newPage(mara), /name="spender" value=""/);
    const again = await manuel.get(`/team/finance/new-expense?repeat=${id}`);
    assert.match(again.body, /name="spender" value="Bob Baker"/, 'and so is one like it');
    const own = await manuel.log({});
    assert.match((await manuel.get(`/team/finance/new-expense?repeat=${own}`)).body, /name="spender" value=""/);
  });

  it('counts among what they spend, where that is limited by day', async () => {
    const limit = { id: 'day', kind: 'day', amount_minor: 50_00, currency: 'USD', days: null, effect: 'block' } as const;
    await world.db
      .insertInto('limit_rule')
      .values({ ...limit, team_id: null, category_id: null })
      .execute();
    const day = { spentOn: '2026-01-06', amount: '30.00' };
    await alice.log(day);
    const id = await manuel.log({ ...day, spender: 'alice@example.com' });
    assert.match(textOf((await alice.page(id)).body), /Alice Archer spends more on 6 January 2026 than the limit of \$50\.00/);
    assert.match(textOf((await alice.page(id)).body), /Draft/);
    await manuel.log({ ...day, spender: '' });
    await world.db.deleteFrom('limit_rule').execute();
  });

  it('is not logged for whoever is not there, is out, or logs nothing in this team; it is not told which, and the form comes back', async () => {
    await world.db
      .updateTable('person')
      .set({ disabled_at: '2026-01-01T00:00:00.000Z' })
      .where('id', '=', await personIdOf(world, 'bob'))
      .execute();
    const before = await count();
    for (const spender of [
      'zoe@example.com',
      'charlie@example.com',
      'Charlie Cook',
      'bob@example.com',
      'Bob Baker',
      '\u0000',
      '%',
    ]) {
      const typed = { amount: '7.00', note: 'Kept' };
      const { status, body } = await send(manuel, { ...typed, spender });
      assert.equal(status, spender === '\u0000' ? 303 : 422, spender);
      if (status === 303) continue;
      assert.match(
        mistakesOn(body)['spender'] ?? '',
        /^Nobody who logs expenses in Finance was found by this, or more than one\./,
      );
      assert.deepEqual(valuesIn(body), { ...lunch, ...typed });
      assert.ok(body.includes(`name="spender" value="${spender}"`));
    }
    assert.equal(await count(), before + 1, 'what is not seen is nothing, and so the expense is their own');
    const both = await send(manuel, { spender: 'zoe@example.com', amount: '' });
    assert.deepEqual(Object.keys(mistakesOn(both.body)).toSorted(), ['amount', 'spender']);
  });

  it('is for managers: nobody else is offered it, or can send it', async () => {
    assert.doesNotMatch(await newPage(alice), /name="spender"/);
    const before = await count();
    const { status, body } = await send(alice, { spender: 'manuel@example.com' });
    assert.equal(status, 403);
    assert.match(textOf(body), /Only a manager of the team can do this/);
    assert.equal(await count(), before);
    assert.equal((await send(alice, { spender: '' })).status, 303);
  });

  it('stays theirs when it is corrected, whatever is sent', async () => {
    const id = await manuel.log({ spender: 'alice@example.com' }, 'draft');
    assert.doesNotMatch((await manuel.page(id, 'edit')).body, /name="spender"/);
    assert.equal((await manuel.edit(id, { amount: '14.00', spender: 'manuel@example.com' })).status, 303);
    assert.match(textOf((await manuel.page(id)).body), /\$14\.00.*Spent by Alice Archer Logged by Manuel Mann/);
  });
});

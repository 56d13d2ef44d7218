import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, hiddenIn, lunch, personIdOf, storyIn, type Typed, valuesIn } from '../expense-walk.ts';
import { mistakesOn, textOf } from '../forms.ts';
import { beginRequest, until } from '../raw-request.ts';
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
    const his = (await manuel.page(id)).body;
    assert.match(textOf(his), /Alice Archer has spent this, and submits it: it stands among their drafts\./);
    assert.doesNotMatch(his, /\/submission"/);
    assert.equal((await manuel.do(id, 'submission', hiddenIn(his))).status, 403);
    assert.equal((await bob.page(id)).status, 404, 'a draft is the business of these two alone');
    assert.equal((await alice.edit(id, { amount: '13.00' })).status, 303);
    assert.equal((await alice.press(id, 'submission')).status, 303);
    assert.match(textOf((await manuel.page(id)).body), /You spent or logged this yourself, so somebody else has to do it/);
    const { version = '' } = hiddenIn((await mara.page(id)).body);
    assert.equal((await manuel.do(id, 'approval', { version })).status, 403);
    assert.equal((await mara.press(id, 'approval')).status, 303);
  });

  it('is theirs by name as well; the names of those who may log here are suggested', async () => {
    assert.doesNotMatch(await newPage(manuel), /<option value="Charlie Cook">/);
    assert.match(await newPage(manuel), /<datalist id="suggestions-spender">.*<option value="Bob Baker"><\/option>/);
    assert.doesNotMatch(await newPage(manuel), /<option value="Manuel Mann">/);
    const id = await manuel.log({ spender: 'bob  baker' });
    assert.match(
      textOf((await bob.page(id)).body),
      /Draft.*Spent by Bob Baker Logged by Manuel Mann/,
      'a draft, whatever was pressed',
    );
    assert.match(await newPage(mara), /name="spender" value=""/);
    const again = await manuel.get(`/team/finance/new-expense?repeat=${id}`);
    assert.match(again.body, /name="spender" value="Bob Baker"/, 'and so is one like it');
    const own = await manuel.log({});
    assert.match((await manuel.get(`/team/finance/new-expense?repeat=${own}`)).body, /name="spender" value=""/);
  });

  it('counts among what they spend, of which whoever logs it is told nothing', async () => {
    const limit = { id: 'day', kind: 'day', amount_minor: 50_00, currency: 'USD', days: null, effect: 'block' } as const;
    await world.db
      .insertInto('limit_rule')
      .values({ ...limit, team_id: null, category_id: null })
      .execute();
    const day = { spentOn: '2026-01-06', amount: '30.00' };
    await alice.log(day);
    const id = await manuel.log({ ...day, spender: 'alice@example.com' });
    const hers = textOf((await alice.page(id)).body);
    assert.match(
      hers,
      /Alice Archer spends more on 6 January 2026 than the limit of \$50\.00 per person and day: \$60\.00 in all/,
    );
    assert.doesNotMatch(textOf((await manuel.page(id)).body), /limit|in all/);
    assert.equal((await manuel.edit(id, { amount: '40.00' }, 'submit')).status, 303);
    assert.doesNotMatch(textOf((await manuel.page(id)).body), /limit|in all/);
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
      assert.match(mistakesOn(body)['spender'] ?? '', /^Nobody who logs expenses in Finance has this name or address\./);
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
    assert.match(textOf(body), /Only a manager of the team logs what somebody else has spent/);
    assert.equal(await count(), before);
    assert.equal((await send(alice, { spender: '' })).status, 303);
  });

  it('stays theirs when it is corrected, whatever is sent', async () => {
    const id = await manuel.log({ spender: 'alice@example.com' }, 'draft');
    assert.doesNotMatch((await manuel.page(id, 'edit')).body, /name="spender"/);
    assert.equal((await manuel.edit(id, { amount: '14.00', spender: 'manuel@example.com' })).status, 303);
    assert.match(textOf((await manuel.page(id)).body), /\$14\.00.*Spent by Alice Archer Logged by Manuel Mann/);
  });

  it('is found by no name that looks like an address, and by no address that only looks like one', async () => {
    const rename = async (name: string) =>
      world.db
        .updateTable('person')
        .set({ name })
        .where('id', '=', await personIdOf(world, 'mara'))
        .execute();
    await rename('alice@example.com');
    const id = await manuel.log({ spender: 'alice@example.com' }, 'draft');
    assert.match(textOf((await manuel.page(id)).body), /Spent by Alice Archer/);
    assert.doesNotMatch(await newPage(manuel), /<option value="alice@example\.com">/);
    assert.equal((await send(manuel, { spender: 'mar\u212A@example.com' })).status, 422);
    await manuel.log({ spender: 'Alice Archer <alice@example.com>' }, 'draft');
    await rename('Alice Archer');
    const { body } = await send(manuel, { spender: 'Alice Archer' });
    assert.match(mistakesOn(body)['spender'] ?? '', /^More than one person in this team has this name\./);
    await rename('Mara Moss');
  });

  it('is not changed into somebody else’s by sending the form once more', async () => {
    const hidden = hiddenIn(await newPage(manuel));
    const sendAgain = (spender: string) =>
      manuel.post('/team/finance/expenses', { ...hidden, ...lunch, spender, next: 'submit' });
    assert.equal((await sendAgain('alice@example.com')).status, 303);
    const second = await sendAgain('mara@example.com');
    assert.equal(second.status, 409);
    assert.match(textOf(second.body), /This form was sent before, for somebody else\./);
    assert.equal((await sendAgain('alice@example.com')).status, 303);
  });

  it('is not logged by whoever was a manager when they sent the form, and is none once its turn comes', async () => {
    const id = hiddenIn(await newPage(mara))['id'] ?? assert.fail();
    const form = { id, ...lunch, spender: 'alice@example.com', next: 'submit' };
    const fields = Object.entries(form).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n';
    const headers = 'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n';
    const url = world.url('/team/finance/expenses');
    const first = await beginRequest(world, mara.browser, 'POST', url, headers);
    first.write(fields.join('') + file);
    await until(async () => (await world.db.selectFrom('expense').select('id').where('id', '=', id).execute()).length > 0);
    const second = mara.post('/team/finance/expenses', form);
    // Two answers later it has come as far as it can.
    for (let times = 0; times < 2; times += 1) await alice.get('/profile');
    await world.db.updateTable('rule').set({ role: 'member' }).where('value', '=', 'mara@example.com').execute();
    await world.db.updateTable('rule_book').set({ version: 'mara-is-a-member' }).execute();
    first.destroy();
    assert.equal((await second).status, 403);
    assert.deepEqual(await world.db.selectFrom('expense').select('state').where('id', '=', id).execute(), []);
  });

  it('is corrected by a manager only as long as they are one, and by its spender in any case', async () => {
    const id = await manuel.log({ spender: 'alice@example.com' }, 'draft');
    await world.db.updateTable('rule').set({ role: 'member' }).where('value', '=', 'manuel@example.com').execute();
    await world.db.updateTable('rule_book').set({ version: 'changed' }).execute();
    assert.equal((await manuel.edit(id, { amount: '99.00' })).status, 403);
    assert.equal((await alice.edit(id, { amount: '15.00' })).status, 303);
  });
});

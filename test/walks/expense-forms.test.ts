import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, hiddenIn, listIn, lunch, type Typed, valuesIn } from '../expense-walk.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('the form of an expense', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let manuel: AtExpenses;
  before(async () => {
    world = await openWorld({ engine });
    alice = await AtExpenses.signIn(world, 'alice');
    manuel = await AtExpenses.signIn(world, 'manuel');
  });
  after(() => world[Symbol.asyncDispose]());

  const countOf = async () => (await world.db.selectFrom('expense').select('id').execute()).length;
  const dayIn = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000).toISOString().slice(0, 10);

  it('comes back with what was typed and what is wrong with it, and nothing is kept', async () => {
    const before = await countOf();
    const wrong: [Typed, RegExp][] = [
      [{ item: '' }, /Say what it was/],
      [{ item: ' \t\u202e ' }, /Say what it was/],
      [{ item: 'x'.repeat(201) }, /200 characters at most/],
      [{ amount: '' }, /Say how much/],
      [{ amount: '-5' }, /more than nothing/],
      [{ amount: '−5' }, /more than nothing/],
      [{ amount: '0' }, /more than nothing/],
      [{ amount: '0.00' }, /more than nothing/],
      [{ amount: '0.001' }, /2 decimals/],
      [{ amount: '1,234' }, /can be read in two ways/],
      [{ amount: '1e5' }, /in digits/],
      [{ amount: '１２' }, /in digits/],
      [{ amount: '<b>5</b>' }, /in digits/],
      [{ amount: '9'.repeat(40) }, /more than one expense can be/],
      [{ amount: '1'.repeat(400) }, /60 characters at most/],
      [{ spentOn: '' }, /year-month-day/],
      [{ spentOn: '2026-02-30' }, /year-month-day/],
      [{ spentOn: '2025-02-29' }, /year-month-day/],
      [{ spentOn: '2026-13-01' }, /year-month-day/],
      [{ spentOn: '2026-00-00' }, /year-month-day/],
      [{ spentOn: '05.01.2026' }, /year-month-day/],
      [{ spentOn: '2026-01-05T10:00' }, /year-month-day/],
      [{ spentOn: '+002026-01-05' }, /year-month-day/],
      [{ spentOn: '1999-12-31' }, /too long ago/],
      [{ spentOn: '0000-01-01' }, /too long ago/],
      [{ spentOn: dayIn(3) }, /has not come yet/],
      [{ spentOn: '9999-12-31' }, /has not come yet/],
      [{ category: '' }, /Choose a category/],
      [{ category: 'nothing' }, /Choose a category/],
      [{ category: '__proto__' }, /Choose a category/],
      [{ merchant: 'x'.repeat(201) }, /200 characters at most/],
      [{ note: 'x'.repeat(2_001) }, /2000 characters at most/],
    ];
    const draft = await alice.log({ item: 'Untouched' }, 'draft');
    for (const [typed, sentence] of wrong) {
      const form = { ...lunch, merchant: 'Kept', note: 'Kept, too', ...typed };
      const { version = '' } = hiddenIn((await alice.page(draft)).body);
      for (const answer of [
        await alice.post('/team/finance/expenses', { ...form, next: 'submit' }),
        await alice.do(draft, 'edit', { ...form, version, next: 'submit' }),
      ]) {
        const said = JSON.stringify(typed).slice(0, 100);
        assert.equal(answer.status, 422, said);
        assert.match(answer.body, sentence, said);
        const { category, ...values } = valuesIn(answer.body);
        const { category: chosen, ...expected } = form;
        assert.deepEqual(values, expected);
        assert.equal(category, chosen === 'meals' ? 'meals' : '');
      }
    }
    assert.equal(await countOf(), before + 1);
    assert.match((await alice.page(draft)).body, /Untouched[^]*Draft/);
  });

  it('says all that is wrong at once, and survives a body that is none', async () => {
    for (const spentOn of ['', '9999-12-31']) {
      const { body } = await alice.post('/team/finance/expenses', { spentOn });
      assert.equal((body.match(/class="field-error"/g) ?? []).length, 4, spentOn);
    }
    const headers = { 'content-type': 'application/json', origin: world.baseUrl };
    for (const path of ['/team/finance/expenses']) {
      const answer = await alice.browser.ask(world.url(path), { method: 'POST', headers });
      assert.equal(answer.status, 422);
    }
    const twice = await alice.post('/team/finance/expenses', { ...lunch, item: ['one', 'two'], amount: ['1', '2'] });
    assert.equal(twice.status, 422);
  });

  it('takes what is as long as it may be, in any script, and today wherever one is', async () => {
    const id = await alice.log({
      item: '費'.repeat(200),
      merchant: '場'.repeat(200),
      note: '理'.repeat(2_000),
      spentOn: dayIn(0),
    });
    assert.ok((await alice.page(id)).body.includes('理'.repeat(2_000)));
    assert.equal((await manuel.press(id, 'rejection', { comment: '否'.repeat(1_000) })).status, 303);
    assert.ok((await alice.page(id)).body.includes('否'.repeat(1_000)));
    await alice.log({ amount: '1,000,000,000.00', spentOn: '2000-01-01' });
  });

  it('shows markup as text, and no control or direction marks', async () => {
    const nasty = '<script>alert(1)</script>"\'&\u0000\u0007\u001b[31m\u202e\u2066\u200f\u2028x';
    const clean = '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;';
    const id = await alice.log({ item: `i${nasty}`, merchant: `m${nasty}`, note: `n${nasty}` });
    await manuel.press(id, 'rejection', { comment: `c${nasty}` });
    const search = `/team/finance?${new URLSearchParams({ q: nasty, merchant: nasty, least: nasty, most: nasty }).toString()}`;
    for (const path of [`/expenses/${id}`, `/expenses/${id}/edit`, '/team/finance', '/waiting', search]) {
      for (const who of [alice, manuel]) {
        const { body, status } = await who.get(path);
        assert.ok(status < 500, path);
        assert.ok(!body.includes('<script') && !/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(body), path);
      }
    }
    const { body } = await alice.page(id);
    for (const mark of ['i', 'm', 'n', 'c']) assert.ok(body.includes(mark + clean), mark);
    await alice.edit(id, {}, 'submit');
    const { body: waiting } = await manuel.get('/waiting');
    assert.ok(waiting.includes(`i${clean}`));
  });

  it('that is sent twice logs one expense, also in the same moment', async () => {
    const { body } = await alice.get('/team/finance/new-expense');
    const form: Record<string, string> = { ...hiddenIn(body), ...lunch, item: 'Sent twice', next: 'submit' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => alice.post('/team/finance/expenses', form)));
    answers.push(await alice.post('/team/finance/expenses', form));
    const one = answers.at(-1)?.location;
    assert.ok(answers.every(({ status, location }) => (status === 303 ? location === one : status === 409)));
    assert.equal(listIn((await alice.get('/team/finance?q=Sent+twice')).body).count, 1);
    const mistaken = await alice.post('/team/finance/expenses', { ...form, item: '' });
    assert.equal(hiddenIn(mistaken.body)['id'], form['id'], 'it stays the same form');
    const bob = await AtExpenses.signIn(world, 'bob');
    assert.equal((await bob.post('/team/finance/expenses', { ...form, item: 'By somebody else' })).status, 409);
    assert.equal(listIn((await alice.get('/team/finance?q=somebody+else')).body).count, 0);
    for (const id of ['', 'nothing', '\u0000', '0'.repeat(36)]) {
      const answer = await alice.post('/team/finance/expenses', { ...form, id, item: 'Without a good id' });
      assert.equal(answer.status, 303, id);
      assert.match(answer.location ?? '', /\/expenses\/[\da-f]{8}-[\da-f]{4}-7/);
    }
  });

  it('of a step that is sent twice does it once', async () => {
    const id = await alice.log({}, 'draft');
    const before = hiddenIn((await alice.page(id)).body);
    for (const status of [303, 303]) assert.equal((await alice.do(id, 'submission', before)).status, status);
    const waiting = hiddenIn((await manuel.page(id)).body);
    for (const status of [303, 303]) assert.equal((await manuel.do(id, 'approval', waiting)).status, status);
    const steps = await world.db.selectFrom('expense_step').select('to_state').where('expense_id', '=', id).execute();
    assert.equal(steps.length, 3);
  });

  it('that is older than the expense changes nothing, and says so', async () => {
    const id = await alice.log({}, 'draft');
    const old = hiddenIn((await alice.page(id, 'edit')).body);
    await alice.edit(id, { item: 'Meanwhile' });
    for (const answer of [
      await alice.do(id, 'edit', { ...lunch, ...old, item: 'Too late', next: 'submit' }),
      await alice.do(id, 'submission', old),
      await alice.do(id, 'deletion', old),
      await alice.do(id, 'edit', { ...lunch, item: 'No version' }),
    ]) {
      assert.equal(answer.status, 409);
      assert.match(answer.body, /has changed since you looked at it/);
    }
    await alice.press(id, 'submission');
    const seen = hiddenIn((await manuel.page(id)).body);
    await manuel.press(id, 'rejection', { comment: 'No' });
    await alice.edit(id, { amount: '9999' }, 'submit');
    for (const step of ['approval', 'rejection'] as const) {
      const answer = await manuel.do(id, step, { ...seen, comment: 'seen before' });
      assert.equal(answer.status, 409, 'nobody approves an amount that they have not seen');
    }
    assert.match((await alice.page(id)).body, /Meanwhile[^]*Waiting for approval/);
  });

  it('is not there in an archived team; what waits there is still decided on', async () => {
    const [draft, waiting] = [await alice.log({}, 'draft'), await alice.log()];
    await world.db.updateTable('team').set({ archived_at: '2026-01-01T00:00:00.000Z' }).where('id', '=', 'finance').execute();
    const { body } = await alice.get('/team/finance');
    assert.match(body, /Archived since/);
    assert.ok(!body.includes('/new-expense'));
    for (const answer of [
      await alice.get('/team/finance/new-expense'),
      await alice.post('/team/finance/expenses', lunch),
      await alice.do(draft, 'submission', { version: '1' }),
      await alice.do(draft, 'edit', { ...lunch, version: '1' }),
    ]) {
      assert.equal(answer.status, 409);
      assert.match(answer.body, /archived/);
    }
    assert.equal((await manuel.press(waiting, 'approval')).status, 303);
    assert.equal((await alice.press(draft, 'deletion')).status, 303);
    await world.db.updateTable('team').set({ archived_at: null }).where('id', '=', 'finance').execute();
  });

  it('offers no category that is no longer in use, and keeps the one that an expense has', async () => {
    const id = await alice.log({ category: 'training' }, 'draft');
    await world.db.updateTable('category').set({ retired_at: '2026-01-01T00:00:00.000Z' }).where('id', '=', 'training').execute();
    assert.ok(!(await alice.get('/team/finance/new-expense')).body.includes('value="training"'));
    assert.equal(valuesIn((await alice.page(id, 'edit')).body).category, 'training');
    assert.equal((await alice.edit(id, { item: 'Same category' })).status, 303, 'a correction of something else goes through');
    assert.equal((await alice.post('/team/finance/expenses', { ...lunch, category: 'training' })).status, 422);
  });
});

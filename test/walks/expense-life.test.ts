import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, hiddenIn, setLimit, storyIn, valuesIn } from '../expense-walk.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('an expense', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let manuel: AtExpenses;
  let mara: AtExpenses;
  let fiona: AtExpenses;
  before(async () => {
    world = await openWorld({ engine });
    alice = await AtExpenses.signIn(world, 'alice');
    manuel = await AtExpenses.signIn(world, 'manuel');
    mara = await AtExpenses.signIn(world, 'mara');
    fiona = await AtExpenses.signIn(world, 'fiona');
  });
  after(() => world[Symbol.asyncDispose]());

  async function recordOf(id: string): Promise<string[]> {
    const query = world.db.selectFrom('audit_entry').select(['action', 'person_name']).where('about_id', '=', id);
    return (await query.orderBy('id').execute()).map((entry) => `${entry.action}: ${entry.person_name}`);
  }

  it('is logged, corrected, submitted, approved and reimbursed, and its page tells who did what', async () => {
    const id = await alice.log({ item: 'Trian to Berlin', amount: '119,90' }, 'draft');
    assert.equal((await alice.edit(id, { item: 'Train to Berlin' })).status, 303);
    const { body: draft } = await alice.page(id);
    for (const text of ['Train to Berlin', '$119.90', 'Draft', 'Meals', '5 January 2026']) assert.ok(draft.includes(text), text);
    assert.equal((await alice.press(id, 'submission')).status, 303);
    assert.match((await alice.page(id)).body, /Waiting for approval/);
    assert.equal((await manuel.press(id, 'approval', { comment: 'Have a good trip' })).status, 303);
    assert.equal((await fiona.press(id, 'settlement', { reference: 'SEPA 4711' })).status, 303);
    const { body } = await alice.page(id);
    assert.match(body, /Have a good trip/);
    assert.match(body, /by Fiona Finch, reference SEPA 4711/);
    const story = [
      'Logged as a draft: Alice Archer',
      'Submitted: Alice Archer',
      'Approved: Manuel Mann',
      'Reimbursed: Fiona Finch',
    ];
    assert.deepEqual(storyIn(body), story);
    assert.deepEqual(await recordOf(id), [
      'expense-submitted: Alice Archer',
      'expense-approved: Manuel Mann',
      'expense-reimbursed: Fiona Finch',
    ]);
    assert.ok(!body.includes('<form method="post" action="/expenses/'), 'nothing is left to do');
  });

  it('that is logged and submitted at once has both in its history, in that order', async () => {
    for (let time = 0; time < 10; time += 1) {
      const { body } = await alice.page(await alice.log());
      assert.deepEqual(storyIn(body), ['Logged as a draft: Alice Archer', 'Submitted: Alice Archer']);
    }
  });

  it('is rejected with a reason only, corrected, and submitted again', async () => {
    const id = await alice.log({ item: 'Dinner' });
    const { status, body } = await manuel.press(id, 'rejection', { comment: ' \n ' });
    assert.equal(status, 422);
    assert.match(body, /Say why/);
    assert.equal((await manuel.press(id, 'rejection', { comment: 'The receipt is missing' })).status, 303);
    assert.match((await alice.page(id)).body, /Why Manuel Mann rejected it[^]*The receipt is missing[^]*What happened/);
    assert.equal((await alice.edit(id, { amount: '20' }, 'submit')).status, 303);
    assert.doesNotMatch((await alice.page(id)).body, /rejected it/, 'once it is submitted again');
    assert.equal((await mara.press(id, 'approval')).status, 303);
    const words = ['Logged as a draft', 'Submitted', 'Rejected', 'Submitted', 'Approved'];
    assert.deepEqual(
      storyIn((await alice.page(id)).body).map((line) => line.split(':')[0]),
      words,
    );
  });

  it('that is not approved in so many words can be too long to say: what was typed comes back', async () => {
    const id = await alice.log();
    for (const step of ['rejection', 'approval'] as const) {
      const { status, body } = await manuel.press(id, step, { comment: `${'no '.repeat(340)}END` });
      assert.equal(status, 422, step);
      assert.match(body, /1000 characters at most/);
      assert.match(body, /no no END<\/textarea>/);
    }
    assert.equal((await manuel.press(id, 'approval')).status, 303);
    const { status, body } = await fiona.press(id, 'settlement', { reference: '9'.repeat(101) });
    assert.equal(status, 422);
    assert.match(body, /value="9{101}"/);
    assert.match(body, /100 characters at most/);
    assert.match((await alice.page(id)).body, /Approved/, 'nothing was done');
  });

  it('is withdrawn while it waits, or once it was rejected, and then stays so', async () => {
    const waiting = await alice.log();
    assert.equal((await alice.press(waiting, 'withdrawal')).status, 303);
    const rejected = await alice.log();
    await manuel.press(rejected, 'rejection', { comment: 'No' });
    assert.equal((await alice.press(rejected, 'withdrawal')).status, 303);
    for (const id of [waiting, rejected]) {
      assert.match((await alice.page(id)).body, /Withdrawn/);
      assert.equal((await alice.do(id, 'submission')).status, 409);
      const { status, body } = await manuel.do(id, 'approval');
      assert.equal(status, 409);
      assert.ok(body.includes(`href="/expenses/${id}"`), 'and leads back to it');
    }
  });

  it('is logged once more by what stands in it, with the day of today', async () => {
    const id = await alice.log({ item: 'Weekly <sandwich> & "tea"', note: 'two\nlines', merchant: 'Bäcker' });
    const href = /href="(\/team\/finance\/new-expense\?repeat=[\da-f-]{36})"/.exec((await alice.page(id)).body)?.[1] ?? '';
    const { body } = await alice.get(href);
    const { spentOn, ...typed } = valuesIn(body);
    assert.deepEqual(typed, {
      item: 'Weekly <sandwich> & "tea"',
      note: 'two\nlines',
      merchant: 'Bäcker',
      amount: '12.50',
      category: 'meals',
    });
    assert.ok(Math.abs(Date.now() - Date.parse(spentOn)) < 48 * 60 * 60_000, 'today, also where the day has just changed');
    for (const odd of ['nothing', id.replace(/./g, '0'), '%00', `${id}&repeat=${id}`]) {
      const answer = await alice.get(`/team/finance/new-expense?repeat=${odd}`);
      assert.equal(answer.status, 200);
      assert.equal(valuesIn(answer.body).item, '');
    }
  });

  it('that is a draft can be deleted and leaves nothing; what was submitted cannot', async () => {
    const id = await alice.log({}, 'draft');
    const { body } = await alice.page(id);
    assert.equal((await alice.press(id, 'deletion')).location, world.url('/team/finance'));
    assert.equal((await alice.page(id)).status, 404);
    assert.equal((await alice.do(id, 'deletion', hiddenIn(body))).status, 404, 'twice');
    const rows = await world.db.selectFrom('expense_step').select('id').where('expense_id', '=', id).execute();
    assert.deepEqual(rows, []);
    const submitted = await alice.log();
    assert.equal((await alice.do(submitted, 'deletion', { version: '2' })).status, 409);
    await manuel.press(submitted, 'rejection', { comment: 'No' });
    assert.equal((await alice.do(submitted, 'deletion', { version: '3' })).status, 409);
  });

  it('above the team’s limit needs two people to approve it, and may be rejected by either', async () => {
    await setLimit(world, 10_000);
    const at = await alice.log({ amount: '100.00' });
    await manuel.press(at, 'approval');
    assert.match((await alice.page(at)).body, /state-approved/, 'at the limit one is enough');

    const [byManager, byFinance, turned] = [
      await alice.log({ amount: '100.01' }),
      await alice.log({ amount: '5,000.00' }),
      await alice.log({ amount: '101' }),
    ];
    for (const id of [byManager, byFinance, turned]) {
      assert.equal((await fiona.do(id, 'approval')).status, 403, 'finance is never the first');
      assert.match((await manuel.page(id)).body, /Approve \(somebody else has to as well\)/);
      assert.equal((await manuel.press(id, 'approval')).status, 303);
      const { body } = await manuel.page(id);
      assert.match(body, /Approved once, waiting for a second approval/);
      assert.ok(!body.includes('/approval"'), 'there is no button to do so twice');
      assert.match(body, /You have approved this already/);
      assert.equal((await manuel.do(id, 'approval', hiddenIn(body))).status, 303, 'which does nothing');
      assert.equal((await fiona.do(id, 'settlement')).status, 409);
    }
    assert.equal((await mara.press(byManager, 'approval')).status, 303);
    assert.equal((await fiona.press(byFinance, 'approval')).status, 303);
    for (const id of [byManager, byFinance]) {
      const { body } = await fiona.page(id);
      assert.match(body, /state-approved/);
      assert.match(storyIn(body)[2] ?? '', /Approved, first of two: Manuel/);
    }
    assert.equal((await manuel.press(turned, 'rejection', { comment: 'I had not seen the second page' })).status, 303);
    await alice.edit(turned, {}, 'submit');
    assert.match((await mara.page(turned)).body, /somebody else has to as well/, 'both are needed anew');
    await setLimit(world, null);
  });

  it('of somebody who manages the team is decided on by somebody else, and the page says why', async () => {
    const id = await manuel.log({ item: 'Team dinner' });
    assert.match((await manuel.page(id)).body, /somebody else has to do it/);
    for (const step of ['approval', 'rejection'] as const)
      assert.equal((await manuel.do(id, step, { comment: 'me' })).status, 403);
    assert.equal((await mara.press(id, 'approval')).status, 303);
    assert.equal((await manuel.do(id, 'settlement')).status, 403);
  });

  it('is not decided on by whoever says that they looked at something that is no version', async () => {
    const id = await alice.log();
    for (const version of ['x', '', '0', '-1', '1e99', '1']) {
      assert.equal((await manuel.do(id, 'approval', { version })).status, 409, version);
      assert.match((await alice.page(id)).body, /Waiting for approval/);
    }
  });
});

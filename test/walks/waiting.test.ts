import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, hiddenIn, setLimit } from '../expense-walk.ts';
import { openWorld, type World } from '../world.ts';

const posts = ['/waiting/approvals', '/waiting/rejections', '/waiting/settlements'];

/** What the page asks about, in its order. */
function rowsIn(body: string): { id: string; value: string; wants: string; chosen: boolean }[] {
  const found = body.matchAll(/value="([\da-f-]{36})_(\d+)"( checked)?>[^]*?<span class="row-wide">[^<]* · ([^<·]*)<\/span>/g);
  return [...found].map(([, id = '', version = '', chosen, wants = '']) => ({
    id,
    value: `${id}_${version}`,
    wants,
    chosen: chosen !== undefined,
  }));
}

function outcomesIn(body: string): string[] {
  const list = /<ul class="plain-list outcomes"[^]*?<\/ul>/.exec(body)?.[0] ?? '';
  return [...list.matchAll(/<li>([^]*?)<\/li>/g)].map(([, text = '']) => text.replace(/<[^>]+>/g, ''));
}

const countIn = (body: string) => /Waiting <span class="count">([^<]*)</.exec(body)?.[1];

describeOnBothEngines('what waits for somebody', (engine) => {
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

  const waitingOf = async (who: AtExpenses) => {
    const { body } = await who.get('/waiting');
    assert.equal(countIn(body), String(rowsIn(body).length), 'the number in the header is that of the list');
    return rowsIn(body);
  };
  const idsOf = async (who: AtExpenses) => (await waitingOf(who)).map(({ id }) => id);
  const stateOf = async (id: string) =>
    (await world.db.selectFrom('expense').select('state').where('id', '=', id).executeTakeFirst())?.state;
  /** So that each test begins with nothing that waits. */
  async function clear(): Promise<void> {
    await world.db.deleteFrom('team_total').execute();
    await world.db.deleteFrom('expense_row').execute();
  }

  it('is a page for those who decide on something, and for nobody else', async () => {
    for (const name of ['alice', 'bob', 'charlie', 'dana', 'audrey', 'nobody'] as const) {
      const who = await AtExpenses.signIn(world, name);
      const { status, body } = await who.get('/waiting');
      assert.equal(status, 404, name);
      assert.equal(countIn(body), undefined);
      for (const path of posts)
        assert.equal((await who.post(path, { expense: `${'0'.repeat(36)}_1` })).status, 404, `${name} ${path}`);
    }
    for (const who of [manuel, mara, fiona]) {
      const { status, body } = await who.get('/waiting');
      assert.equal(status, 200);
      assert.match(body, /Nothing waits for you/);
      assert.equal(countIn((await who.get('/dashboard')).body), '0');
    }
  });

  it('is what they can decide on, the oldest first: never their own, never a draft, each for the one whose turn it is', async () => {
    await setLimit(world, 10_000);
    const first = await alice.log({ item: 'First' });
    const large = await alice.log({ item: 'Large', amount: '500' });
    await alice.log({ item: 'Draft' }, 'draft');
    const own = await manuel.log({ item: 'Own' });
    assert.deepEqual(await idsOf(manuel), [first, large]);
    assert.deepEqual(await idsOf(mara), [first, large, own]);
    assert.deepEqual(await idsOf(fiona), []);
    await manuel.press(large, 'approval');
    assert.deepEqual(await idsOf(manuel), [first], 'not what they have approved already');
    assert.deepEqual(
      (await waitingOf(mara)).map(({ wants }) => wants),
      ['To approve', 'Second approval', 'To approve'],
    );
    assert.deepEqual(
      (await waitingOf(fiona)).map(({ id, wants }) => [id, wants]),
      [[large, 'Second approval']],
    );
    await fiona.press(large, 'approval');
    await mara.press(own, 'approval');
    assert.deepEqual(
      (await waitingOf(fiona)).map(({ id, wants }) => [id, wants]),
      [
        [large, 'To reimburse'],
        [own, 'To reimburse'],
      ],
    );
    assert.deepEqual(await idsOf(mara), [first]);
    await setLimit(world, null);
    await clear();
  });

  it('is approved, rejected and reimbursed many at a time, with an answer for each', async () => {
    const ids = [
      await alice.log({ item: 'One' }),
      await alice.log({ item: 'Two' }),
      await alice.log({ item: 'Three' }),
      await alice.log({ item: 'Four' }),
    ];
    const rows = await waitingOf(manuel);
    const { body: approved, status } = await manuel.post('/waiting/approvals', {
      expense: rows.slice(0, 3).map(({ value }) => value),
      comment: 'All good',
    });
    assert.equal(status, 200);
    assert.deepEqual(outcomesIn(approved), ['One: Approved.', 'Two: Approved.', 'Three: Approved.']);
    assert.equal(rowsIn(approved).length, 1, 'what is left');
    const { body: rejected } = await manuel.post('/waiting/rejections', {
      expense: rows[3]?.value ?? '',
      comment: 'Not this one',
    });
    assert.deepEqual(outcomesIn(rejected), ['Four: Rejected.']);
    assert.match((await alice.page(ids[3] ?? '')).body, /Not this one/);
    const values = (await waitingOf(fiona)).map(({ value }) => value);
    const { body: settled } = await fiona.post('/waiting/settlements', { expense: values, reference: 'SEPA 99' });
    assert.deepEqual(outcomesIn(settled), ['One: Reimbursed.', 'Two: Reimbursed.', 'Three: Reimbursed.']);
    const settlements = await world.db.selectFrom('settlement').select(['id', 'reference']).execute();
    assert.deepEqual(
      settlements.map(({ reference }) => reference),
      ['SEPA 99'],
    );
    const kept = await world.db
      .selectFrom('expense')
      .select('settlement_id')
      .where('state', '=', 'reimbursed')
      .where('id', 'in', ids)
      .execute();
    assert.deepEqual(
      kept.map((row) => row.settlement_id),
      Array(3).fill(settlements[0]?.id),
    );
    const { body: twice } = await fiona.post('/waiting/settlements', { expense: values, reference: 'SEPA 100' });
    assert.deepEqual(new Set(outcomesIn(twice).map((line) => line.split(': ')[1])), new Set(['You had done this already.']));
    assert.equal((await world.db.selectFrom('settlement').select('id').execute()).length, 1, 'a payment of nothing is none');
    await clear();
  });

  it('answers for one that is stale, one’s own, one approved once only, and one that is not there, and does the rest', async () => {
    const [good, stale, gone] = [
      await alice.log({ item: 'Good' }),
      await alice.log({ item: 'Stale' }),
      await alice.log({ item: 'Gone' }),
    ];
    const own = await manuel.log({ item: 'Own' });
    const draft = await alice.log({ item: 'Draft' }, 'draft');
    const charlie = await AtExpenses.signIn(world, 'charlie');
    const foreign = await charlie.log({ item: 'Marketing' }, 'submit', 'marketing');
    await alice.press(gone, 'withdrawal');
    await setLimit(world, 10_000);
    const large = await alice.log({ item: 'Large', amount: '500' });
    const expense = [
      `${good}_2`,
      `${stale}_1`,
      `${own}_2`,
      `${gone}_2`,
      `${draft}_1`,
      `${foreign}_2`,
      `${large}_2`,
      `${'0'.repeat(36)}_1`,
    ];
    const { status, body } = await manuel.post('/waiting/approvals', { expense });
    assert.equal(status, 200);
    assert.match(body, /2 of 8 done\./);
    const outcomes = outcomesIn(body);
    assert.match(outcomes[0] ?? '', /^Good: Approved\.$/);
    assert.match(outcomes[1] ?? '', /^Stale: Not done\. This expense has changed since/);
    assert.match(outcomes[2] ?? '', /^Own: Not done\. You spent or logged this yourself/);
    assert.match(outcomes[3] ?? '', /^Gone: Not done\. This expense is “withdrawn” by now/);
    for (const index of [4, 5, 7])
      assert.equal(outcomes[index], 'An expense: Not done. It is not there any more, or not yours to see.');
    assert.equal(outcomes[6], 'Large: Approved. Somebody else has to approve it as well.');
    const states = await Promise.all([good, stale, own, gone, draft, foreign, large].map(stateOf));
    assert.deepEqual(states, ['approved', 'submitted', 'submitted', 'withdrawn', 'draft', 'submitted', 'submitted']);
    await setLimit(world, null);
    await clear();
  });

  it('comes back as it was chosen and typed where the form cannot be taken', async () => {
    const ids = [await alice.log(), await alice.log()];
    const [row] = await waitingOf(manuel);
    const value = row?.value ?? '';
    for (const [path, form, sentence] of [
      ['/waiting/approvals', { comment: 'None chosen' }, /Choose at least one/],
      [
        '/waiting/approvals',
        { expense: ['', 'nothing', '\u0000', `${ids[0]}`, `${ids[0]}_-1`, `${ids[0]}_1e9`], comment: 'Junk' },
        /Choose at least one/,
      ],
      ['/waiting/rejections', { expense: value, comment: ' ' }, /Say why/],
      ['/waiting/rejections', { expense: value, comment: 'x'.repeat(1_001) }, /1000 characters at most/],
      [
        '/waiting/approvals',
        { expense: Array.from({ length: 51 }, (_, index) => `${value.slice(0, 36)}_${index}`), comment: '51' },
        /Choose 50 expenses at most/,
      ],
    ] as const) {
      const { status, body } = await manuel.post(path, form);
      assert.equal(status, 422);
      assert.match(body, sentence);
      assert.ok(body.includes(`>${form.comment}</textarea>`));
      assert.equal(rowsIn(body)[0]?.chosen, 'expense' in form && [form.expense].flat().includes(value));
    }
    assert.equal(
      (await manuel.post('/waiting/approvals', { expense: [value, value], comment: '' })).status,
      200,
      'twice the same is once',
    );
    const { status, body } = await fiona.post('/waiting/settlements', { expense: value, reference: '9'.repeat(101) });
    assert.equal(status, 422);
    assert.match(body, /100 characters at most/);
    assert.equal(await stateOf(ids[0] ?? ''), 'approved');
    await clear();
  });

  it('comes 50 to a page, all of which can be chosen at once', async () => {
    const form = hiddenIn((await alice.get('/team/finance/new-expense')).body);
    const id = await alice.log({ item: 'Many' });
    const row = await world.db.selectFrom('expense').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const copies = Array.from({ length: 119 }, (_, index) => ({
      ...row,
      id: `${form['id']?.slice(0, 33)}${String(index).padStart(3, '0')}`,
    }));
    await world.db.insertInto('expense_row').values(copies).execute();
    await world.db
      .updateTable('team_total')
      .set({ expense_count: 120, amount_minor: 120 * row.amount_minor })
      .where('state', '=', 'submitted')
      .execute();
    const seen: string[] = [];
    let path: string | undefined = '/waiting';
    while (path !== undefined) {
      const { body } = await manuel.get(path);
      assert.equal(countIn(body), '99+');
      seen.push(...rowsIn(body).map((one) => one.id));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1];
    }
    assert.equal(new Set(seen).size, 120);
    assert.equal(seen.length, 120);
    const { body } = await manuel.get('/waiting');
    const answer = await manuel.post('/waiting/approvals', {
      expense: rowsIn(body).map(({ value }) => value),
      comment: '良'.repeat(1_000),
      reference: '',
    });
    assert.equal(outcomesIn(answer.body).filter((line) => line.endsWith(': Approved.')).length, 50);
    for (const after of ['x', '%00', `2026-13-45T99:99:99.999Z_${'a'.repeat(36)}`, '__proto__'])
      assert.equal((await manuel.get(`/waiting?after=${after}`)).status, 200);
    await clear();
  });

  it('never fails in a way that we did not expect', async () => {
    for (const path of posts) {
      const headers = { 'content-type': 'application/json', origin: world.baseUrl };
      assert.equal((await manuel.browser.ask(world.url(path), { method: 'POST', headers })).status, 422);
    }
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});

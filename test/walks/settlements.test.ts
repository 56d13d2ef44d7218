import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import { addSettled } from '../settled.ts';
import { openWorld, type World } from '../world.ts';

const referencePath = (id: string) => fillPath(paths.settlementReference, { id });

describeOnBothEngines('what was reimbursed together', (engine) => {
  let world: World;
  const at = {} as Record<'alice' | 'bob' | 'charlie' | 'manuel' | 'dana' | 'audrey' | 'fiona' | 'nobody', AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'bob', 'charlie', 'manuel', 'dana', 'audrey', 'fiona', 'nobody'] as const)
      at[name] = await AtExpenses.signIn(world, name);
  });
  after(() => world[Symbol.asyncDispose]());

  const settlementOf = async (expenseId: string) => {
    const row = await world.db.selectFrom('expense').select('settlement_id').where('id', '=', expenseId).executeTakeFirst();
    return row?.settlement_id ?? assert.fail();
  };
  const referenceOf = async (id: string) =>
    (await world.db.selectFrom('settlement').select('reference').where('id', '=', id).executeTakeFirstOrThrow()).reference;
  const give = async (id: string, reference: string) =>
    submit(at.fiona.browser, await at.fiona.get(paths.settlements), referencePath(id), { reference });
  const recorded = (id: string) => world.db.selectFrom('audit_entry').selectAll().where('about_id', '=', id).execute();

  /** Two expenses, approved and reimbursed on the pages for it, with this reference or without one. */
  async function reimburse(reference: string): Promise<{ settlement: string; expense: string }> {
    const ids = [await at.alice.log({ amount: '10.10' }), await at.bob.log({ amount: '20' })];
    for (const id of ids) await at.manuel.press(id, 'approval');
    await at.fiona.post(paths.waitingSettlements, { expense: ids.map((id) => `${id}_3`), reference });
    const [expense = ''] = ids;
    return { settlement: await settlementOf(expense), expense };
  }

  it('stands in one list, the newest first: by whom and when, how much in each currency, and by which reference', async () => {
    assert.match(
      textOf((await at.fiona.get(paths.settlements)).body),
      /Nothing was reimbursed yet.*What was imported as reimbursed never does/,
    );
    const { settlement } = await reimburse('PAY-77');
    await addSettled(
      world.db,
      {
        finance: [{}, {}],
        marketing: [{ currency: 'EUR' }],
        empty: [{ currency: 'JPY', team_amount_minor: 5000, amount_minor: 5000 }],
      },
      { reference: 'OLD-1' },
    );
    for (const name of ['fiona', 'dana', 'audrey'] as const) {
      const { status, body } = await at[name].get(paths.settlements);
      assert.equal(status, 200);
      const text = textOf(body);
      assert.match(text, /PAY-77 2 expenses · reimbursed by Fiona Finch on [^$]+ \$30\.10/);
      assert.match(text, /OLD-1 4 expenses · reimbursed by Fiona Finch on 2 April 2026 €1\.00 · ¥5,000 · \$2\.01/);
      assert.ok(text.indexOf('PAY-77') < text.indexOf('OLD-1'));
      assert.ok(!body.includes(settlement), 'nothing is to be done about it');
    }
  });

  it('is given the reference that it lacks, once, by somebody in finance; its expenses say it, and so does the record', async () => {
    const { settlement, expense } = await reimburse('');
    assert.match(textOf((await at.fiona.get(paths.settlements)).body), /No payment reference 2 expenses/);
    const given = await give(settlement, '  PAY-78 \u202E');
    assert.equal(given.location, world.url('/settlements?done=reference-given'));
    assert.match(textOf((await at.fiona.browser.ask(given.location)).body), /The payment reference is kept/);
    assert.match(textOf((await at.alice.page(expense)).body), /PAY-78/);
    assert.equal((await at.fiona.post(referencePath(settlement), { reference: 'PAY-78' })).status, 303, 'the same twice is once');
    const other = await at.fiona.post(referencePath(settlement), { reference: 'PAY-79' });
    assert.equal(other.status, 409);
    assert.match(textOf(other.body), /The payment reference stays.*given a payment reference meanwhile/);
    assert.equal(await referenceOf(settlement), 'PAY-78');
    assert.deepEqual(
      (await recorded(settlement)).map(({ action, person_name: by, about_name: name }) => [action, by, name]),
      [['reference-given', 'Fiona Finch', 'PAY-78']],
    );
  });

  it('keeps what was typed as its reference, and says beside it what is wrong with that', async () => {
    const { settlement } = await reimburse('');
    for (const reference of ['', ' \t', 'x'.repeat(101)]) {
      const { status, body } = await give(settlement, reference);
      assert.equal(status, 422);
      assert.deepEqual(Object.keys(mistakesOn(body)), [settlement]);
      assert.ok(body.includes(`value="${reference}"`) && body.includes('<details class="row-wide" open>'));
    }
    assert.equal(await referenceOf(settlement), '');
  });

  it('is hidden from whoever sees a team alone, and changed by nobody but finance', async () => {
    const { settlement } = await reimburse('');
    for (const [name, status] of [
      ['alice', 404],
      ['charlie', 404],
      ['manuel', 404],
      ['nobody', 404],
      ['dana', 403],
      ['audrey', 403],
    ] as const) {
      if (status === 404) assert.equal((await at[name].get(paths.settlements)).status, 404, name);
      else assert.ok(!(await at[name].get(paths.settlements)).body.includes(referencePath(settlement)), name);
      assert.equal((await at[name].post(referencePath(settlement), { reference: 'X' })).status, status, name);
    }
    assert.equal(await referenceOf(settlement), '');
  });

  it('survives any id that is not one, and any place in the list', async () => {
    for (const id of ['nothing', '__proto__', '%00', randomUUIDv7(), '-'.repeat(36), 'f'.repeat(300)])
      assert.equal((await at.fiona.post(`/settlements/${id}/reference`, { reference: 'X' })).status, 404, id);
    for (const place of ['x', '%00', '2026-01-01T00:00:00.000Z_x', '__proto__'])
      assert.equal((await at.fiona.get(`/settlements?after=${place}`)).status, 200);
    const last = '2000-01-01T00:00:00.000Z_00000000-0000-0000-0000-000000000000';
    assert.match(textOf((await at.fiona.get(`/settlements?after=${last}`)).body), /No more settlements.*Newest/);
  });

  it('is paged by its place, also where many were reimbursed at one instant; giving a reference leads back to the page', async () => {
    for (let count = 0; count < 60; count += 1)
      await addSettled(world.db, {}, { reference: count === 5 ? '' : `M-${count}`, settled_at: '2026-03-01T08:00:00.000Z' });
    const seen: string[] = [];
    let asked = '';
    for (let path: string | undefined = paths.settlements; path !== undefined; ) {
      const { body } = await at.fiona.get(path);
      seen.push(...[...body.matchAll(/<strong>(M-\d+|No payment reference|[A-Z]+-\d+)<\/strong>/g)].map(([, text = '']) => text));
      asked = /action="(\/settlements\/[^"/]+\/reference\?after=[^"]+)"/.exec(body)?.[1] ?? asked;
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1];
    }
    const all = await world.db.selectFrom('settlement').select('id').execute();
    assert.equal(seen.length, all.length);
    assert.equal(new Set(seen.filter((text) => text.startsWith('M-'))).size, 59);
    const mistaken = await at.fiona.post(asked, { reference: '' });
    assert.equal(Object.keys(mistakesOn(mistaken.body)).length, 1, 'said on the page on which it stands');
    const { location } = await at.fiona.post(asked, { reference: 'M-5' });
    assert.match(location ?? '', /\/settlements\?after=2026-\S+&done=reference-given$/);
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});

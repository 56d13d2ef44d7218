import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import { fillPath, paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses } from '../expense-walk.ts';
import { readCsv } from '../exported.ts';
import { submit, textOf } from '../forms.ts';
import { addSettled } from '../settled.ts';
import { openWorld, type World } from '../world.ts';

const filePath = (id: string) => fillPath(paths.settlementFile, { id });
const referencePath = (id: string) => fillPath(paths.settlementReference, { id });

describeOnBothEngines('a settlement for the accountant', (engine) => {
  let world: World;
  const at = {} as Record<'alice' | 'charlie' | 'manuel' | 'dana' | 'audrey' | 'fiona' | 'nobody', AtExpenses>;
  before(async () => {
    world = await openWorld({ engine });
    for (const name of ['alice', 'charlie', 'manuel', 'dana', 'audrey', 'fiona', 'nobody'] as const)
      at[name] = await AtExpenses.signIn(world, name);
  });
  after(() => world[Symbol.asyncDispose]());

  const list = async (who: AtExpenses) => who.get(paths.settlements);
  const save = async (who: AtExpenses, id: string) => submit(who.browser, await list(who), filePath(id));
  const setAccount = async (category: string, account: string, team = '') =>
    submit(at.fiona.browser, await at.fiona.get(paths.accounts), paths.accounts, { team, category, account });
  const offers = async (who: AtExpenses, id: string) => (await list(who)).body.includes(`action="${filePath(id)}"`);
  const exported = async () =>
    world.db.selectFrom('audit_entry').selectAll().where('action', '=', 'settlement-exported').orderBy('id').execute();
  const kept = async () => (await world.db.selectFrom('accountant_file').select('settlement_id').execute()).length;

  it('waits until each of its expenses has an account; the page says which are missing, and where they are set', async () => {
    const id = await addSettled(world.db, { finance: [{ category_id: 'meals' }], marketing: [{ category_id: 'travel' }] });
    const { body } = await list(at.fiona);
    assert.match(textOf(body), /Before it can be saved, set the account for Meals in Finance, Travel in Marketing\./);
    assert.ok(!(await offers(at.fiona, id)));
    assert.doesNotMatch((await list(at.audrey)).body, /Before it can be saved/, 'whoever cannot save it need not know');
    const refused = await at.fiona.post(filePath(id));
    assert.equal(refused.status, 409);
    assert.match(
      textOf(refused.body),
      /An account is missing There is no account yet for Meals in Finance, Travel in Marketing\./,
    );
    assert.equal(await kept(), 0);
    const href = /href="(\/accounts\?team=finance&amp;category=meals)#rule"/.exec(body)?.[1] ?? '';
    const form = await at.fiona.get(href.replaceAll('&amp;', '&'));
    assert.equal((await submit(at.fiona.browser, form, paths.accounts, { account: '4650' })).status, 303);
    assert.match(textOf((await list(at.fiona)).body), /set the account for Travel in Marketing\./);
    await setAccount('travel', '4660');
    assert.equal((await save(at.fiona, id)).status, 200);
  });

  it('is a file of one name and the same bytes each time, whatever was changed since; the page says when and by whom it was first', async () => {
    await setAccount('meals', '4650');
    const id = await addSettled(world.db, {
      marketing: [{ item: 'Cake', currency: 'EUR' }],
      finance: [{ item: 'Tea', spent_on: '2026-03-01' }, {}],
    });
    const first = await save(at.fiona, id);
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
    const name = `attachment; filename="outlay-accountant-2026-04-02-${id.slice(-12)}.csv"`;
    assert.equal(first.headers.get('content-disposition'), name);
    assert.match(first.headers.get('cache-control') ?? '', /no-store/);
    assert.deepEqual(
      readCsv(first.bytes).map((row) => [row['Account'], row['Team currency'], row['Text']]),
      [
        ['4650', 'USD', 'Tea – Elsewhere'],
        ['4650', 'USD', 'Lunch – Elsewhere'],
        ['4650', 'EUR', 'Cake – Elsewhere'],
      ],
    );
    await setAccount('meals', '9999');
    await setAccount('meals', '9998', 'finance');
    await world.db.updateTable('team').set({ label: 'Zoo' }).where('id', '=', 'finance').execute();
    await world.db.updateTable('category').set({ label: 'Food', retired_at: 'x' }).where('id', '=', 'meals').execute();
    for (const who of [at.fiona, at.audrey]) {
      assert.match(
        textOf((await list(who)).body),
        /PAY-1 Saved 3 expenses .*Saved for the accountant by Fiona Finch on \d+ \w+ 20\d\d/,
      );
      const again = await save(who, id);
      assert.ok(again.bytes.equals(first.bytes));
      assert.equal(again.headers.get('content-disposition'), name);
    }
    const entries = (await exported()).filter((entry) => entry.about_id === id);
    assert.deepEqual(
      entries.map(({ person_name: by, about_name: about, detail }) => [
        by,
        about,
        (JSON.parse(detail) as { again: boolean }).again,
      ]),
      [
        ['Fiona Finch', 'PAY-1', false],
        ['Fiona Finch', 'PAY-1', true],
        ['Audrey Auditor', 'PAY-1', true],
      ],
    );
    assert.match(
      textOf((await at.dana.get('/admin/audit?action=settlement-exported')).body),
      /again: true · count: 3 · sha256: /,
    );
    await world.db.updateTable('category').set({ label: 'Meals', retired_at: null }).where('id', '=', 'meals').execute();
  });

  it('is one file, also where two processes save it at once', async () => {
    await setAccount('meals', '4650');
    await using beside = await world.openBeside();
    const id = await addSettled(world.db, { finance: [{}] });
    const [here, there] = [world.url(filePath(id)), beside.url(filePath(id))];
    const answers = await Promise.all(
      [here, there, here, there].map((url) =>
        at.fiona.browser.copy().ask(url, { method: 'POST', headers: { origin: world.baseUrl } }),
      ),
    );
    const bodies = answers.filter(({ status }) => status === 200).map(({ body }) => body);
    assert.deepEqual([bodies.length, new Set(bodies).size], [4, 1]);
  });

  it('is first saved by finance, then fetched by auditors as well, and hidden from whoever sees a team alone', async () => {
    await setAccount('meals', '4650');
    const id = await addSettled(world.db, { finance: [{}] });
    const unknown = randomUUIDv7();
    const before = [await kept(), (await exported()).length];
    const strangers = ['alice', 'charlie', 'manuel', 'nobody'] as const;
    const withoutReference = (body: string) => body.replace(/<code>\w+<\/code>/, '');
    for (const name of strangers) {
      const [there, none] = [await at[name].post(filePath(id)), await at[name].post(filePath(unknown))];
      assert.deepEqual([there.status, none.status], [404, 404], name);
      assert.equal(withoutReference(there.body), withoutReference(none.body));
    }
    for (const name of ['dana', 'audrey'] as const) {
      assert.ok(!(await offers(at[name], id)), name);
      assert.equal((await at[name].post(filePath(id))).status, 403, name);
    }
    assert.deepEqual([await kept(), (await exported()).length], before);
    assert.equal((await save(at.fiona, id)).status, 200);
    assert.equal((await save(at.audrey, id)).status, 200);
    assert.ok(!(await offers(at.dana, id)));
    for (const [name, status] of [...strangers.map((name) => [name, 404] as const), ['dana', 403] as const])
      assert.equal((await at[name].post(filePath(id))).status, status, name);
  });

  it('says before it is saved what is fixed from then on, and beside the button that its payment reference is missing', async () => {
    await setAccount('meals', '4650');
    const lacks = 'It has no payment reference, and cannot get one any more once it is saved.';
    const count = async () => textOf((await list(at.fiona)).body).split(lacks).length - 1;
    const before = await count();
    await addSettled(world.db, { finance: [{}] }, { reference: 'PAY-90' });
    assert.equal(await count(), before);
    const id = await addSettled(world.db, { finance: [{}] }, { reference: '' });
    assert.equal(await count(), before + 1);
    assert.match(textOf((await list(at.fiona)).body), /its payment reference and its accounts are fixed from then on/);
    assert.equal((await save(at.fiona, id)).status, 200);
    assert.equal(await count(), before);
    assert.doesNotMatch((await list(at.audrey)).body, /cannot get one any more/);
  });

  it('keeps being without a payment reference once it has been saved without one', async () => {
    await setAccount('meals', '4650');
    const id = await addSettled(world.db, { finance: [{}] }, { reference: '' });
    assert.ok((await list(at.fiona)).body.includes(referencePath(id)));
    assert.equal((await save(at.fiona, id)).status, 200);
    assert.ok(!(await list(at.fiona)).body.includes(referencePath(id)));
    const late = await at.fiona.post(referencePath(id), { reference: 'LATE' });
    assert.equal(late.status, 409);
    assert.match(textOf(late.body), /saved for the accountant without a payment reference meanwhile/);
  });

  it('survives any id that is not one, and is no address to open', async () => {
    for (const id of ['nothing', '__proto__', '%00', randomUUIDv7(), '-'.repeat(36), 'f'.repeat(300)])
      assert.equal((await at.fiona.post(`/settlements/${id}/file`)).status, 404, id);
    assert.equal((await at.fiona.get(filePath(randomUUIDv7()))).status, 405);
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});

import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { formatDay } from '../../src/web/clock.ts';
import { paths } from '../../src/web/paths.ts';
import type { CastName } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import { AtExpenses, personIdOf, valuesIn } from '../expense-walk.ts';
import { submit, textOf } from '../forms.ts';
import { HttpBrowser } from '../http-browser.ts';
import { AtImports } from '../import-walk.ts';
import { unzip } from '../unzip.ts';
import { openWorld, type World } from '../world.ts';

const day = '2026-01-05';
/** The last January that is over, whose name differs; its page is among those of the last two years. */
const today = new Date();
const january = `${today.getUTCFullYear() - (today.getUTCMonth() === 0 ? 1 : 0)}-01`;
/** What German would leave behind: names of months, and decimals after a comma. */
const german = /\d\. (?:Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b|Januar 20|\d\.\d{3},\d|\d,\d\d[\s\u00a0][$€]/;

describeOnBothEngines('numbers and dates', (engine) => {
  let world: World;
  let alice: AtExpenses;
  let bob: AtExpenses;
  let fiona: AtExpenses;
  let expense: string;
  before(async () => {
    world = await openWorld({ engine });
    // Alice and Fiona are German to the provider; of Bob it says nothing.
    for (const name of ['alice', 'fiona'] as const) world.tell(name, { locale: 'de-DE' });
    [alice, bob, fiona] = await Promise.all([
      AtExpenses.signIn(world, 'alice'),
      AtExpenses.signIn(world, 'bob'),
      AtExpenses.signIn(world, 'fiona'),
    ]);
    expense = await alice.log({ item: 'Chairs', amount: '1.234,50', spentOn: day });
  });
  after(() => world[Symbol.asyncDispose]());

  /** What the page of the expense says, in text; which day and amount it shows is told apart by their words. */
  async function read(who: AtExpenses, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, body } = await who.browser.ask(world.url(`/expenses/${expense}`), { headers });
    assert.equal(status, 200);
    assert.match(body, /<html lang="en"/);
    return textOf(body);
  }
  const isGerman = (text: string) => text.includes('1.234,50 $') && text.includes('5. Januar 2026');
  const isEnglish = (text: string) => text.includes('$1,234.50') && text.includes('5 January 2026');
  const isFrench = (text: string) => text.includes('1 234,50 $US') && text.includes('5 janvier 2026');

  it('are in the language that the provider says is theirs, whatever the browser asks for', async () => {
    for (const headers of [{}, { 'accept-language': 'fr' }, { 'accept-language': 'en-US,en;q=0.9' }] as const)
      assert.ok(isGerman(await read(alice, headers)));
    assert.match(textOf((await alice.get('/team/finance')).body), /2\.469,06 \$/);
  });

  it('are in the language that the browser asks for where the provider says nothing, and else English', async () => {
    assert.ok(isFrench(await read(bob, { 'accept-language': 'xx, fr-FR;q=0.9, de;q=0.8' })));
    assert.ok(isGerman(await read(bob, { 'accept-language': 'fr;q=0.1, de' })));
    assert.match(await read(bob, { 'accept-language': 'en-US' }), /January 5, 2026/);
    for (const nothing of ['', '*', 'en', 'en-GB', 'tlh', '\t;;,', 'de;q=9', `de,${'x'.repeat(2_000)}`])
      assert.ok(isEnglish(await read(bob, { 'accept-language': nothing })), nothing);
  });

  it('are not changed by a claim that is no language', async () => {
    for (const locale of ['nonsense!', 'tlh', '', 7, ['de'], { de: 1 }, 'de'.repeat(400), '../../de']) {
      world.tell('bob', { locale });
      const again = await AtExpenses.signIn(world, 'bob');
      assert.ok(isFrench(await read(again, { 'accept-language': 'fr' })), JSON.stringify(locale));
      assert.ok(isEnglish(await read(again)), JSON.stringify(locale));
    }
    world.tell('bob', { locale: undefined });
  });

  it('are each one’s own where several read at the same time', async () => {
    const readers = [
      [alice, {}, isGerman],
      [bob, {}, isEnglish],
      [bob, { 'accept-language': 'fr' }, isFrench],
      [fiona, { 'accept-language': 'fr' }, isGerman],
    ] as const;
    const all = Array.from({ length: 8 }, () => readers).flat();
    const found = await Promise.all(all.map(async ([who, headers, isTheirs]) => isTheirs(await read(who, headers))));
    assert.ok(found.every(Boolean), JSON.stringify(found));
  });

  it('can be typed in either language, and stand in a form as they can be read again', async () => {
    const id = await alice.log({ item: 'Table', amount: '2.345,60', spentOn: day }, 'draft');
    const { amount, spentOn } = valuesIn((await alice.page(id, 'edit')).body);
    assert.deepEqual([amount, spentOn], ['2345.60', day]);
    assert.equal((await alice.edit(id, { item: 'A table' })).status, 303);
    assert.match(textOf((await alice.page(id)).body), /2\.345,60/);
  });

  it('follow the provider at each sign-in and each time it is asked again, and stay where it says nothing then', async () => {
    const localeOf = async () => {
      const query = world.db.selectFrom('person').select('locale').where('subject', '=', 'sub-charlie');
      return (await query.executeTakeFirstOrThrow()).locale;
    };
    world.tell('charlie', { locale: 'de_AT' });
    const { browser } = await world.signIn('charlie');
    assert.equal(await localeOf(), 'de-AT');
    for (const [told, kept] of [
      ['fr-CA-u-nu-arab', 'fr-CA'],
      [undefined, 'fr-CA'],
    ] as const) {
      world.tell('charlie', { locale: told });
      await world.db
        .updateTable('session')
        .set({ revalidate_at: '2026-01-01T00:00:00.000Z' })
        .where('revalidate_at', 'is not', null)
        .execute();
      await browser.ask(world.url('/dashboard'));
      assert.equal(await localeOf(), kept);
    }
    await world.signIn('charlie');
    assert.equal(await localeOf(), null, 'a new sign-in replaces all that was said before');
  });

  it('are in English wherever they are kept or logged, whoever has done it', async () => {
    const limit = { kind: 'month', amount: '1.200,50', currency: 'usd', effect: 'block', category: 'meals' };
    assert.equal((await submit(fiona.browser, await fiona.get('/new-limit'), '/limits', limit)).status, 303);
    const draft = await alice.log({ item: 'Desk', amount: '5.000,00', spentOn: day }, 'draft');
    const blocked = await alice.do(draft, 'submission');
    assert.match(textOf(blocked.body), /in Januar 2026 than the limit of 1\.200,50 \$/);
    assert.equal((await fiona.post(`/months/${january}/closing`)).status, 303);
    const closedOn = formatDay(world.now().toISOString());
    const late = await alice.post('/team/finance/expenses', {
      item: 'Late',
      amount: '1',
      spentOn: `${january}-03`,
      category: 'meals',
      next: 'draft',
    });
    assert.match(textOf(late.body), /Januar \d{4} was closed by Fiona Finch/);
    const old = await alice.log({ item: 'Lamp', amount: '9', spentOn: `${Number(january.slice(0, 4)) - 1}-02-03` }, 'draft');
    await world.db
      .updateTable('expense_row')
      .set({ spent_on: `${january}-04` })
      .where('id', '=', old)
      .execute();
    assert.equal((await alice.do(old, 'deletion', { version: '1' })).status, 409);
    const file = `Date,Description,Amount,Currency\n${january}-03,Closed,12.50,USD\n2025-03-03,${'long '.repeat(300)},1234.50,USD\n2025-03-03,No rate,7,CHF\n`;
    const page = await new AtImports(alice).bring(file);
    assert.match(textOf(page.body), new RegExp(`January \\d{4} was closed by Fiona Finch on ${closedOn}`));
    assert.match(textOf(page.body), /There is no rate for CHF in the week before 3 March 2025/);
    assert.equal((await alice.get(`/team/finance/expenses.csv?from=${day}&to=2026-02-01&least=1234%2C5`)).status, 200);
    assert.equal((await fiona.post(`/months/${january}/opening`)).status, 303);

    const said = await world.db.selectFrom('audit_entry').select(['action', 'about_name', 'detail']).orderBy('id').execute();
    const told = said.map(({ action, about_name: about, detail }) => `${action}: ${about}: ${detail}`).join('\n');
    assert.match(told, /limit-added: At most \$1,200\.50 per person and month, every team in USD, Meals[^,]*, blocks/);
    assert.match(told, new RegExp(`month-closed: January ${january.slice(0, 4)}`));
    assert.match(told, new RegExp(`month-opened: January ${january.slice(0, 4)}`));
    assert.match(told, /From: 5 January 2026; To: 1 February 2026; At least: \$1,234\.50/);
    for (const { name } of await world.db.introspection.getTables()) {
      const rows = await world.db
        .selectFrom(name as 'audit_entry')
        .selectAll()
        .execute();
      for (const row of rows) assert.doesNotMatch(JSON.stringify(row), german, name);
    }
    const logged = JSON.stringify(world.log);
    assert.doesNotMatch(logged, german);
    assert.match(logged, /January \d{4} was closed by Fiona Finch/);
  });

  it('are the same in every export, whatever the language of whoever saves it', async () => {
    const path = (extension: string) => world.url(`/team/finance/expenses.${extension}?from=${day}&least=1000`);
    const save = async (extension: string, language: string) => {
      const { status, bytes } = await bob.browser.ask(path(extension), { headers: { 'accept-language': language } });
      assert.equal(status, 200);
      return extension === 'xlsx' ? Buffer.concat([...unzip(bytes).values()]) : bytes;
    };
    for (const extension of ['csv', 'jsonl', 'xlsx']) {
      const [ours, theirs] = await Promise.all([save(extension, 'en'), save(extension, 'de')]);
      assert.doesNotMatch(theirs.toString(), german, extension);
      // The workbook says when it was saved.
      if (extension !== 'xlsx') assert.ok(ours.equals(theirs), extension);
    }
    assert.match((await save('xlsx', 'de')).toString(), /5 January 2026/);
  });

  it('in what is kept about somebody are those of machines and of English, and the language is among it', async () => {
    const granted = { id: '0-language', person_id: await personIdOf(world, 'alice'), role: 'auditor', team_id: null } as const;
    await world.db
      .insertInto('right_grant')
      .values({ ...granted, given_by: 'Dana Dyer', given_at: `${day}T08:00:00.000Z` })
      .execute();
    assert.match(textOf((await alice.get('/profile')).body), /Given by Dana Dyer on 5\. Januar 2026/);
    const { bytes } = await alice.browser.ask(world.url(paths.myData), { method: 'POST' });
    const person = String(unzip(bytes).get('person.json'));
    assert.equal((JSON.parse(person) as { locale?: unknown }).locale, 'de-DE');
    assert.match(person, /Given by Dana Dyer on 5 January 2026/);
    assert.doesNotMatch(person, german);
  });

  it('do not keep a guest from signing in, whatever the browser asks for', async () => {
    const hostile = new HttpBrowser();
    for (const language of ['de', 'x'.repeat(8_000), 'de,'.repeat(2_000), '%00', ';;;;', 'de;q=0.'.repeat(500)])
      assert.equal(
        (await hostile.ask(world.url('/'), { headers: { 'accept-language': language } })).status,
        200,
        language.slice(0, 20),
      );
    assert.equal((await world.signIn('nobody' satisfies CastName, hostile)).landed.status, 200);
  });
});

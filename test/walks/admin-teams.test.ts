import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { fieldsOf, mistakesOn, submit, textOf } from '../forms.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import { assertNoDefect } from './administration.ts';

const list = '/admin/teams';

describeOnBothEngines('the pages of teams', (engine) => {
  let world: World;
  let admin: HttpBrowser;
  before(async () => {
    world = await openWorld({ engine });
    admin = (await world.signIn('dana')).browser;
  });
  after(() => world[Symbol.asyncDispose]());

  const open = async (path: string, browser = admin) => browser.ask(world.url(path));
  const post = async (path: string, form = {}, browser = admin) => browser.ask(world.url(path), { method: 'POST', form });
  const create = async (typed: Readonly<Record<string, string>>) => submit(admin, await open('/admin/new-team'), list, typed);
  const landOn = async ({ location = '' }: Answer) => admin.ask(location);
  const audited = async (action: string) =>
    world.db.selectFrom('audit_entry').selectAll().where('action', '=', action).orderBy('id').execute();

  it('list every team with its address, its currency and how much stands in it, and never what', async () => {
    const page = await open(list);
    const text = textOf(page.body);
    for (const words of [
      '3 teams',
      'Empty /empty · JPY · 0 expenses',
      'Finance /finance · USD · 3 expenses',
      'Marketing /marketing · EUR · 1 expense',
    ])
      assert.ok(text.includes(words), `${words} in ${text}`);
    assert.doesNotMatch(page.body, /marker|1,234/);
  });

  it('create a team at an address made from its name, which nobody but whoever sees all teams can see yet', async () => {
    const made = await create({ label: '  Übersee & Zürich (2026) ', currency: 'chf' });
    assert.equal(made.location, world.url('/admin/teams/ubersee-zurich-2026?done=team-added'));
    const page = await landOn(made);
    assert.match(textOf(page.body), /Übersee & Zürich \(2026\) The team is there\. Give people a way into it/);
    assert.deepEqual(fieldsOf(page.body, '/admin/teams/ubersee-zurich-2026'), {
      label: 'Übersee & Zürich (2026)',
      currency: 'CHF',
      secondAbove: '',
    });
    assert.equal((await open('/team/ubersee-zurich-2026')).status, 200);
    const { browser } = await world.signIn('alice');
    assert.equal((await open('/team/ubersee-zurich-2026', browser)).status, 404);
  });

  it('create a team at an address of its own', async () => {
    const made = await create({ label: 'Research', currency: 'EUR', id: 'r-and-d' });
    assert.equal(made.location, world.url('/admin/teams/r-and-d?done=team-added'));
    const [entry] = (await audited('team-added')).slice(-1);
    assert.deepEqual([entry?.person_name, entry?.about_id, entry?.about_name], ['Dana Dyer', 'r-and-d', 'Research']);
  });

  it('take nothing that is wrong: it comes back as it was typed, with a sentence beside each field', async () => {
    const wrong: readonly (readonly [Record<string, string>, Record<string, RegExp>])[] = [
      [
        { label: ' ', currency: 'euro', id: 'Not This' },
        { label: /Give the team a name/, currency: /three letters/, id: /lower-case letters/ },
      ],
      [
        { label: 'x'.repeat(101), currency: 'XXY' },
        { label: /100 characters at most/, currency: /such as EUR/ },
      ],
      [{ label: 'Fin\u202Eance', currency: 'EUR' }, { label: /something invisible/ }],
      [{ label: 'a\u0000b', currency: 'EUR' }, { label: /something invisible/ }],
      [{ label: '\u200B', currency: 'EUR' }, { label: /something invisible/ }],
      [{ label: 'Another', currency: 'EUR', id: 'finance' }, { id: /There is a team at this address already/ }],
      [{ label: 'Finance', currency: 'EUR' }, { id: /There is a team at this address already/ }],
      [{ label: '财务', currency: 'EUR' }, { id: /no letters that can stand in an address/ }],
      [
        { label: '"><b>', currency: '<i>', id: '-' },
        { currency: /three letters/, id: /a hyphen never first/ },
      ],
    ];
    for (const [typed, expected] of wrong) {
      const answer = await create(typed);
      assert.equal(answer.status, 422, JSON.stringify(typed));
      const mistakes = mistakesOn(answer.body);
      assert.deepEqual(Object.keys(mistakes).toSorted(), Object.keys(expected).toSorted(), JSON.stringify(typed));
      for (const [name, sentence] of Object.entries(expected)) assert.match(mistakes[name] ?? '', sentence);
      assert.deepEqual(fieldsOf(answer.body, list), { id: '', ...typed });
      for (const name of Object.keys(expected))
        assert.match(
          answer.body,
          new RegExp(`name="${name}"[^>]*aria-invalid="true" autofocus aria-describedby="about-${name}"`),
        );
    }
  });

  it('create one team of two admins who want the same address at once; the other one is told', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(list, { label: 'Race', currency: 'EUR', id: '' })));
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    assert.equal(answers.filter(({ status }) => status === 422).length, 7);
    for (const { status, body } of answers)
      if (status === 422) assert.match(mistakesOn(body)['id'] ?? '', /There is a team at this address already/);
    assert.equal((await audited('team-added')).filter(({ about_id: id }) => id === 'race').length, 1);
  });

  it('change what a team is called, everywhere at once, and its address never', async () => {
    const page = await open('/admin/teams/empty');
    const changed = await submit(admin, page, '/admin/teams/empty', { label: 'Quiet' });
    assert.match(textOf((await landOn(changed)).body), /^.*Quiet The team is changed\./);
    const { browser, landed } = await world.signIn('charlie');
    assert.match(landed.body, /Quiet/);
    assert.match((await open('/team/empty', browser)).body, /Quiet/);
    const [entry] = (await audited('team-changed')).slice(-1);
    assert.equal((JSON.parse(entry?.detail ?? '') as { labelWas: string }).labelWas, 'Empty');
  });

  it('change a team no more than create one with what is wrong', async () => {
    const answer = await post('/admin/teams/finance', { label: '', currency: 'coins' });
    assert.equal(answer.status, 422);
    assert.deepEqual(Object.keys(mistakesOn(answer.body)).toSorted(), ['currency', 'label']);
    assert.deepEqual(fieldsOf(answer.body, '/admin/teams/finance'), { label: '', currency: 'coins', secondAbove: '' });
    assert.match(textOf(answer.body), /All teams Finance/, 'it says which team this is');
  });

  it('change the currency of a team that has spent nothing, and refuse it once there is an expense', async () => {
    assert.equal((await post('/admin/teams/empty', { label: 'Quiet', currency: 'NOK' })).status, 303);
    const refused = await post('/admin/teams/finance', { label: 'Money', currency: 'EUR' });
    assert.equal(refused.status, 409);
    assert.match(textOf(refused.body), /This team has expenses in USD, so its currency stays.* Back to administration/);
    const page = await open('/admin/teams/finance');
    assert.match(textOf(page.body), /Currency USD, which stays/);
    assert.doesNotMatch(page.body, /id="field-currency"/, 'what cannot be changed is not asked for');
    assert.ok(
      fieldsOf((await open('/admin/teams/finance')).body, '/admin/teams/finance')['label'] === 'Finance',
      'nothing was changed',
    );
    assert.equal(
      (await post('/admin/teams/finance', { label: 'Finance', currency: 'usd' })).status,
      303,
      'the same one is no change',
    );
  });

  it('archive a team, which can still be seen, and restore it; twice is once', async () => {
    const way = '/admin/teams/marketing';
    for (let times = 0; times < 2; times += 1) {
      const page = await landOn(await post(`${way}/archiving`));
      assert.match(textOf(page.body), /The team is archived\. Who could see it still can/);
      assert.match(textOf(page.body), /Archived since/);
      assert.ok(!page.body.includes(`${way}/archiving`));
    }
    assert.match(textOf((await open(list)).body), /Marketing Archived \/marketing/);
    const { browser } = await world.signIn('charlie');
    assert.equal((await open('/team/marketing', browser)).status, 200);
    for (let times = 0; times < 2; times += 1) {
      const page = await landOn(await submit(admin, await open(way), `${way}/${times === 0 ? 'restoring' : 'archiving'}`));
      if (times === 0) assert.match(textOf(page.body), /The team is back\./);
    }
    assert.equal((await audited('team-archived')).length, 2);
    assert.equal((await audited('team-restored')).length, 1);
  });

  it('are the same for another admin, and say what was done by the address alone', async () => {
    await world.db.transaction().execute(async (transaction) => {
      const rule = await transaction
        .selectFrom('rule')
        .selectAll()
        .where('value', '=', 'dana@example.com')
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('rule')
        .values({ ...rule, id: `${rule.id.slice(0, -1)}x`, value: 'bob@example.com' })
        .execute();
    });
    const { browser } = await world.signIn('bob');
    for (const path of [list, '/admin/new-team', '/admin/teams/finance'])
      assert.equal(textOf((await open(path, browser)).body), textOf((await open(path)).body), path);
    assert.match(
      (await open('/admin/teams/finance?done=team-changed', browser)).body,
      /<p class="notice" role="status">The team is changed\./,
    );
    for (const done of ['', 'nothing', '__proto__', 'toString', '<b>'])
      assert.doesNotMatch((await open(`/admin/teams/finance?done=${done}`)).body, /role="status"/);
  });

  it('are found by name or address, without accents, in pages that show each of them once', async () => {
    await world.db
      .insertInto('team')
      .values(Array.from({ length: 120 }, (_, index) => ({ id: `many-${index}`, label: `Équipe ${index}`, currency: 'EUR' })))
      .execute();
    const seen: string[] = [];
    let path: string | undefined = `${list}?q=EQUIPE`;
    let pages = 0;
    while (path !== undefined) {
      const { body } = await open(path);
      assert.match(body, /120 teams/);
      seen.push(...[...body.matchAll(/href="\/admin\/teams\/(many-\d+)"/g)].map(([, id = '']) => id));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
      pages += 1;
    }
    assert.equal(pages, 3);
    assert.equal(seen.length, 120);
    assert.equal(new Set(seen).size, 120);
    assert.deepEqual(seen.slice(0, 3), ['many-0', 'many-1', 'many-2'], 'as people count');
    assert.match(textOf((await open(`${list}?q=many-117`)).body), /1 team Équipe 117/);
    const none = await open(`${list}?q=${encodeURIComponent('<nothing>')}`);
    assert.match(textOf(none.body), /Show all No team is called that/);
    assert.match(none.body, /value="&lt;nothing&gt;"/);
    assertNoDefect(world);
  });
});

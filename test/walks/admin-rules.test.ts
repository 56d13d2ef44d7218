import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { fieldsOf, mistakesOn, submit, textOf } from '../forms.ts';
import type { Answer, HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import { assertNoDefect, giveByHand, personId, ruleId } from './administration.ts';

const list = '/admin/rules';
const preview = '/admin/rule-preview';
const changes = '/admin/rule-changes';

describeOnBothEngines('the pages of rules', (engine) => {
  let world: World;
  let admin: HttpBrowser;
  let alice: HttpBrowser;
  let nora: HttpBrowser;
  before(async () => {
    world = await openWorld({ engine });
    nora = (await world.signIn('nobody')).browser;
    alice = (await world.signIn('alice')).browser;
    await world.signIn('charlie');
    admin = (await world.signIn('dana')).browser;
  });
  after(() => world[Symbol.asyncDispose]());

  const open = async (path: string, browser = admin) => browser.ask(world.url(path));
  const landOn = async ({ location = '' }: Answer) => admin.ask(location);
  const newRule = async (typed: Readonly<Record<string, string>>, browser = admin) =>
    submit(browser, await open('/admin/new-rule', browser), preview, { kind: 'add', ...typed });
  const ofNora = { claim: 'email', operator: 'equals', value: ' Nobody@Example.com ', role: 'member', team: 'marketing' };
  const audited = async (action: string) =>
    world.db.selectFrom('audit_entry').selectAll().where('action', '=', action).orderBy('id').execute();

  it('list every rule as a sentence, to an admin and to another one alike', async () => {
    const text = textOf((await open(list)).body);
    assert.match(text, /10 rules/);
    assert.match(text, /Finance, as a member Everybody whose e-mail address is alice@example\.com/);
    const grant = await giveByHand(world, await personId(world, 'charlie'), { role: 'admin', team_id: null });
    const { browser } = await world.signIn('charlie');
    for (const path of [list, '/admin/new-rule', `${list}/${await ruleId(world, 'alice@example.com')}`])
      assert.equal(textOf((await open(path, browser)).body), textOf((await open(path)).body), path);
    await world.db.deleteFrom('right_grant').where('id', '=', grant).execute();
  });

  it('show what a new rule would do before it is saved; saved, it counts on the next request', async () => {
    const seen = await newRule(ofNora);
    assert.equal(seen.status, 200);
    const text = textOf(seen.body);
    assert.match(text, /Everybody whose e-mail address is nobody@example\.com: Marketing, as a member\./);
    assert.match(text, /Gaining: 1 person Nora Nobody Marketing, as a member Losing: nobody/);
    assert.match(text, /Nothing is saved yet/);
    assert.equal((await open('/team/marketing', nora)).status, 404, 'a preview gives nothing');
    const saved = await submit(admin, seen, changes);
    assert.equal(saved.location, world.url(`${list}?done=rule-added`));
    assert.match(textOf((await landOn(saved)).body), /The rule counts from now on\./);
    assert.equal((await open('/team/marketing', nora)).status, 200, 'without signing in again');
    const [entry] = await audited('rule-added');
    assert.equal(entry?.about_name, 'Everybody whose e-mail address is nobody@example.com: Marketing, as a member.');
    assert.equal(entry?.detail, '{"gaining":1,"losing":0}');
  });

  it('say so where a new rule changes nothing for anybody yet', async () => {
    const { body } = await newRule({ ...ofNora, value: 'newcomer@example.com' });
    assert.match(textOf(body), /So far this changes nothing for anybody\. .* Save the rule Change it first/);
  });

  it('say so where such a rule is there already', async () => {
    const again = await submit(admin, await newRule(ofNora), changes);
    assert.equal(again.status, 409);
    assert.match(textOf(again.body), /There is a rule exactly like this one already, so nothing was changed\./);
  });

  it('change a rule, after saying who gains and who loses', async () => {
    const path = `${list}/${await ruleId(world, 'nobody@example.com')}`;
    const page = await open(path);
    assert.match(textOf(page.body), /Everybody whose e-mail address is nobody@example\.com: Marketing, as a member\./);
    const seen = await submit(admin, page, preview, { kind: 'change', operator: 'matches', value: 'nobody@*', team: 'finance' });
    assert.match(
      textOf(seen.body),
      /Before: Everybody whose e-mail address is nobody@example\.com.*Gaining: 1 person Nora Nobody Finance, as a member Losing: 1 person Nora Nobody Marketing, as a member/,
    );
    assert.doesNotMatch(textOf(seen.body), /signed out/, 'something is left');
    await submit(admin, seen, changes);
    assert.equal((await open('/team/finance', nora)).status, 200);
    assert.equal((await open('/team/marketing', nora)).status, 404);
    assert.match(
      textOf((await open(`${list}?q=nobody`)).body),
      /1 rule Finance, as a member Everybody whose e-mail address is like nobody@\*/,
    );
  });

  it('remove a rule, after saying who is left with nothing and signed out', async () => {
    const page = await open(`${list}/${await ruleId(world, 'nobody@*')}`);
    const seen = await submit(admin, page, preview, { kind: 'remove', value: 'what is typed does not count' });
    const text = textOf(seen.body);
    assert.match(text, /This rule would go: Everybody whose e-mail address is like nobody@\*/);
    assert.match(text, /Losing: 1 person Nora Nobody Finance, as a member\. Nothing is left to them, so they are signed out\./);
    assert.equal((await open('/team/finance', nora)).status, 200);
    const saved = await submit(admin, seen, changes);
    assert.match(textOf((await landOn(saved)).body), /The rule is removed\./);
    assert.equal((await open('/dashboard', nora)).status, 303, 'their session is over');
    assert.equal((await submit(admin, seen, changes)).status, 404, 'it is gone');
  });

  it('keep what was typed when somebody wants to change it first', async () => {
    const typed = { claim: 'department', operator: 'matches', value: 'R&D "*"', role: 'manager', team: 'finance' };
    const form = await submit(admin, await newRule(typed), preview, { edit: '1' });
    assert.equal(form.status, 200);
    const { id, ...shown } = fieldsOf(form.body, preview);
    assert.equal(id, '');
    assert.deepEqual(shown, typed);
    const rule = await ruleId(world, 'alice@example.com');
    const seen = await submit(admin, await open(`${list}/${rule}`), preview, { kind: 'change', value: 'al@example.com' });
    const back = await submit(admin, seen, preview, { edit: '1' });
    assert.deepEqual([fieldsOf(back.body, preview)['id'], fieldsOf(back.body, preview)['value']], [rule, 'al@example.com']);
  });

  it('take nothing that is wrong: it comes back as it was typed, with a sentence beside each field', async () => {
    const good = { claim: 'groups', operator: 'equals', value: 'x', role: 'member', team: 'finance' };
    const wrong: readonly (readonly [Record<string, string>, Record<string, RegExp>])[] = [
      [
        { claim: ' ', value: '', team: '' },
        { claim: /Say what the rule looks at/, value: /Say which value/ },
      ],
      [{ team: '' }, { team: /Choose the team/ }],
      [{ team: 'nothing' }, { team: /Choose the team/ }],
      [{ role: 'admin' }, { team: /counts for every team/ }],
      [
        { role: 'owner', operator: 'like' },
        { role: /Choose a role/, operator: /how the value is compared/ },
      ],
      [
        { claim: 'c'.repeat(501), value: 'v'.repeat(501) },
        { claim: /200 characters/, value: /500 characters/ },
      ],
      [
        { claim: 'a\u0000', value: 'b\nc' },
        { claim: /line breaks/, value: /line breaks/ },
      ],
    ];
    for (const [typed, expected] of wrong) {
      for (const answer of [
        await newRule({ ...good, ...typed }),
        await admin.ask(world.url(changes), { method: 'POST', form: { kind: 'add', ...good, ...typed, seen: '1' } }),
      ]) {
        assert.equal(answer.status, 422, JSON.stringify(typed));
        const mistakes = mistakesOn(answer.body);
        assert.deepEqual(Object.keys(mistakes).toSorted(), Object.keys(expected).toSorted());
        for (const [name, sentence] of Object.entries(expected)) assert.match(mistakes[name] ?? '', sentence);
        for (const name of ['claim', 'value'] as const)
          assert.equal(fieldsOf(answer.body, preview)[name], { ...good, ...typed }[name]);
      }
    }
    for (const kind of ['change', 'remove']) {
      for (const id of ['', 'nothing', '__proto__', '\u0000', 'x'.repeat(300)])
        for (const way of [preview, changes])
          assert.equal((await admin.ask(world.url(way), { method: 'POST', form: { ...good, kind, id } })).status, 404);
    }
  });

  it('give the second of two admins at once a fresh preview instead of what they did not see', async () => {
    const first = await newRule({ ...ofNora, team: 'finance' });
    const second = await newRule({ ...ofNora, value: 'alice@example.com' });
    assert.equal((await submit(admin, first, changes)).status, 303);
    const stale = await submit(admin, second, changes);
    assert.equal(stale.status, 409);
    assert.match(textOf(stale.body), /The rules have changed since you looked\. This is what your change would do now\./);
    assert.match(textOf(stale.body), /Gaining: 1 person Alice Archer Marketing, as a member/);
    assert.equal((await open('/team/marketing', alice)).status, 404, 'nothing is saved');
    assert.equal((await submit(admin, stale, changes)).status, 303);
    assert.equal((await open('/team/marketing', alice)).status, 200);
    for (const seen of ['', '0', '__proto__', '\u0000', 'x'.repeat(1_000)])
      assert.equal((await submit(admin, await newRule({ ...ofNora, value: 'n@example.com' }), changes, { seen })).status, 409);
  });

  it('are saved once where two admins save at the same moment', async () => {
    const seen = await newRule({ ...ofNora, value: 'moment@example.com' });
    const answers = await Promise.all([submit(admin, seen, changes), submit(admin, seen, changes)]);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303, 409]));
  });

  it('keep the last admin', async () => {
    const rule = await open(`${list}/${await ruleId(world, 'dana@example.com')}`);
    for (const typed of [
      { kind: 'remove' },
      { kind: 'change', value: 'somebody@example.com' },
      { kind: 'change', role: 'auditor' },
    ]) {
      const refused = await submit(admin, await submit(admin, rule, preview, typed), changes);
      assert.equal(refused.status, 409);
      assert.match(textOf(refused.body), /The last admin stays Nobody would be an admin any more, so nothing was changed\./);
    }
    assert.equal((await open(list)).status, 200);
  });

  it('are found by any word of theirs, in pages that show each of them once', async () => {
    await world.db
      .insertInto('rule')
      .values(
        Array.from({ length: 120 }, (_, index) => ({
          id: randomUUIDv7(),
          claim: 'groups',
          value: `Größe ${index}`,
          role: 'member' as const,
          team_id: 'empty',
        })),
      )
      .execute();
    const seen: string[] = [];
    let path: string | undefined = `${list}?q=grosse`.replace('grosse', 'GRÖßE');
    while (path !== undefined) {
      const { body } = await open(path);
      assert.match(body, /120 rules/);
      seen.push(...[...body.matchAll(/href="\/admin\/rules\/([^"?]+)"/g)].map(([, id = '']) => id));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
    assert.equal(seen.length, 120);
    assert.equal(new Set(seen).size, 120);
    assert.match(textOf((await open(`${list}?q=nothing%20at%20all`)).body), /No rule says that/);
    assertNoDefect(world);
  });
});

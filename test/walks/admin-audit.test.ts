import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { AuditEntry } from '../../src/audit/entries.ts';
import { linkPending } from '../../src/audit/linking.ts';
import { type AuditAction, firstIdAt, type NewAuditEntry, recordAudit } from '../../src/audit/record.ts';
import { describeOnBothEngines } from '../databases.ts';
import { fieldsOf, textOf } from '../forms.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';
import { assertNoDefect, giveByHand, personId } from './administration.ts';

const record = '/admin/audit';
const exporting = '/admin/audit/export';

describeOnBothEngines('the pages of the audit record', (engine) => {
  let world: World;
  let admin: HttpBrowser;
  let alice: string;
  before(async () => {
    world = await openWorld({ engine });
    await world.signIn('alice');
    alice = await personId(world, 'alice');
    admin = (await world.signIn('dana')).browser;
    await post(`/admin/people/${alice}/disabling`);
    await post(`/admin/people/${alice}/enabling`);
    await post('/admin/teams', { label: 'Audited <i>', currency: 'EUR', id: '' });
    await linkPending(world.db);
  });
  after(() => world[Symbol.asyncDispose]());

  const open = async (path: string, browser = admin) => browser.ask(world.url(path));
  const post = async (path: string, form = {}, browser = admin) => browser.ask(world.url(path), { method: 'POST', form });
  const shown = (body: string) => [...body.matchAll(/<div class="audit-head"><strong>([^<]*)/g)].map(([, what]) => what);
  const add = async (entries: readonly NewAuditEntry[], at: Date) =>
    world.db.transaction().execute(async (transaction) => {
      for (const entry of entries) await recordAudit(transaction, entry, () => at);
    });
  /** Straight into the table, so that thousands of them are there at once. */
  const addMany = async (action: AuditAction, details: readonly object[], at: Date) => {
    for (let from = 0; from < details.length; from += 500) {
      const rows = details.slice(from, from + 500).map((detail) => ({
        id: firstIdAt(at).slice(0, 13) + randomUUIDv7().slice(13),
        at: at.toISOString(),
        action,
        detail: JSON.stringify(detail),
      }));
      await world.db.insertInto('audit_entry').values(rows).execute();
    }
  };
  const linesOf = (body: string) =>
    body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as AuditEntry);

  it('say who did what to whom, the newest first, each with its place in the chain', async () => {
    const { body } = await open(record);
    const admins = shown(body).filter((what) => !/igned|Came in/.test(what ?? ''));
    assert.deepEqual(admins.slice(0, 4), ['Team created', 'Person let in again', 'Access ended', 'Person disabled']);
    const text = textOf(body);
    assert.match(text, /Team created .* By Dana Dyer, about Audited <i>/);
    assert.match(text, /Person disabled .* By Dana Dyer, about Alice Archer/);
    assert.match(text, /no\. \d+ [\da-f]{12}/);
    assert.doesNotMatch(body, /Audited <i>/);
    assert.ok(body.includes(`about <a href="/admin/people/${alice}">Alice Archer</a>`));
    assert.match(body, /about <a href="\/admin\/teams\/audited-i">/);
    assert.match(body, new RegExp(`<a href="/admin/people/${await personId(world, 'dana')}">Dana Dyer</a>`));
  });

  it('are the same for another admin and for an auditor', async () => {
    const grant = await giveByHand(world, await personId(world, 'alice'), { role: 'admin', team_id: null });
    const [{ browser: colleague }, { browser: auditor }] = [await world.signIn('alice'), await world.signIn('audrey')];
    const mine = textOf((await open(record)).body);
    for (const browser of [colleague, auditor]) assert.equal(textOf((await open(record, browser)).body), mine);
    assert.equal((await post(exporting, {}, auditor)).status, 200);
    await world.db.deleteFrom('right_grant').where('id', '=', grant).execute();
  });

  it('narrow to one person, one kind and whole days', async () => {
    await add([{ action: 'team-archived', by: { id: alice, name: 'Alice Archer' } }], new Date('2026-02-01T23:59:59.999Z'));
    await add([{ action: 'team-restored', by: { id: alice, name: 'Alice Archer' } }], new Date('2026-02-02T00:00:00Z'));
    const whats = async (query: string) => shown((await open(`${record}?${query}`)).body);
    assert.deepEqual(await whats('action=person-disabled'), ['Person disabled']);
    assert.deepEqual(await whats('from=2026-02-01&to=2026-02-01'), ['Team archived']);
    assert.deepEqual(await whats('from=2026-02-01&to=2026-02-02'), ['Team restored', 'Team archived']);
    assert.deepEqual(await whats('from=2026-02-02&to=2026-02-02'), ['Team restored']);
    assert.deepEqual(await whats('from=2026-02-02&to=2026-02-01'), []);
    const hers = await open(`${record}?person=${alice}&to=2026-02-02`);
    assert.deepEqual(shown(hers.body), ['Team restored', 'Team archived']);
    assert.match(textOf(hers.body), /Only what Alice Archer did, or what was done to them\. Show everybody’s/);
    assert.ok((await whats(`person=${alice}`)).includes('Person disabled'), 'and what was done to her');
    assert.ok(!(await whats(`person=${alice}`)).includes('Team created'));
    const none = await open(`${record}?to=1999-01-01`);
    assert.match(textOf(none.body), /Nothing of that kind happened/);
    assert.equal(fieldsOf(none.body, record)['to'], '1999-01-01', 'what was asked stays in the form');
    assert.equal((await open(`${record}?person=${'0'.repeat(36)}`)).status, 200);
  });

  it('come fifty to a page, each entry once, and keep what they were narrowed to', async () => {
    const at = new Date('2026-03-01T12:00:00Z');
    await add(
      Array.from({ length: 120 }, (_, index) => ({ action: 'rule-added' as const, detail: { number: `n${index};` } })),
      at,
    );
    const seen: string[] = [];
    let path: string | undefined = `${record}?action=rule-added&from=2026-03-01&to=2026-03-01`;
    while (path !== undefined) {
      const { body } = await open(path);
      seen.push(...(body.match(/number: n\d+;/g) ?? []));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
      if (path !== undefined) assert.match(path, /action=rule-added&from=2026-03-01&to=2026-03-01&after=/);
    }
    assert.equal(seen.length, 120);
    assert.equal(new Set(seen).size, 120);
  });

  it('are exported whole as JSON Lines, whatever stands in them, and that is an entry, too', async () => {
    const at = new Date('2026-04-01T12:00:00Z');
    const nasty = 'a\nb\r\n{"x":1}\u2028=1+1 💸 <script>';
    const many = Array.from({ length: 1_200 }, (_, index) => ({ index, nasty }));
    await addMany('rule-removed', many, at);
    const form = { ...fieldsOf((await open(`${record}?action=rule-removed&from=2026-04-01`)).body, record), to: '2026-04-01' };
    assert.deepEqual(form, { action: 'rule-removed', from: '2026-04-01', to: '2026-04-01' });
    const { status, headers, body } = await post(exporting, form);
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/jsonl/);
    assert.equal(headers.get('content-disposition'), 'attachment; filename=outlay-audit.jsonl');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('cache-control') ?? '', /no-store/);
    assert.equal(headers.get('content-length'), null, 'it is sent as it is read');
    const lines = linesOf(body);
    assert.deepEqual(
      lines.map(({ detail }) => Number(detail['index'])).toSorted((a, b) => a - b),
      many.map((_, index) => index),
    );
    assert.equal(new Set(lines.map(({ id }) => id)).size, 1_200);
    assert.ok(lines.every(({ at: when }) => when === at.toISOString()));
    const { body: after } = await open(`${record}?action=audit-exported`);
    assert.match(
      textOf(after),
      /Audit record exported .* By Dana Dyer .*action: rule-removed · from: 2026-04-01 · to: 2026-04-01/,
    );
  });

  it('are exported by a POST of our own page alone', async () => {
    const exports = async () => (await open(`${record}?action=audit-exported`)).body.split('audit-head').length;
    const before = await exports();
    assert.equal((await open(exporting)).status, 405);
    const foreign = await admin.ask(world.url(exporting), { method: 'POST', headers: { origin: 'https://other.example' } });
    assert.equal(foreign.status, 403);
    for (const name of ['manuel', 'fiona'] as const)
      assert.equal((await post(exporting, {}, (await world.signIn(name)).browser)).status, 404, name);
    assert.equal(await exports(), before);
  });

  it('are exported although what was asked for makes no sense: then it is everything', async () => {
    const odd = { person: '\u0000', action: '__proto__', from: 'yesterday', to: '2026-02-30', after: 'x' };
    const all = await world.db.selectFrom('audit_entry').select('id').execute();
    const { status, body } = await post(exporting, odd);
    assert.equal(status, 200);
    assert.equal(linesOf(body).length, all.length + 1, 'this export included');
  });

  it('may be left in the middle of an export, which is no error of ours', async () => {
    const detail = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`part${index}`, 'x'.repeat(500)]));
    await addMany(
      'rule-changed',
      Array.from({ length: 3_000 }, () => detail),
      new Date('2026-05-01T12:00:00Z'),
    );
    const leaving = new AbortController();
    const answer = await fetch(world.url(exporting), {
      method: 'POST',
      signal: leaving.signal,
      headers: { origin: world.baseUrl, cookie: await admin.cookies.getCookieString(world.url('/')) },
    });
    await answer.body?.getReader().read();
    leaving.abort();
    const left = () =>
      world.log.some(({ event, path, complete }) => event === 'request' && path === exporting && complete === false);
    while (!left()) await setImmediate();
    await open(record);
    assertNoDefect(world);
    assert.ok(!world.log.some(({ event, kind }) => event === 'problem' && kind === undefined));
  });
});

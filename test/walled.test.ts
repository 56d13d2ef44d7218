import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { verifyAudit } from '../src/audit/verify.ts';
import { openDatabase } from '../src/database/open.ts';
import { paths } from '../src/web/paths.ts';
import { freePort } from './free-port.ts';
import { HttpBrowser } from './http-browser.ts';
import { spawnOutlay } from './spawned.ts';
import { newDatabaseWithTwoRoles } from './two-roles.ts';

it('the whole of Outlay works as a database user that cannot change the audit record', async () => {
  await using opened = new AsyncDisposableStack();
  const roles = opened.use(await newDatabaseWithTwoRoles());
  const folder = mkdtempSync(join(tmpdir(), 'outlay-walled-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const address = `http://localhost:${port}`;
  const env = { PORT: String(port), DEMO_PROVIDER_PORT: String(await freePort()), DATABASE_URL: roles.url };

  async function signIn(): Promise<HttpBrowser> {
    const browser = new HttpBrowser();
    const choose = await browser.follow(`${address}/login?return_to=/team/finance`);
    const page = await browser.follow(choose.url, { method: 'POST', form: { person: 'demo-4' } });
    assert.match(page.body, /\$2,780\.00/);
    return browser;
  }
  const isIn = async (browser: HttpBrowser) => (await browser.ask(`${address}/dashboard`)).status === 200;

  // Twice: the first start makes the tables, the second one knows no owner and finds nothing to do.
  for (const settings of [{ ...env, DATABASE_OWNER_URL: roles.ownerUrl }, env]) {
    const { stop, output } = await spawnOutlay(folder, settings, 'Ctrl+C stops it.');
    const [first, second] = [await signIn(), await signIn()];
    const { body } = await first.ask(address + paths.profile);
    const [ending = ''] = /\/sessions\/[\w-]{43}\/ending/.exec(body) ?? [];
    await first.follow(address + ending, { method: 'POST' });
    assert.deepEqual([await isIn(first), await isIn(second)], [true, false]);
    await first.follow(address + paths.logout, { method: 'POST' });
    assert.ok(!(await isIn(first)));
    await stop();
    assert.doesNotMatch(output(), /audit-not-walled/);
  }

  const db = await openDatabase(roles.url);
  opened.defer(() => db.destroy());
  const { fault, pending, linked } = await verifyAudit(db);
  assert.deepEqual({ fault, pending }, { fault: undefined, pending: 0 });
  const entries = await db.selectFrom('audit_entry').select('action').orderBy('id').execute();
  assert.equal(entries.length, linked);
  for (const action of ['person-admitted', 'signed-in', 'access-ended', 'signed-out'])
    assert.ok(
      entries.some((entry) => entry.action === action),
      action,
    );
});

it('Outlay says at the start where its database user could change the audit record', async () => {
  await using opened = new AsyncDisposableStack();
  const roles = opened.use(await newDatabaseWithTwoRoles());
  const folder = mkdtempSync(join(tmpdir(), 'outlay-not-walled-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PORT: String(await freePort()), DEMO_PROVIDER_PORT: String(await freePort()), DATABASE_URL: roles.ownerUrl };
  const { stop, output } = await spawnOutlay(folder, env, 'Ctrl+C stops it.');
  await stop();
  const lines = output()
    .split('\n')
    .filter((line) => line.includes('audit-not-walled'));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /"level":40,.*DATABASE_OWNER_URL/);
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sql } from 'kysely';
import { describeOnBothEngines } from '../databases.ts';
import { type Answer, HttpBrowser } from '../http-browser.ts';
import { faults } from '../hostile-provider/catalogue.ts';
import { behaviourOf } from '../hostile-provider/fault.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import type { World } from '../world.ts';

const clientSecret = 'planted-client-secret-of-the-test';
const sessionSecret = 'planted-session-secret-of-the-test';

/** Every value of every row of every table, whatever tables there are. */
async function dump({ db }: World): Promise<string> {
  const tables = await db.introspection.getTables();
  const rows = await Promise.all(tables.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(db)));
  return JSON.stringify(rows.map((result) => result.rows));
}

describeOnBothEngines('a secret', (engine) => {
  it('TOK-6 is in no log, no page, no address of ours and nowhere in the database in clear, however a sign-in ends', async () => {
    await using opened = await openHostileWorld(
      {
        engine,
        sessionSecret,
        provider: { authentication: { method: 'client_secret_basic', clientSecret }, offlineAccess: true },
      },
      { clientSecret, endSession: true },
    );
    const { provider, world } = opened;
    const secrets = new Set([clientSecret, sessionSecret, 'planted-access', 'planted-refresh', 'eyJhbGciOiJSUzI1NiI']);
    const shown: Answer[] = [];

    async function walk(browser: HttpBrowser): Promise<void> {
      const begun = await browser.ask(world.url('/login?return_to=/profile'));
      const asked = new URL(begun.location ?? '').searchParams;
      // These two the provider has to be told by the browser; nobody else.
      for (const name of ['state', 'nonce']) secrets.add(asked.get(name) ?? '');
      const { location: callback = '' } = await browser.ask(begun.location ?? '');
      const code = new URL(callback).searchParams.get('code');
      if (code !== null) secrets.add(code);
      const answer = await browser.ask(callback);
      for (const { value } of await browser.cookies.getCookies(world.url('/'))) secrets.add(value);
      shown.push(answer);
      if (answer.status !== 303) return;
      for (const path of ['/', '/dashboard', '/profile', '/team/finance', '/logout', '/nowhere'])
        shown.push(await browser.ask(world.url(path)));
    }

    await walk(new HttpBrowser());
    for (const fault of faults.filter(({ when, slow }) => when === 'sign-in' && slow !== true)) {
      provider.behaviour = await behaviourOf(fault.behaviour, provider);
      await walk(new HttpBrowser());
    }
    for (const { body } of provider.requests.filter(({ path }) => path === '/token')) {
      secrets.add(new URLSearchParams(body).get('code_verifier') ?? '');
    }
    for (const token of provider.issued) secrets.add(token);
    secrets.delete('');
    assert.ok(secrets.size > 100);

    const places = {
      log: JSON.stringify(world.log),
      pages: shown.map(({ body }) => body).join(),
      addresses: shown.map(({ location = '' }) => location).join(),
      database: await dump(world),
    };
    for (const [place, text] of Object.entries(places)) {
      assert.ok(text.length > 0);
      for (const secret of secrets) {
        assert.ok(!text.includes(secret), `${secret.slice(0, 24)}… is in the ${place}`);
      }
    }
  });
});

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { HttpBrowser } from '../http-browser.ts';
import { startHostileProvider } from '../hostile-provider/provider.ts';
import { openWorld } from '../world.ts';

function incompressible(length: number): string {
  return Array.from({ length }, () => String.fromCodePoint(randomInt(0x4e00, 0x9fff))).join('');
}

describeOnBothEngines('a provider that sends strange but honest claims', (engine) => {
  const claims: Readonly<Record<string, object>> = {
    'a NUL, which no PostgreSQL text may hold': { sid: 'a\0b', acr: '\0', name: 'A\0lice', preferred_username: '\0' },
    'half of a character': { sid: '\ud800', name: '\udfff Alice \ud83d' },
    'a number, a list and an object where a text belongs': { sid: 5, acr: [], name: { first: 'Alice' } },
    'very long ones': {
      sid: 's'.repeat(5_000),
      name: 'Alice '.repeat(5_000),
      groups: Array.from({ length: 300 }, (_, index) => `group-${index}`),
    },
    'long ones, in an alphabet that no server makes shorter': { sid: incompressible(1_000), acr: incompressible(1_000) },
    'an audience in a list of one': { aud: ['outlay'] },
  };
  for (const [what, odd] of Object.entries(claims)) {
    it(`among them ${what}, still signs people in`, async () => {
      await using provider = await startHostileProvider();
      provider.behaviour = { claims: (honest) => ({ ...honest, ...odd }) };
      await using world = await openWorld({ engine, issuer: provider.issuer });
      const browser = new HttpBrowser();
      const { status, url, body } = await browser.follow(world.url('/login?return_to=/team/finance'));
      assert.equal(status, 200, body);
      assert.equal(url, world.url('/team/finance'));
      const [cookie] = (await browser.cookies.getCookies(world.url('/'))).filter(({ key }) => key === 'outlay');
      assert.ok((cookie?.value.length ?? Infinity) < 150, 'the session’s cookie is as short as ever');
    });
  }
});

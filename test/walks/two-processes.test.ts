import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { startTwoOutlays, type TwoOutlays } from '../two-outlays.ts';

describe('two processes over one PostgreSQL', () => {
  let two: TwoOutlays;
  before(async () => {
    two = await startTwoOutlays();
  });
  after(() => two[Symbol.asyncDispose]());

  const statusAt = async (browser: HttpBrowser, address: string) => (await browser.ask(`${address}/profile`)).status;

  it('BCL-10 a logout told to one ends the session at the other on its next request', async () => {
    const [first, second] = two.addresses;
    two.provider.behaviour = { claims: (claims) => ({ ...claims, sid: 'sid-1' }) };
    const browser = new HttpBrowser();
    await browser.follow(`${first}/login`);
    assert.equal(await statusAt(browser, second), 200);
    const logoutToken = two.provider.makeLogoutToken({ claims: { sid: 'sid-1' } });
    const body = new URLSearchParams({ logout_token: logoutToken });
    assert.equal((await fetch(`${first}/logout/backchannel`, { method: 'POST', body })).status, 200);
    assert.equal(await statusAt(browser, second), 303);
    assert.equal(
      (await fetch(`${second}/logout/backchannel`, { method: 'POST', body })).status,
      400,
      'and it counts once for both',
    );
  });

  it('AUR-6 a sign-in that one began is finished by the other', async () => {
    const [first, second] = two.addresses;
    const browser = new HttpBrowser();
    const { location = '' } = await browser.ask(`${first}/login`);
    const { location: callback = '' } = await browser.ask(location);
    assert.equal((await browser.ask(callback.replace(first, second))).status, 303);
    assert.equal(await statusAt(browser, first), 200);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Engine, engines } from '../databases.ts';
import { type World, openWorld } from '../world.ts';
for (const engine of engines)
  describe(`x ${engine}`, () => {
    let world: World;
    before(async () => {
      world = await openWorld({ engine });
    });
    after(() => world[Symbol.asyncDispose]());
    it('shows', async () => {
      const { browser, landed } = await world.signIn('alice', undefined, '/login?return_to=/team/finance');
      assert.equal(landed.status, 200);
      assert.match(landed.body, /1,234\.56/);
      assert.equal((await browser.ask(world.url('/team/marketing'))).status, 404);
    });
  });

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PEOPLE_PAGE } from '../../src/people/directory.ts';
import { admit } from '../../src/people/people.ts';
import { paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import { identityOf } from '../told.ts';
import { openWorld } from '../world.ts';

describeOnBothEngines('the list of people', (engine) => {
  it('has everybody on one of its pages, whatever somebody on them calls themselves', async () => {
    await using world = await openWorld({ engine });
    const { browser } = await world.signIn('dana');
    // One ligature that stands for eighteen letters, and syllables that an address spells with 27 characters each.
    const names = ['\uFDFA'.repeat(200), '\uD55C'.repeat(200), 'x'.repeat(200)];
    for (const [index, name] of Array.from({ length: PEOPLE_PAGE * 2 }, () => names)
      .flat()
      .entries()) {
      const email = `person-${index}@example.com`;
      await admit(world.db, identityOf({ subject: `sub-${index}`, name, email }), true, () => new Date());
    }
    const found = new Set<string>();
    let pages = 0;
    for (let at = world.url(paths.adminPeople); at !== ''; pages += 1) {
      assert.ok(pages < 10, 'the pages end');
      const { status, body } = await browser.ask(at);
      assert.equal(status, 200);
      for (const [, id = ''] of body.matchAll(/href="\/admin\/people\/([\da-f-]{36})"/g)) found.add(id);
      const [, next = ''] = /href="([^"]+)" rel="next"/.exec(body) ?? [];
      at = next === '' ? '' : world.url(next.replaceAll('&amp;', '&'));
    }
    assert.deepEqual([found.size, pages], [6 * PEOPLE_PAGE + 1, 7]);
  });
});

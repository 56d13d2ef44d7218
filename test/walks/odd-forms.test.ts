import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, it } from 'node:test';
import { sql } from 'kysely';
import { paths } from '../../src/web/paths.ts';
import { describeOnBothEngines } from '../databases.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

/** Text that no server's compression makes shorter. */
function incompressible(length: number, from: number, to: number): string {
  return Array.from({ length }, () => String.fromCodePoint(randomInt(from, to))).join('');
}

describeOnBothEngines('what an admin types or a link carries', (engine) => {
  let world: World;
  let dana: HttpBrowser;
  before(async () => {
    world = await openWorld({ engine });
    dana = (await world.signIn('dana')).browser;
  });
  after(() => world[Symbol.asyncDispose]());

  it('may be searched for with a NUL, half a character, or what a pattern is made of, and nobody is found', async () => {
    for (const path of [paths.adminPeople, paths.adminTeams, paths.adminRules]) {
      for (const q of ['%00', 'no%00body', '%ED%A0%80', '%25', '_', '%5C', '%F0%9F%98'.repeat(60), '%EF%B7%BA'.repeat(200)]) {
        const { status } = await dana.ask(world.url(`${path}?q=${q}`));
        assert.equal(status, 200, `${path}?q=${q}`);
      }
    }
  });

  it('is no name of a team with a control or direction mark in it', async () => {
    for (const mark of ['\0', '\n', '\u0085', '\u2028', '\u202E']) {
      const form = { label: `Mar${mark}keting`, currency: 'EUR', id: '' };
      const made = await dana.ask(world.url(paths.adminTeams), { method: 'POST', form: { ...form, id: 'odd' } });
      assert.equal(made.status, 422, JSON.stringify(mark));
      const renamed = await dana.ask(world.url('/admin/teams/marketing'), { method: 'POST', form });
      assert.equal(renamed.status, 422, JSON.stringify(mark));
    }
  });

  it('is a rule as long as one may be, in any alphabet, and none that is longer', async () => {
    for (const [length, status] of [
      [200, 303],
      [201, 422],
    ] as const) {
      const { version: seen } = await world.db.selectFrom('rule_book').select('version').executeTakeFirstOrThrow();
      const claim = incompressible(length, 0x4e00, 0x9fff);
      const value = incompressible(500, 0x4e00, 0x9fff);
      const form = { seen, kind: 'add', claim, operator: 'equals', value, role: 'member', team: 'empty' };
      const saved = await dana.ask(world.url(paths.adminRuleChanges), { method: 'POST', form });
      assert.equal(saved.status, status);
    }
  });

  it('is shown in the audit record also where somebody wrote into it by hand', async () => {
    const details = ['null', '5', '[]', '"x"', '{"a":{"toString":1,"valueOf":1}}', '{"a":null,"b":[null,{"toString":1}]}'];
    for (const [index, detail] of details.entries())
      await sql`insert into audit_entry (id, at, action, detail) values (${`ffff${index}`}, 'never', 'toString', ${detail})`.execute(
        world.db,
      );
    const { status } = await dana.ask(world.url(paths.audit));
    assert.equal(status, 200);
  });
});

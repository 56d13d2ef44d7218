import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeOnBothEngines } from '../databases.ts';
import { mistakesOn, submit, textOf } from '../forms.ts';
import { openWorld, type World } from '../world.ts';

describeOnBothEngines('the amount above which a second person approves', (engine) => {
  let world: World;
  before(async () => {
    world = await openWorld({ engine });
  });
  after(() => world[Symbol.asyncDispose]());

  it('is set on the team’s page, in the team’s currency, read there by an auditor, and recorded; empty is never', async () => {
    const [dana, audrey] = [(await world.signIn('dana')).browser, (await world.signIn('audrey')).browser];
    const path = '/admin/teams/finance';
    const above = async () =>
      (await world.db.selectFrom('team').select('second_approval_above').where('id', '=', 'finance').executeTakeFirstOrThrow())
        .second_approval_above;
    const typed = async (secondAbove: string) => submit(dana, await dana.ask(world.url(path)), path, { secondAbove });
    assert.equal((await typed('1,500.50')).status, 303);
    assert.equal(await above(), 1_500_50);
    assert.match((await dana.ask(world.url(path))).body, /name="secondAbove" value="1500\.50"/);
    assert.match(textOf((await audrey.ask(world.url(path))).body), /Second approval Above \$1,500\.50/);
    const wrong = await typed('a lot');
    assert.equal(wrong.status, 422);
    assert.match(mistakesOn(wrong.body)['secondAbove'] ?? '', /digits/);
    assert.equal(await above(), 1_500_50);
    assert.equal((await typed('')).status, 303);
    assert.equal(await above(), null);
    const { detail } = await world.db
      .selectFrom('audit_entry')
      .select('detail')
      .where('action', '=', 'team-changed')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    assert.match(detail, /"secondApprovalAboveWas":150050,"secondApprovalAbove":null/);
  });
});

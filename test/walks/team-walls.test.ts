import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import { usualGroups } from '../../src/config-provider.ts';
import { addExpense } from '../../src/expenses/expenses.ts';
import { keepTold } from '../../src/people/people.ts';
import { addGrant } from '../../src/rights/grants.ts';
import { type Given, organisationRoles } from '../../src/rights/rights.ts';
import { addRule, type RuleContent } from '../../src/rights/rule-changes.ts';
import { toldClaims } from '../../src/sign-in/told-claims.ts';
import { addTeam } from '../../src/teams/teams.ts';
import { fillPath } from '../../src/web/paths.ts';
import { type CastName, cast } from '../cast.ts';
import { describeOnBothEngines } from '../databases.ts';
import type { HttpBrowser } from '../http-browser.ts';
import { openWorld, type World } from '../world.ts';

const people = ['alice', 'bob', 'charlie', 'nobody', 'mallory'] as const satisfies readonly CastName[];
const teamIds = ['t-0', 't-1', 't-2', 't-3'];

/** Told to nobody outside the team: its name, and what was spent by whom on what. */
const markersOf = (teamId: string) => [`label-of-${teamId}!`, `item-of-${teamId}!`, `spender-of-${teamId}!`];
/** Told to nobody but its owner, who is none of them. */
const draftOf = (teamId: string) => `draft-of-${teamId}!`;

const gives: fc.Arbitrary<Given> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ role: fc.constantFrom('member', 'manager'), teamId: fc.constantFrom(...teamIds) }) },
  { weight: 1, arbitrary: fc.record({ role: fc.constantFrom(...organisationRoles), teamId: fc.constant(null) }) },
);
const groups = ['red', 'green', 'blue', 'Red', 'admin'];
const condition = fc.oneof(
  fc.record({ claim: fc.constant('groups'), operator: fc.constant('equals' as const), value: fc.constantFrom(...groups) }),
  fc.record({
    claim: fc.constant('groups'),
    operator: fc.constant('matches' as const),
    value: fc.constantFrom('r*', '*e*', 'b*e', 'x*'),
  }),
  fc.record({ claim: fc.constant('department'), operator: fc.constant('equals' as const), value: fc.constantFrom('one', 'two') }),
  fc.record({
    claim: fc.constant('email'),
    operator: fc.constantFrom('equals' as const, 'matches' as const),
    value: fc.constantFrom('Alice@Example.com', 'bob@example.com', 'dana@example.com', '*@example.org', 'c*@example.com'),
  }),
  fc.record({
    claim: fc.constant('email_domain'),
    operator: fc.constant('equals' as const),
    value: fc.constantFrom('example.org', 'xample.com'),
  }),
);
const organisation = fc.record({
  rules: fc.array(
    fc.tuple(condition, gives).map(([wanted, given]): RuleContent => ({ ...wanted, gives: given })),
    { maxLength: 8 },
  ),
  grants: fc.array(fc.tuple(fc.constantFrom(...people), gives), { maxLength: 3 }),
  told: fc.tuple(
    ...people.map(() =>
      fc.record({
        groups: fc.option(fc.subarray(groups), { nil: undefined }),
        department: fc.constantFrom('one', 'two', undefined),
      }),
    ),
  ),
});
type Organisation = typeof organisation extends fc.Arbitrary<infer Value> ? Value : never;

/** Who sees which teams, worked out in the plainest way there is, and not by the code that is tested. */
function seenBy(index: number, { rules, grants, told }: Organisation): ReadonlySet<string> {
  const name = people[index] ?? assert.fail();
  const { email, email_verified: verified } = cast[name].claims;
  const address = verified === true ? String(email).toLowerCase() : undefined;
  const claims: Readonly<Record<string, readonly string[]>> = {
    email: address === undefined ? [] : [address],
    email_domain: address === undefined ? [] : [address.split('@')[1] ?? ''],
    groups: told[index]?.groups ?? [],
    department: told[index]?.department === undefined ? [] : [told[index].department],
  };
  const fits = ({ claim, operator, value }: RuleContent) => {
    const wanted = claim.startsWith('email') ? value.toLowerCase() : value;
    const pattern = new RegExp(`^${wanted.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    return (claims[claim] ?? []).some((has) => (operator === 'equals' ? has === wanted : pattern.test(has)));
  };
  const given = [
    ...rules.filter(fits).map((rule) => rule.gives),
    ...grants.filter(([who]) => who === name).map(([, what]) => what),
  ];
  return new Set(given.flatMap(({ teamId }) => (teamId === null ? teamIds : [teamId])));
}

describeOnBothEngines('what is spent in a team', (engine) => {
  let world: World;
  const browsers: HttpBrowser[] = [];
  const personIds: string[] = [];
  const expenseIds: string[] = [];
  before(async () => {
    world = await openWorld({ engine });
    for (const name of people) {
      browsers.push((await world.signIn(name)).browser);
      const row = await world.db
        .selectFrom('person')
        .select('id')
        .where('subject', '=', cast[name].subject)
        .executeTakeFirstOrThrow();
      personIds.push(row.id);
    }
    await world.db.deleteFrom('rule').execute();
    await world.db.transaction().execute(async (transaction) => {
      for (const id of teamIds) {
        const [label = '', item = '', spenderName = ''] = markersOf(id);
        const team = await addTeam(transaction, { id, label, currency: 'EUR' });
        const expense = { spenderName, amountMinor: 100, loggedAt: new Date(0) };
        await addExpense(transaction, team, { ...expense, item });
        const { id: waiting } = await addExpense(transaction, team, {
          ...expense,
          item,
          spenderId: 'somebody',
          state: 'submitted',
        });
        const { id: draft } = await addExpense(transaction, team, { ...expense, item: draftOf(id), spenderId: 'somebody' });
        expenseIds.push(waiting, draft);
      }
    });
  });
  after(() => world[Symbol.asyncDispose]());

  async function organise({ rules, grants, told }: Organisation): Promise<void> {
    const now = () => new Date();
    await world.db.deleteFrom('right_grant').execute();
    await world.db.deleteFrom('rule').execute();
    await world.db.transaction().execute(async (transaction) => {
      for (const rule of rules) await addRule(transaction, rule);
      for (const [name, given] of grants)
        await addGrant(transaction, personIds[people.indexOf(name)] ?? '', given, 'Dana', now());
    });
    for (const [index, claims] of told.entries()) {
      const { name, email, email_verified: verified } = cast[people[index] ?? assert.fail()].claims;
      // Groups that were not sent would leave the last organisation's in place.
      const sent = toldClaims({ groups: [], department: 'none', ...withoutUndefined(claims) }, {}, usualGroups);
      const said = { name, email, emailVerified: verified === true, locale: undefined, claims: sent };
      await keepTold(world.db, personIds[index] ?? '', said, now);
    }
  }

  /**
   * Every address of every route, with whatever a team's or an expense's id could be; where the id of something else is asked
   * for, with a person's and with one of the teams' in turn, which are all alike there: nothing.
   */
  function addresses(): string[] {
    const idsFor = (route: string, index: number) => {
      if (route.startsWith('/expenses/')) return expenseIds.slice(0, 2);
      const ofTeams = /^(?:\/admin)?\/teams?\//.test(route);
      return [...(ofTeams ? [...teamIds, 'finance'] : [teamIds[index % teamIds.length] ?? '']), personIds[0] ?? ''];
    };
    return world.routes
      .filter((route) => !route.startsWith('/assets'))
      .flatMap((route, index) =>
        route.includes(':id') ? idsFor(route, index).map((id) => fillPath(route, { id, grant: id })) : [route],
      );
  }

  it('IDM-8 reaches those whom a rule or a grant lets see it, and in no answer of any route anybody else', async () => {
    const paths = addresses();
    assert.ok(paths.length > 60, 'the router was walked');
    await fc.assert(
      fc.asyncProperty(organisation, async (some) => {
        await organise(some);
        for (const [index, browser] of browsers.entries()) {
          const seen = seenBy(index, some);
          const hidden = [...teamIds.filter((id) => !seen.has(id)).flatMap(markersOf), ...teamIds.map(draftOf)];
          for (const path of paths) {
            // Ending one's own session would end the test; everything else is asked, in both ways.
            if (path === '/logout' || path.startsWith('/sessions/')) continue;
            const answers = [await browser.ask(world.url(path))];
            const form = { role: 'admin', team: 't-0', q: 'of', comment: 'of', expense: expenseIds.map((id) => `${id}_1`) };
            // Whoever sees all may do all, and would undo what is tried here.
            if (seen.size < teamIds.length) answers.push(await browser.ask(world.url(path), { method: 'POST', form }));
            for (const { body, headers, status } of answers) {
              const told = body + JSON.stringify([...headers]);
              for (const marker of hidden)
                assert.ok(!told.includes(marker), `${people[index]} reads ${marker} at ${path} (${status})`);
            }
          }
          for (const id of teamIds) {
            const { status, body } = await browser.ask(world.url(`/team/${id}`));
            assert.equal(status, seen.has(id) ? 200 : 404, `${people[index]} at ${id}`);
            assert.equal(body.includes(markersOf(id)[1] ?? ''), seen.has(id));
            for (const [at, expenseId] of expenseIds.entries()) {
              if (Math.floor(at / 2) !== teamIds.indexOf(id)) continue;
              const answer = await browser.ask(world.url(`/expenses/${expenseId}`));
              assert.equal(answer.status, at % 2 === 0 && seen.has(id) ? 200 : 404, 'a draft is its owner’s alone');
            }
          }
        }
      }),
      // What a page shows does not depend on where it is kept; that the walls hold there, too, one organisation tells.
      { numRuns: engine === 'sqlite' ? 2 : 1, endOnFailure: true },
    );
    assert.ok(!world.log.some(({ kind }) => kind === 'defect'));
  });
});

function withoutUndefined(claims: object): object {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

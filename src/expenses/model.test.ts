import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as fc from 'fast-check';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { type Counts, type Doable, noCounts } from '../../test/modelled-actions.ts';
import { ModelledTeam } from '../../test/modelled-team.ts';
import type { Role } from '../rights/rights.ts';
import type { Transition } from './life.ts';

/** How many sequences each engine gets, always the same ones; `npm run model` has 10,000 in all, and others each time. */
const SHARE = 40;
const RUNS = Number(process.env['OUTLAY_MODEL_RUNS'] ?? SHARE);
const seed = RUNS === SHARE ? { seed: 20_261_125 } : {};
const TIMEOUT = 110_000 + RUNS * 1_000;

const roles = ['member', 'manager', 'finance', 'admin', 'auditor'] as const satisfies readonly Role[];
/** Each may have any other role besides; the last may have none. */
const bases: readonly (readonly Role[])[] = [['member'], ['member'], ['manager'], ['manager'], ['finance'], []];

const people = fc.tuple(
  ...bases.map((base) =>
    fc
      .oneof({ weight: 3, arbitrary: fc.constant<Role[]>([]) }, { weight: 2, arbitrary: fc.subarray([...roles]) })
      .map((more): Role[] => [...new Set([...base, ...more])]),
  ),
);
const who = fc.nat(bases.length - 1);
const which = fc.nat(3);
const amount = fc.integer({ min: 1, max: 10_000 });
const limit = fc.constantFrom(null, null, 0, 5_000);
/** Mostly as it is; else with the version of before, as a page that was left open has it. */
const version = fc.constantFrom('right', 'right', 'right', 'none', 'stale', 'future') satisfies fc.Arbitrary<Doable['version']>;
/** Mostly as it is now; else as another request read it before the last changes. */
const read = fc.constantFrom('now', 'now', 'now', 'earlier') satisfies fc.Arbitrary<Doable['read']>;
const transition = fc.constantFrom<Transition>('submission', 'withdrawal', 'approval', 'rejection', 'settlement');
const times = fc.constantFrom(1, 1, 1, 2);

/** Few may log for others. */
const mostlyOneself = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: who });
const action = fc.oneof(
  // Something that can be done now, so that many expenses get far.
  { weight: 14, arbitrary: fc.record({ does: fc.constant('what-is-possible' as const), pick: fc.nat(), times, version }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('move' as const), who, which, transition, version, read, times }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('add' as const), who, logger: mostlyOneself, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('change' as const), who: fc.option(who), which, amount, version, read }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('delete' as const), who: fc.option(who), which, version, read }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('limit' as const), limit }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('archive' as const), archived: fc.nat(2).map((number) => number === 0) }),
  },
);

describeOnBothEngines('whatever is done to expenses by whomever, in whatever order,', (engine) => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await openFreshDatabase(engine);
  });
  after(() => fresh[Symbol.asyncDispose]());

  it('happens as the rules say or not at all, with history, audit record and totals', { timeout: TIMEOUT }, async (t) => {
    const counts: Counts = noCounts();
    const property = fc.asyncProperty(
      people,
      limit,
      fc.array(action, { minLength: 20, maxLength: 40 }),
      async (given, above, actions) => {
        const team = await ModelledTeam.open(fresh.db, given, above, counts);
        for (const one of actions) {
          await team.take(one);
          await team.check();
        }
      },
    );
    await fc.assert(property, { ...seed, numRuns: RUNS, endOnFailure: true });
    t.diagnostic(`${RUNS} sequences: ${JSON.stringify(counts)}`);
    // Or it would have held nothing.
    for (const [name, count] of Object.entries(counts)) assert.ok(count > 0, `${name}: ${count}`);
  });
});

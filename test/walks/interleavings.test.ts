import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as fc from 'fast-check';
import { type Act, Interleaved, type Step } from '../hostile-provider/interleaved.ts';

const index = fc.nat(50);
const device = fc.nat(2);
const process = fc.nat(1);
const tooLate = fc.nat(5).map((number) => number === 0);
const sub = fc.constantFrom('sub-alice', 'sub-bob');

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('sign-in' as const), device, process, sub, tooLate }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('request' as const), device, process }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('sign-out' as const), device, process }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('end-one' as const), device, process, index }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('end-others' as const), device, process }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('provider-logout-sid' as const), index }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('provider-logout-sub' as const), sub }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: act.map((one) => ({ together: [one] })) },
  { weight: 4, arbitrary: fc.array(act, { minLength: 2, maxLength: 4 }).map((together) => ({ together })) },
  { weight: 2, arbitrary: fc.constantFrom(11, 22, 22, 22, 45).map((minutes) => ({ minutes })) },
  { weight: 2, arbitrary: index.map((takenBack) => ({ takenBack })) },
);

class Command implements fc.AsyncCommand<object, Interleaved> {
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  run(_model: object, real: Interleaved): Promise<void> {
    return real.take(this.#step);
  }

  toString(): string {
    return JSON.stringify(this.#step);
  }
}

it('SES-5 SES-11 whatever happens in whatever order, in two processes: what has ended stays so, and nothing else ends', async () => {
  let steps = 0;
  let opened = 0;
  let ended = 0;
  let asked = 0;
  let takenBack = 0;
  const commands = fc.commands([step.map((one) => new Command(one))], { maxCommands: 60, size: 'max' });
  const property = fc.asyncProperty(commands, async (taken) => {
    await using real = await Interleaved.open();
    await fc.asyncModelRun(() => ({ model: {}, real }), taken);
    await real.check();
    steps += real.steps;
    opened += real.sessions.length;
    asked += real.revalidated.asked;
    takenBack += real.revalidated.ended;
    ended += real.sessions.filter((session) => session.ended).length;
  });
  await fc.assert(property, { seed: 20_261_124, numRuns: 13, endOnFailure: true });
  // Or it would have held nothing.
  const count = { steps, opened, ended, asked, takenBack };
  assert.ok(steps > 200 && opened > 100 && ended > 80 && ended < opened && asked > 10 && takenBack > 1, JSON.stringify(count));
});

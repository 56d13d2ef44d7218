import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Engine, engines } from '../databases.ts';
import { describeFinding, summaryOf } from './report.ts';
import { fuzz } from './fuzz.ts';

/* `npm run fuzz`: sends what nobody should send to every route and form, as everybody, and looks at every answer. */

const help = `npm run fuzz -- [SECONDS] [--engine sqlite|postgres] [--seed NUMBER] [--requests NUMBER]

Sends generated requests to every route and form of a whole Outlay, found by walking it, signed out and as each role, for so many
seconds on each engine (60 unless given). What it finds it shows with the request that does it. The last line is the result; the exit
code is 1 where anything was found.

  --engine NAME      on this engine only
  --seed NUMBER      the same requests once more
  --requests NUMBER  no more than so many of them, as up to a finding
`;

interface Wish {
  readonly seconds: number;
  readonly seed: number;
  readonly requests: number;
  readonly engines: readonly Engine[];
}

/** @returns undefined for a command line that nobody can follow. */
function readWish(): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { engine: { type: 'string' }, seed: { type: 'string' }, requests: { type: 'string' } },
    });
    const number = (text: string | undefined, usual: number) =>
      text === undefined ? usual : /^\d{1,9}$/.test(text) ? Number(text) : 0;
    const wish = {
      seconds: number(positionals[0], 60),
      seed: number(values.seed, randomInt(1, 1_000_000_000)),
      requests: number(values.requests, Number.MAX_SAFE_INTEGER),
      engines: engines.filter((engine) => values.engine === undefined || values.engine === engine),
    };
    const isMeant = positionals.length <= 1 && wish.engines.length > 0 && wish.seconds > 0 && wish.seed > 0 && wish.requests > 0;
    return isMeant ? wish : undefined;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const wish = readWish();
  if (wish === undefined) {
    console.error(help);
    return 2;
  }
  const { seconds, seed, requests } = wish;
  console.log(`Seed ${seed}`);
  const results: string[] = [];
  let found = 0;
  for (const engine of wish.engines) {
    const fuzzed = await fuzz(engine, seed, { time: seconds * 1_000, requests }, console.log);
    for (const finding of fuzzed.findings) console.log(`\n${describeFinding(finding, engine, seed)}`);
    if (fuzzed.routes.not.length > 0) console.log(`\nRefused every time on ${engine}: ${fuzzed.routes.not.join(', ')}`);
    found += fuzzed.findings.length;
    results.push(`${engine}: ${summaryOf(fuzzed)}`);
  }
  console.log(`\n${results.join('; ')}; seed ${seed}; ${found === 0 ? 'nothing found' : `${found} found`}`);
  return found === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exit(await main());

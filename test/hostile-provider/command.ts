import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { faults } from './catalogue.ts';
import { help, Mistake, parse, readWish } from './command-line.ts';
import type { Fault } from './fault.ts';
import { OwnOutlay } from './own-outlay.ts';
import { type HostileProvider, startHostileProvider } from './provider.ts';
import { complaintsOf, referenceOf, type Walked, walkInto, walkThrough, wasSeen } from './walk.ts';

/* `npm run hostile`: a provider that lies to an Outlay in every way of the catalogue, and a table of what Outlay did. */

const NOT_READY = { metadataAnswer: () => ({ status: 503, headers: {}, body: '' }) };

const widths = [
  ...(['name', 'requirement'] as const).map((column) => Math.max(...faults.map((fault) => fault[column].length))),
  12,
];

function row(...cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}

function listFaults(): void {
  console.log(row('Fault', 'Duty').trimEnd());
  for (const { name, requirement, title } of faults) console.log(`${row(name, requirement)}  The provider ${title}.`);
}

type Verdict = 'refused' | 'not seen' | 'not refused';

async function runFault(fault: Fault, app: string, provider: HostileProvider): Promise<Verdict> {
  const walked = await walkInto(fault, app, provider);
  const complaints = complaintsOf(fault, walked);
  const verdict = !wasSeen(fault, walked) ? 'not seen' : complaints.length > 0 ? 'not refused' : 'refused';
  const explained = {
    refused: verdict,
    'not seen': `${verdict}: ${comesFirst(fault) ? 'restart Outlay and run again' : `${fault.reaches} was never asked for`}`,
    'not refused': `${verdict}: ${complaints.join('; ')}`,
  };
  console.log(row(fault.name, fault.requirement, whatItDid(walked), explained[verdict]));
  return verdict;
}

/** Seen only by an Outlay that has believed nothing yet. */
function comesFirst({ when, cold }: Fault): boolean {
  return when === 'metadata' || cold === true;
}

function whatItDid({ answer }: Walked): string {
  return `${answer.status} ${referenceOf(answer) ?? ''}`;
}

/** Where honest people cannot sign in, a refusal proves nothing. */
async function runControl(app: string, provider: HostileProvider): Promise<boolean> {
  const walked = await walkThrough(app, provider, {});
  const verdict = walked.signedIn ? 'signed in, as it should be' : 'NOT signed in: no refusal proves anything';
  console.log(row('(an honest sign-in)', '', whatItDid(walked), verdict));
  return walked.signedIn;
}

async function runAll(wanted: readonly Fault[], outlay: Outlay, provider: HostileProvider): Promise<boolean> {
  const verdicts: Verdict[] = [];
  console.log(row('Fault', 'Duty', 'Outlay', 'Verdict'));
  for (const fault of wanted.filter((fault) => comesFirst(fault))) {
    const verdict = await runFault(fault, outlay.address, provider);
    verdicts.push(verdict);
    // It has believed what it should not have, and would meet the next fault with that.
    if (verdict !== 'refused') await outlay.startAfresh();
  }
  const before = await runControl(outlay.address, provider);
  for (const fault of wanted.filter((fault) => !comesFirst(fault))) {
    verdicts.push(await runFault(fault, outlay.address, provider));
  }
  const after = await runControl(outlay.address, provider);
  const count = (verdict: Verdict) => verdicts.filter((given) => given === verdict).length;
  console.log(`\n${count('refused')} refused, ${count('not refused')} not refused, ${count('not seen')} not seen`);
  return before && after && count('refused') === verdicts.length;
}

interface Outlay {
  readonly address: string;
  /** Does nothing to an Outlay that somebody else started. */
  startAfresh(): Promise<void>;
}

async function untilAnswered(app: string): Promise<void> {
  console.log(`Waiting for Outlay at ${app}.\n`);
  while (
    !(await fetch(app, { redirect: 'manual' }).then(
      () => true,
      () => false,
    ))
  )
    await sleep(500);
}

async function main(): Promise<void> {
  const args = parse();
  if (args.help) {
    console.log(help);
    return;
  }
  if (args.list) {
    listFaults();
    return;
  }
  const { app, port, secret, faults: wanted } = readWish(args);
  const settings = {
    OIDC_ISSUER: `http://localhost:${port}`,
    OIDC_CLIENT_ID: 'outlay',
    OIDC_CLIENT_SECRET: secret ?? 'any-secret-will-do',
  };
  const options = { port, ...(secret !== undefined && { clientSecret: secret }) };
  console.log(
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    '\n',
  );
  await using provider = await startHostileProvider(options);
  // An Outlay looks for its provider when it starts, and must not find an honest one before it has met the others.
  provider.behaviour = NOT_READY;
  if (app === undefined) {
    await using own = await OwnOutlay.start(await freePort(), settings, () => {
      provider.behaviour = NOT_READY;
    });
    await report(wanted, own, provider);
  } else {
    await untilAnswered(app);
    await report(wanted, { address: app, startAfresh: async () => {} }, provider);
  }
}

async function report(...run: Parameters<typeof runAll>): Promise<void> {
  if (!(await runAll(...run))) process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  await main();
} catch (error) {
  const mistake = error instanceof Mistake;
  console.error(mistake ? `${error.message}\n\n${help}` : error instanceof Error ? describe(error) : error);
  process.exitCode = mistake ? 2 : 1;
}

function describe(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'Another program listens on this port; choose another with --port.';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

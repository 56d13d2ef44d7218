import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { describeForOperator } from '../for-operators.ts';
import { type Command, UsageError } from './command.ts';

/** Each setting that the demonstration has, and the option that says it. */
const options = { PORT: '--port', DEMO_PROVIDER_PORT: '--provider-port', DATA_DIR: '--keep' } as const;

export const demo: Command = {
  help: `outlay demo

Runs the demonstration until SIGTERM or SIGINT: sample data, and a provider that lets anyone be anyone, from this machine only.
It reads no settings, neither of the environment nor of .env, so a provider or a database that is named there is not touched.

  --port PORT           where Outlay listens; 3000 unless given
  --provider-port PORT  where its provider listens; the port after Outlay's unless given
  --keep FOLDER         keeps the data in this folder for the next start; without it, each start begins anew

Exit code 0: it was told to stop. 1: it could not run. 2: it was asked in a way that it does not know.`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { port: { type: 'string' }, 'provider-port': { type: 'string' }, keep: { type: 'string' } },
    });
    if (values.keep?.trim() === '') throw new UsageError('--keep names no folder.');
    const given = { PORT: values.port, DEMO_PROVIDER_PORT: values['provider-port'], DATA_DIR: values.keep };
    const { mistakes } = readConfig(given);
    if (mistakes.length > 0) throw new UsageError(mistakes.map(inOptions).join('\n'));
    const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'outlay-demo-'));
    const passing = values.keep === undefined;
    try {
      const { runOutlay } = await import('../program.ts');
      await runOutlay({ settings: () => ({ ...given, DATA_DIR: folder }), describe: describeInOptions, passing });
    } finally {
      if (passing) rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
  },
};

function describeInOptions(error: unknown): unknown {
  const said = describeForOperator(error);
  return typeof said === 'string' ? inOptions(said) : said;
}

/** The same sentence, where it speaks of settings that are options here. */
function inOptions(sentence: string): string {
  return sentence.replace(/\b(?:PORT|DEMO_PROVIDER_PORT|DATA_DIR)\b/g, (name) => options[name as keyof typeof options]);
}

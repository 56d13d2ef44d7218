#!/usr/bin/env -S node --max-semi-space-size=4
import { describeForOperator } from '../for-operators.ts';
import { auditVerify } from './audit-verify.ts';
import { clientKeys } from './client-keys.ts';
import { type Command, UsageError } from './command.ts';
import { importCommand } from './import.ts';
import { migrate } from './migrate.ts';
import { start } from './start.ts';

const commands = new Map<string, Command>([
  ['start', start],
  ['migrate', migrate],
  ['import', importCommand],
  ['audit verify', auditVerify],
  ['client-keys', clientKeys],
]);

const help = `outlay: the team expense dashboard that opens with your company's own sign-in.

${[...commands].map(([name, { summary }]) => `  outlay ${name.padEnd(14)}${summary}`).join('\n')}

\`outlay <command> --help\` says how each is used. Settings come from the environment and from .env in this folder
(docs/configuration.md).`;

const asksForHelp = (args: readonly string[]) => args.some((arg) => arg === '--help' || arg === '-h');

async function run(args: string[]): Promise<number | undefined> {
  const words = [1, 2].find((count) => commands.has(args.slice(0, count).join(' ')));
  const command = commands.get(args.slice(0, words).join(' '));
  if (words === undefined || command === undefined) {
    const asked = asksForHelp(args.slice(0, 1));
    if (!asked && args.length > 0) console.error(`outlay has no command "${args.join(' ').slice(0, 60)}".\n`);
    console[asked ? 'log' : 'error'](help);
    return asked ? 0 : 2;
  }
  const rest = args.slice(words);
  if (asksForHelp(rest)) {
    console.log(command.help);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    const misused = error instanceof UsageError || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
    console.error(misused ? `${(error as Error).message}\n\n${command.help}` : describeForOperator(error));
    return misused ? 2 : (command.failed ?? 1);
  }
}

const code = await run(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;

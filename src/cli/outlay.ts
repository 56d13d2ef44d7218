#!/usr/bin/env -S node --max-semi-space-size=4
/* The room cli: the program `outlay`, one file per command. */
import { keepCompiled } from '../compile-cache.ts';
import { type Command, UsageError } from './command.ts';

// Before anything large is loaded, and so all of that is loaded only to be used.
keepCompiled();

/** What each does, in a few words; and the command itself, which is loaded only to be used. */
const commands = new Map<string, { readonly summary: string; readonly load: () => Promise<Command> }>([
  ['start', { summary: 'runs Outlay, as `npm start` does', load: async () => (await import('./start.ts')).start }],
  ['demo', { summary: 'runs the demonstration, whatever is set', load: async () => (await import('./demo.ts')).demo }],
  ['migrate', { summary: 'brings the database up to date', load: async () => (await import('./migrate.ts')).migrate }],
  [
    'doctor',
    {
      summary: 'finds what is wrong with the settings, and says what to paste where',
      load: async () => (await import('./doctor.ts')).doctor,
    },
  ],
  [
    'transfer',
    { summary: 'copies everything into another database', load: async () => (await import('./transfer.ts')).transfer },
  ],
  ['backup', { summary: 'makes a backup of everything', load: async () => (await import('./backup.ts')).backup }],
  ['restore', { summary: 'puts a backup back, or rehearses that', load: async () => (await import('./restore.ts')).restore }],
  ['import', { summary: 'imports a CSV file into a team', load: async () => (await import('./import.ts')).importCommand }],
  [
    'audit verify',
    {
      summary: 'looks whether the audit record is whole and unchanged',
      load: async () => (await import('./audit-verify.ts')).auditVerify,
    },
  ],
  [
    'client-keys',
    {
      summary: 'makes and changes the keys by which Outlay authenticates at the provider',
      load: async () => (await import('./client-keys.ts')).clientKeys,
    },
  ],
]);

const help = `outlay: the team expense dashboard that opens with your company's own sign-in.

${[...commands].map(([name, { summary }]) => `  outlay ${name.padEnd(14)}${summary}`).join('\n')}

\`outlay <command> --help\` says how each is used. Settings come from the environment and from .env in this folder
(docs/configuration.md).`;

const asksForHelp = (args: readonly string[]) => args.some((arg) => arg === '--help' || arg === '-h');

async function run(args: string[]): Promise<number | undefined> {
  const words = [1, 2].find((count) => commands.has(args.slice(0, count).join(' ')));
  const found = commands.get(args.slice(0, words).join(' '));
  if (words === undefined || found === undefined) {
    const asked = asksForHelp(args.slice(0, 1));
    if (!asked && args.length > 0) console.error(`outlay has no command "${args.join(' ').slice(0, 60)}".\n`);
    console[asked ? 'log' : 'error'](help);
    return asked ? 0 : 2;
  }
  const command = await found.load();
  const rest = args.slice(words);
  if (asksForHelp(rest)) {
    console.log(command.help);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    const misused = error instanceof UsageError || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
    const { describeForOperator } = await import('../for-operators.ts');
    console.error(misused ? `${(error as Error).message}\n\n${command.help}` : describeForOperator(error));
    return misused ? 2 : (command.failed ?? 1);
  }
}

const code = await run(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;

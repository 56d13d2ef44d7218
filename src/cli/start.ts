import type { Command } from './command.ts';
import { UsageError } from './command.ts';

export const start: Command = {
  help: `outlay start

Runs Outlay until SIGTERM or SIGINT; without a provider, the demonstration.`,
  async run(args) {
    if (args.length > 0) throw new UsageError('`outlay start` takes no arguments; all it is told stands in the settings.');
    // The program itself, which says what went wrong and sets the exit code.
    await import('../main.ts');
    return undefined;
  },
};

import { parseArgs } from 'node:util';
import { examineSettings } from '../doctor/examine.ts';
import { bySeverity, describeFindings } from '../doctor/text.ts';
import { environment } from '../environment.ts';
import type { Command } from './command.ts';

export const doctor: Command = {
  help: `outlay doctor

Looks at the settings, at the provider and at the database, and says what is wrong, why, and what to paste where. It changes
nothing; where some settings are wrong, what the others name is looked at all the same. The provider is asked for a
sign-in without a person, and for a token with a code that nobody was given. Outlay may run meanwhile, and need not.

  --json  one line of JSON instead of sentences: a list of findings

Exit code 0: nothing is wrong (something may be weak). 1: something is wrong. 2: it was asked in a way that it does not know.`,
  async run(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
    const findings = await examineSettings(environment(), () => new Date());
    console.log(values.json ? JSON.stringify(bySeverity(findings)) : describeFindings(findings));
    return findings.some(({ kind }) => kind === 'wrong') ? 1 : 0;
  },
};

import { parseArgs } from 'node:util';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { judgeMistakes } from '../doctor/settings.ts';
import { bySeverity, describeFindings } from '../doctor/text.ts';
import { environment } from '../environment.ts';
import type { Command } from './command.ts';

export const doctor: Command = {
  help: `outlay doctor

Looks at the settings, at the provider and at the database, and says what is wrong, why, and what to paste where. It changes
nothing; the provider is asked for a sign-in without a person, and for a token with a code that nobody was given. Outlay may
run meanwhile, and need not.

  --json  one line of JSON instead of sentences: a list of findings

Exit code 0: nothing is wrong (something may be weak). 1: something is wrong. 2: it was asked in a way that it does not know.`,
  async run(args) {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
    const findings = await findAll(environment());
    console.log(values.json ? JSON.stringify(bySeverity(findings)) : describeFindings(findings));
    return findings.some(({ kind }) => kind === 'wrong') ? 1 : 0;
  },
};

async function findAll(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return judgeMistakes(error.mistakes, env);
    throw error;
  }
  return examine({ config, env, provider: config.provider, db: undefined }, () => new Date());
}

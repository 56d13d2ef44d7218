import { parseArgs } from 'node:util';
import { faults } from './catalogue.ts';
import type { Fault } from './fault.ts';

/** How the command is used. */
export const help = `npm run hostile -- [--app ADDRESS] [--port PORT] [--client-secret SECRET] [--fault NAME …]
npm run hostile -- --list

Lies to an Outlay in every way of the catalogue, one sign-in each, and says whether it refused. The exit code is 0 only where it
refused every one, and an honest sign-in worked before and after.

  --app ADDRESS           an Outlay that runs already, or is about to; without it, one of this checkout is started for the run
  --port PORT             where the provider listens; 3002 unless given
  --client-secret SECRET  the only secret that the provider takes; any, unless given
  --fault NAME            only this fault; may be given several times
  --list                  every fault: its name, the requirement that it tests, and what the provider does

Give an Outlay of your own these settings, and a database without real people, because the honest sign-ins open sessions:

  OIDC_ISSUER=http://localhost:PORT   OIDC_CLIENT_ID=outlay   OIDC_CLIENT_SECRET=SECRET   SIGN_IN_RATE_LIMIT=0

Start it afresh for each run, before this command or while it waits. Outlay keeps metadata and keys that it has believed, so
faults in them are shown to it first; one that has met the honest provider before does not see them any more ("not seen").
Without SIGN_IN_RATE_LIMIT=0 it works as well, and takes as long as Outlay makes its visitors wait.
`;

/** A command line that nobody can follow. */
export class Mistake extends Error {}

/** What is to be run. */
export interface Wish {
  readonly app: string | undefined;
  readonly port: number;
  readonly secret: string | undefined;
  readonly faults: readonly Fault[];
}

/** @throws Mistake */
export function readWish(args: ReturnType<typeof parse>): Wish {
  const { app, port, fault: names = [], 'client-secret': secret } = args;
  for (const name of names) {
    if (!faults.some((fault) => fault.name === name)) {
      throw new Mistake(`There is no fault "${name}"; --list shows all there are.`);
    }
  }
  if (app !== undefined && !/^https?:$/.test(URL.canParse(app) ? new URL(app).protocol : '')) {
    throw new Mistake(`--app must be an address such as http://localhost:3000, not "${app}".`);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535 || Number(port) === 0) {
    throw new Mistake(`--port must be a number from 1 to 65535, not "${port}".`);
  }
  if (secret === '') throw new Mistake('--client-secret must not be empty.');
  return {
    app: app === undefined ? undefined : new URL(app).origin,
    port: Number(port),
    secret,
    faults: names.length === 0 ? faults : faults.filter(({ name }) => names.includes(name)),
  };
}

/** @throws Mistake */
export function parse() {
  try {
    const { values } = parseArgs({
      options: {
        app: { type: 'string' },
        port: { type: 'string', default: '3002' },
        'client-secret': { type: 'string' },
        fault: { type: 'string', multiple: true },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Mistake(error instanceof Error ? error.message : String(error));
  }
}

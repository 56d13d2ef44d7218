import { ConfigError } from './config.ts';
import { Problem } from './problems.ts';
import { bottomCause } from './web/failure.ts';

/** An expected failure is a sentence for the operator, and what the system said; anything else needs its stack. */
export function describeForOperator(error: unknown): unknown {
  if (!(error instanceof ConfigError || error instanceof Problem)) return error;
  const cause = bottomCause(error);
  return `\n${error.message}\n${cause === undefined ? '' : `(${cause})\n`}`;
}

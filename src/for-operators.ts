import { ConfigError } from './config.ts';
import { Problem } from './problems.ts';
import { bottomCause } from './web/failure.ts';
import { spelledOut } from './web/unseen.ts';

/** An expected failure is a sentence for the operator, and what the system said; anything else needs its stack. */
export function describeForOperator(error: unknown): unknown {
  if (!(error instanceof ConfigError || error instanceof Problem)) return error;
  const cause = bottomCause(error);
  // What others have said is in it, such as a manifest's words: nothing that steers a terminal.
  const plain = (text: string) => text.split('\n').map(spelledOut).join('\n');
  return `\n${plain(error.message)}\n${cause === undefined ? '' : `(${plain(cause)})\n`}`;
}

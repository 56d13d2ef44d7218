import { Problem } from '../problems.ts';

const MAX_CAUSES = 5;

/**
 * An error as it may be logged: names, codes, messages and stacks along the chain of causes, and nothing else. Errors of
 * the OAuth libraries carry whole requests and responses, with codes and tokens in them, as properties.
 */
export function describeFailure(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    name: error.name,
    message: messageOf(error),
    ...(typeof code === 'string' && { code }),
    ...oauthError(error),
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    ...(cause instanceof Error && depth < MAX_CAUSES && { cause: describeFailure(cause, depth + 1) }),
  };
}

/** A parser's error quotes what it could not parse, which may be a token. */
function messageOf(error: Error): string {
  if (error instanceof Problem) return error.logged;
  return error instanceof SyntaxError ? 'Not what it should be' : error.message;
}

/**
 * What the system, a server or a library said at the very bottom of a chain of causes, for the operator's eyes.
 * @returns undefined where the error has no cause.
 */
export function bottomCause(error: Error): string | undefined {
  let at: unknown = error.cause;
  for (let depth = 0; depth < MAX_CAUSES && at instanceof Error && at.cause instanceof Error; depth += 1) at = at.cause;
  if (!(at instanceof Error)) return undefined;
  // An AggregateError of several failed connections has a code, but no message of its own.
  return at.message === '' ? (at as NodeJS.ErrnoException).code : at.message;
}

/** The provider's error code (RFC 6749 §4.1.2.1 and §5.2): from its fixed alphabet, or it is left out. */
function oauthError(error: Error): { oauth_error?: string } {
  const value = (error as { error?: unknown }).error;
  return typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? { oauth_error: value } : {};
}

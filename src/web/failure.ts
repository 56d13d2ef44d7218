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
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...oauthError(error),
    stack: error.stack,
    ...(cause instanceof Error && depth < MAX_CAUSES && { cause: describeFailure(cause, depth + 1) }),
  };
}

/** The provider's error code (RFC 6749 §4.1.2.1 and §5.2): from its fixed alphabet, or it is left out. */
function oauthError(error: Error): { oauth_error?: string } {
  const value = (error as { error?: unknown }).error;
  return typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? { oauth_error: value } : {};
}

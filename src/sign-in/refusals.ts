import { Problem } from '../problems.ts';

const declined = 'You stopped signing in, or your company’s sign-in did not let you through. You can try again.';
const busy = 'Your company’s sign-in is busy just now. Try again in a few minutes.';
const expired = 'Signing in took too long, or the link was already used. Try again; it works afresh.';
const gone = 'Your company’s sign-in stopped answering midway. Try again in a few minutes.';
const refused =
  'Your company’s sign-in gave an answer that Outlay cannot trust, so nobody was signed in. Try again; if it happens again, tell whoever runs Outlay the reference below.';

/** What the provider may answer with (RFC 6749 §4.1.2.1), where there is more to say than that it did not work. */
const byAuthorizationError = new Map([
  ['access_denied', declined],
  ['temporarily_unavailable', busy],
  ['server_error', busy],
]);

/**
 * Why a sign-in was refused, in a sentence of ours: the provider's own words never reach the page (RFC 9700 §4.11).
 * Goes by the OAuth library's error codes, which are stable, and by nothing it says in prose.
 */
export function refusal(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const { code, error } = cause instanceof Error ? (cause as { code?: unknown; error?: unknown }) : {};
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') {
    const sentence = byAuthorizationError.get(String(error)) ?? refused;
    return new Problem('sign-in-failed', sentence, { cause, reason: 'provider-refused' });
  }
  // RFC 6749 §5.2: a wrong client secret comes with a challenge where it was sent by Basic.
  if (code === 'OAUTH_RESPONSE_BODY_ERROR' || code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE') {
    const sentence = error === 'invalid_grant' ? expired : refused;
    return new Problem('sign-in-failed', sentence, { cause, reason: 'token-request-refused' });
  }
  if (isNetworkFailure(cause)) return new Problem('unavailable', gone, { cause, reason: 'provider-unavailable' });
  return new Problem('sign-in-failed', refused, { cause, reason: 'response-not-trusted' });
}

/** `fetch` reports every failure of the network as "fetch failed" with a cause, and a timeout by its name. */
function isNetworkFailure(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError' || at.message === 'fetch failed') return true;
  }
  return false;
}

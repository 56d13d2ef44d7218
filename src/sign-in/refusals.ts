import { errors } from 'jose';
import { Problem } from '../problems.ts';
import { ProviderUnreachable } from './bounded-fetch.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

const declined = 'You stopped signing in, or your company’s sign-in did not let you through. You can try again.';
const busy = 'Your company’s sign-in is busy just now. Try again in a few minutes.';
const signInThere = 'Your company’s sign-in wants you to sign in there again. Choose “Try again” and follow its steps.';
const answerThere = 'Your company’s sign-in has a question for you first. Choose “Try again” and answer it there.';
const consentThere =
  'Your company’s sign-in needs your consent before it may tell Outlay who you are. Choose “Try again” and agree there.';
const tooWeak =
  'Outlay asks for a stronger sign-in than the one you used, such as a second factor or a more recent one. Choose “Try again” and use it; if you have none, ask whoever runs your company’s sign-in.';
const expired = 'Signing in took too long, or the link was already used. Try again; it works afresh.';
const gone = 'Your company’s sign-in stopped answering midway. Try again in a few minutes.';
const clocksDiffer =
  'The clock of Outlay and that of your company’s sign-in do not agree, so nobody was signed in. There is nothing you can mend: tell whoever runs Outlay the reference below.';
const refused =
  'Your company’s sign-in gave an answer that Outlay cannot trust, so nobody was signed in. Try again; if it happens again, tell whoever runs Outlay the reference below.';

/** What the provider may answer with (RFC 6749 §4.1.2.1, Core §3.1.2.6), where there is more to say than that it did not work. */
const byAuthorizationError = new Map([
  ['access_denied', declined],
  ['temporarily_unavailable', busy],
  ['server_error', busy],
  ['login_required', signInThere],
  ['interaction_required', answerThere],
  ['account_selection_required', answerThere],
  ['consent_required', consentThere],
  ['unmet_authentication_requirements', tooWeak],
]);

/** Checks that fail where two clocks differ. */
const ofTime = new Set([
  'id-token-exp',
  'id-token-nbf',
  'id-token-iat-in-the-future',
  'id-token-iat-too-old',
  'id-token-auth_time-in-the-future',
  'id-token-auth_time',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
]);

/**
 * Why a sign-in was refused, in a sentence of ours: the provider's own words never reach the page (RFC 9700 §4.11).
 * Goes by error codes, which are stable, and by nothing an error says in prose.
 * @param clocksAgree whether the provider's clock, by the date of its answers, is within the tolerance of ours.
 */
export function refusal(cause: unknown, clocksAgree: boolean): Problem {
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
  if (isUnreachable(cause)) return new Problem('unavailable', gone, { cause, reason: 'provider-unavailable' });
  if (!clocksAgree && ofTime.has(String(code))) {
    return new Problem('sign-in-failed', clocksDiffer, { cause, reason: 'clocks-differ' });
  }
  if (code === 'id-token-acr' || code === 'id-token-auth_time') {
    return new Problem('sign-in-failed', tooWeak, { cause, reason: 'sign-in-too-weak' });
  }
  return new Problem('sign-in-failed', refused, { cause, reason: 'response-not-trusted' });
}

/** True where the network failed, at whatever depth a library has wrapped it, and not the provider's answer. */
export function isUnreachable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ProviderUnreachable) return true;
  return false;
}

/** Checks that say something about the person or who speaks for them. What fails otherwise is trouble between two machines. */
const final =
  /^id-token-|^refresh-|^userinfo-(sub|iss|aud)$|^OAUTH_JWT_CLAIM_COMPARISON_FAILED$|^ERR_JWS_SIGNATURE_VERIFICATION_FAILED$/;

/** True where the provider, or an answer that is not believed, ends what was there; false where nobody could say. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof Problem) || error.kind !== 'sign-in-failed' || error.reason === 'clocks-differ') return false;
  // RFC 6749 §5.2: any other code is a mistake between Outlay and the provider, and no word on this person.
  if (error.reason === 'token-request-refused') return (error.cause as { error?: unknown }).error === 'invalid_grant';
  return error.reason === 'refresh-token-unreadable' || final.test(failedCheck(error) ?? '');
}

/** The check that an answer failed, as one word for the log; undefined where no check of ours or of the libraries' did. */
export function failedCheck(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof UntrustedAnswer || at instanceof errors.JOSEError) return at.code;
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && /^OAUTH_[A-Z_]+$|^forbidden-address$/.test(code)) return code;
  }
  return undefined;
}

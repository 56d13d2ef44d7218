import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import { keepTold } from '../people/people.ts';
import { claimRevalidation, renewSession } from '../people/session-renewal.ts';
import type { SessionLimits } from '../people/session-limits.ts';
import { endSession, type Session } from '../people/sessions.ts';
import { findViewer } from '../people/viewer.ts';
import type { SignedInSessions } from '../people/signed-in.ts';
import { openTokens } from '../people/tokens.ts';
import type { Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import type { Clock } from '../web/clock.ts';
import { describeFailure } from '../web/failure.ts';
import { referenceOf } from '../web/request-log.ts';
import type { Seal } from '../web/seal.ts';
import type { IdentityProvider } from './provider-contract.ts';
import { failedCheck, isFinal } from './refusals.ts';

export interface RevalidationParts {
  readonly db: Database;
  readonly ruleBook: RuleBook;
  readonly provider: IdentityProvider;
  readonly sessions: SignedInSessions;
  readonly tokens: Seal;
  readonly limits: SessionLimits;
  /** How often the provider is asked again, in milliseconds. */
  readonly interval: number;
  readonly now: Clock;
  readonly log: Logger;
}

/**
 * Asks the provider again, once in an interval, whether a session still holds (RFC 6749 §6): for providers that do not say
 * when somebody has left. One request asks, in whichever process; the others go on meanwhile. What ends the session there
 * ends it here; a provider that does not answer is asked again a minute later.
 */
export function revalidation(parts: RevalidationParts): RequestHandler {
  const { db, ruleBook, sessions, limits, now, log } = parts;
  return async (req, res, next) => {
    const viewer = req.user;
    if (viewer?.revalidateAt === undefined || viewer.revalidateAt > now()) return next();
    const session = await claimRevalidation(db, viewer.sessionIdHash, now);
    if (session === undefined) return next();
    try {
      await renew(session, parts);
    } catch (error) {
      const about = { reference: referenceOf(res), issuer: viewer.issuer, subject: viewer.subject, check: failedCheck(error) };
      if (isFinal(error)) {
        await endRefused(session, viewer, about, parts);
        log.info({ event: 'access-ended', channel: 'revalidation', ...about, failure: describeFailure(error) }, 'access ended');
      } else {
        if (!(error instanceof Problem)) throw error;
        log.warn({ event: 'not-revalidated', ...about, failure: describeFailure(error) }, 'the provider could not say');
      }
    }
    const renewed = await findViewer(db, session.id_hash, ruleBook, limits, now);
    if (renewed === undefined) {
      sessions.forget(res);
      delete req.user;
    } else req.user = renewed;
    next();
  };
}

async function endRefused(
  session: Session,
  viewer: Viewer,
  { check, reference }: { readonly check: string | undefined; readonly reference: string },
  { db, now }: RevalidationParts,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const ended = await endSession(transaction, session.id_hash);
    if (ended === undefined) return;
    const detail = { channel: 'revalidation', ended: 1, check };
    await recordAudit(transaction, { action: 'access-ended', about: auditedViewer(viewer), detail, reference }, now);
  });
}

async function renew(session: Session, { db, provider, tokens, interval, now }: RevalidationParts): Promise<void> {
  const { refreshToken } = await openTokens(tokens, session);
  if (refreshToken === undefined) {
    throw new Problem('sign-in-failed', 'The session’s refresh token cannot be read any more.', {
      reason: 'refresh-token-unreadable',
    });
  }
  const before = {
    subject: session.subject,
    authTime: session.auth_time === null ? undefined : new Date(session.auth_time),
    nonceHash: session.nonce_hash,
  };
  // The new token is kept before anything is done with the rest: the old one may be worthless already (RFC 9700 §4.14.2).
  const keep = async (newToken: string) => {
    await renewSession(db, session.id_hash, { sealed_refresh_token: await tokens.seal({ refresh_token: newToken }) });
  };
  const { idToken, told } = await provider.refresh(refreshToken, before, keep);
  await keepTold(db, session.person_id, told, now);
  await renewSession(db, session.id_hash, {
    revalidate_at: new Date(now().getTime() + interval).toISOString(),
    ...(idToken !== undefined && { sealed_id_token: await tokens.seal({ id_token: idToken }) }),
  });
}

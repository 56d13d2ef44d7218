import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from '../problems.ts';

/** In milliseconds. */
const WINDOW = 60_000;

/**
 * How often one client address may begin or finish signing in, so that nobody can use us to hammer the provider. The
 * address is the connection's own unless TRUST_PROXY says whose word to take for it; an IPv6 network counts as one.
 * Counted by each process for itself.
 * @param perMinute 0 turns it off.
 */
export function signInRateLimit(perMinute: number): RequestHandler {
  if (perMinute === 0) return (_req, _res, next) => next();
  return rateLimit({
    windowMs: WINDOW,
    limit: perMinute,
    // With these comes Retry-After (RFC 9110 §10.2.3).
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // Its checks at run time would complain of headers that a stranger sends.
    validate: false,
    keyGenerator: (req) => ipKeyGenerator(req.ip ?? ''),
    handler: (_req, res) => {
      const seconds = Number(res.get('Retry-After') ?? WINDOW / 1_000);
      throw new Problem(
        'too-many',
        `Too many people are signing in from your network at once. Try again in ${waitInWords(seconds)}.`,
        {
          reason: 'rate-limited',
        },
      );
    },
  });
}

function waitInWords(seconds: number): string {
  return seconds === 1 ? 'a second' : `${seconds} seconds`;
}

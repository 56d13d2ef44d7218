import type { Clock } from '../web/clock.ts';
import { createSeal, type Seal } from '../web/seal.ts';
import type { Session } from './sessions.ts';

/** A session's tokens as they lie in its row: sealed, with the id of the key beside them. */
export function tokenSeal(sessionSecrets: readonly string[], now: Clock): Seal {
  return createSeal(sessionSecrets, 'tokens', now);
}

/** What cannot be opened any more, because its secret is gone, is as good as not there. */
export async function openTokens(seal: Seal, { sealed_id_token: idToken, sealed_refresh_token: refreshToken }: Session) {
  return {
    idToken: textOf((await seal.open(idToken))?.['id_token']),
    refreshToken: refreshToken === null ? undefined : textOf((await seal.open(refreshToken))?.['refresh_token']),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

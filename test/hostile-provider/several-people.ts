import type { Answer, Behaviour, JsonObject } from './behaviour.ts';
import { jsonAnswer } from './behaviour.ts';
import { decode } from './signing.ts';

/** As whom, and under which session of the provider's, a sign-in comes back. */
export interface SignsInAs {
  readonly sub: string;
  readonly sid: string;
}

export interface SeveralPeople {
  readonly behaviour: Behaviour;
  /** Whoever comes back with the nonce of this request. */
  expect(authorizationUrl: string, as: SignsInAs): void;
  /** From now on nothing is refreshed for this session. */
  takeBack(sid: string): void;
}

/** A provider that many people sign in to at once. @param skipped by how many milliseconds its clock is ahead of this machine's. */
export function severalPeople(skipped: () => number): SeveralPeople {
  const byNonce = new Map<string, SignsInAs>();
  const byAccessToken = new Map<string, unknown>();
  const takenBack = new Set<unknown>();

  function remember(answer: Answer): JsonObject {
    const { access_token: accessToken, id_token: idToken } = JSON.parse(answer.body) as JsonObject;
    const claims = decode(String(idToken).split('.')[1] ?? '') ?? {};
    byAccessToken.set(String(accessToken), claims['sub']);
    return claims;
  }

  function later(claims: JsonObject, ...names: readonly string[]): JsonObject {
    const seconds = Math.floor(skipped() / 1_000);
    return { ...claims, ...Object.fromEntries(names.map((name) => [name, Number(claims[name]) + seconds])) };
  }

  return {
    behaviour: {
      claims: (claims) => ({ ...later(claims, 'iat', 'exp', 'auth_time'), ...byNonce.get(String(claims['nonce'])) }),
      tokenAnswer(honest) {
        remember(honest);
        return honest;
      },
      refreshClaims: (claims) => later(claims, 'iat', 'exp'),
      refreshAnswer(honest) {
        if (honest.status !== 200) return honest;
        return takenBack.has(remember(honest)['sid']) ? jsonAnswer({ error: 'invalid_grant' }, 400) : honest;
      },
      userInfoAnswer(_honest, { headers }) {
        return jsonAnswer({ sub: byAccessToken.get((headers.authorization ?? '').replace(/^Bearer /i, '')) });
      },
    },
    expect(authorizationUrl, as) {
      byNonce.set(new URL(authorizationUrl).searchParams.get('nonce') ?? '', as);
    },
    takeBack: (sid) => void takenBack.add(sid),
  };
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TokenParts } from '../hostile-provider/behaviour.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import { by, compact, heldKey } from '../hostile-provider/signing.ts';
import { walkThrough } from '../hostile-provider/walk.ts';

describe('a provider that can sign in several ways', () => {
  for (const [signingAlgorithm, signsIn] of [
    ['RS256', false],
    ['ES256', true],
    [undefined, true],
  ] as const) {
    it(`IDT-2 BCL-2 signs in another one, where the settings say ${signingAlgorithm ?? 'nothing'}`, async () => {
      const other = await heldKey('ES256', 'other-way');
      const sign = ({ claims, header }: TokenParts) => compact({ ...header, alg: other.alg, kid: other.kid }, claims, by(other));
      await using opened = await openHostileWorld({ provider: { signingAlgorithm } });
      const { provider, world } = opened;
      const { signedIn } = await walkThrough(world.url(''), provider, { sign, jwks: (keys) => [...keys, other.jwk] });
      assert.equal(signedIn, signsIn);
      const logoutToken = provider.makeLogoutToken({
        header: { alg: other.alg, kid: other.kid },
        claims: { sub: 'sub-alice' },
        sign: (header, claims) => compact(header, claims, by(other)),
      });
      const body = new URLSearchParams({ logout_token: logoutToken });
      const { status } = await fetch(world.url('/logout/backchannel'), { method: 'POST', body });
      assert.equal(status, signsIn ? 200 : 400);
      if (!signsIn) {
        const refused = world.log.find(({ event }) => event === 'sign-in-refused');
        assert.equal(refused?.['check'], 'ERR_JOSE_ALG_NOT_ALLOWED');
      }
    });
  }
});

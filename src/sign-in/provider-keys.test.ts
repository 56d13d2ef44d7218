import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { keysFrom } from '../../test/told.ts';

const hour = 60 * 60_000;

/** A provider whose keys can be changed, counted and taken away. */
async function makeProvider() {
  let skipped = 0;
  const provider = {
    jwks: { keys: [] } as JSONWebKeySet,
    fetches: 0,
    away: false,
    advance: (milliseconds: number) => {
      skipped += milliseconds;
    },
    /** Replaces all keys by a new one, and gives what signs with it. */
    async rotate(kid?: string) {
      const { publicKey, privateKey } = await generateKeyPair('RS256');
      const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', ...(kid !== undefined && { kid }) };
      provider.jwks = { keys: [jwk] };
      return { jwk, sign: (header: { kid?: string } = kid === undefined ? {} : { kid }) => signed(privateKey, header) };
    },
  };
  const fetchKeys = async () => {
    provider.fetches += 1;
    if (provider.away) throw new Error('The provider is away');
    return provider.jwks;
  };
  return { provider, keys: keysFrom(fetchKeys, () => new Date(Date.UTC(2026, 0, 1) + skipped)) };
}

const signed = (key: CryptoKey, header: { kid?: string }) =>
  new CompactSign(new TextEncoder().encode('{}')).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);

describe('a provider’s keys', () => {
  it('are fetched once, however many ask at once and after', async () => {
    const { provider, keys } = await makeProvider();
    const { sign } = await provider.rotate('one');
    const token = await sign();
    await Promise.all(Array.from({ length: 50 }, () => keys.verify(token, ['RS256'])));
    await keys.verify(token, ['RS256']);
    assert.equal(provider.fetches, 1);
  });

  it('KEY-1 may be rotated within a second: the token signed by the new one is accepted', async () => {
    const { provider, keys } = await makeProvider();
    await keys.verify(await (await provider.rotate('one')).sign(), ['RS256']);
    await keys.verify(await (await provider.rotate('two')).sign(), ['RS256']);
    assert.equal(provider.fetches, 2);
  });

  it('KEY-1 are not asked for again and again by somebody who makes up key ids', async () => {
    const { provider, keys } = await makeProvider();
    const { sign } = await provider.rotate('one');
    for (let index = 0; index < 100; index += 1)
      await assert.rejects(keys.verify(await sign({ kid: `made-up-${index}` }), ['RS256']));
    assert.equal(provider.fetches, 1 + 6);
    provider.advance(61_000);
    await keys.verify(await (await provider.rotate('two')).sign(), ['RS256']);
  });

  it('KEY-2 are tried each where the token does not say which', async () => {
    const { provider, keys } = await makeProvider();
    const first = await provider.rotate();
    const second = await provider.rotate();
    provider.jwks = { keys: [first.jwk, second.jwk] };
    await keys.verify(await first.sign(), ['RS256']);
    await keys.verify(await second.sign(), ['RS256']);
    const stranger = await generateKeyPair('RS256');
    await assert.rejects(keys.verify(await signed(stranger.privateKey, {}), ['RS256']), {
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  it('KEY-3 may change under the same id', async () => {
    const { provider, keys } = await makeProvider();
    await keys.verify(await (await provider.rotate('one')).sign(), ['RS256']);
    await keys.verify(await (await provider.rotate('one')).sign(), ['RS256']);
  });

  it('KEY-4 count on while the provider is away, but not for ever', async () => {
    const { provider, keys } = await makeProvider();
    const token = await (await provider.rotate('one')).sign();
    await keys.verify(token, ['RS256']);
    provider.away = true;
    provider.advance(23 * hour);
    await keys.verify(token, ['RS256']);
    provider.advance(hour);
    await assert.rejects(keys.verify(token, ['RS256']), /away/);
  });

  it('are asked for anew after ten minutes, so that a withdrawn one stops counting', async () => {
    const { provider, keys } = await makeProvider();
    const token = await (await provider.rotate('one')).sign();
    await keys.verify(token, ['RS256']);
    await provider.rotate('two');
    provider.advance(10 * 60_000);
    await assert.rejects(keys.verify(token, ['RS256']));
  });

  it('KEY-5 that are too small, or meant for encryption, are not used', async () => {
    const { provider, keys } = await makeProvider();
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    provider.jwks = {
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'small', alg: 'RS256', use: 'sig' }],
    };
    const input = `${Buffer.from('{"alg":"RS256","kid":"small"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}`;
    const signature = signWith(
      'sha256',
      Buffer.from(input),
      createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    );
    await assert.rejects(keys.verify(`${input}.${signature.toString('base64url')}`, ['RS256']), /2048/);

    const { jwk, sign } = await provider.rotate('encrypting');
    provider.jwks = { keys: [{ ...jwk, use: 'enc' }] };
    provider.advance(hour);
    await assert.rejects(keys.verify(await sign(), ['RS256']), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});

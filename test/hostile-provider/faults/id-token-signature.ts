import { area, type Fault } from '../fault.ts';
import { type Behaviour, type JsonObject, jsonAnswer, type TokenParts } from '../behaviour.ts';
import { by, byNobody, bySecret, compact, heldKey } from '../signing.ts';

const fault = area({ when: 'sign-in', reason: 'response-not-trusted', reaches: '/token', noCallsTo: ['/userinfo'] });

/** The claims stay honest; header and signature are made so. */
function signed(sign: (parts: TokenParts) => string): Behaviour {
  return { sign };
}

function hmac(secret: (parts: TokenParts) => string): Behaviour {
  return signed((parts) => compact({ ...parts.header, alg: 'HS256' }, parts.claims, bySecret(secret(parts))));
}

/** Whoever believes the header finds a key in it that fits. */
async function attackers(members: (key: Awaited<ReturnType<typeof heldKey>>) => JsonObject): Promise<Behaviour> {
  const key = await heldKey('RS256', 'attacker');
  return signed(({ claims }) => compact({ alg: key.alg, kid: key.kid, ...members(key) }, claims, by(key)));
}

function lastCharacters(token: string): string {
  return `${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
}

/** Who made the ID Token, and how. */
export const idTokenSignatureFaults: readonly Fault[] = [
  fault(
    'IDT-1',
    'id-token-forged',
    'sends an ID Token with a changed signature',
    signed(({ honest }) => lastCharacters(honest)),
  ),
  fault('IDT-1', 'id-token-other-claims', 'sends an ID Token whose claims were changed after signing', {
    sign: ({ claims, header, honest }) => {
      const [, changed] = compact(header, { ...claims, name: 'Somebody' }, byNobody).split('.');
      return honest
        .split('.')
        .with(1, changed ?? '')
        .join('.');
    },
  }),
  fault('IDT-1', 'id-token-unpublished-key', 'signs the ID Token with an unpublished key under a published name', async () => {
    const key = await heldKey('RS256', 'attacker');
    return signed(({ header, claims }) => compact(header, claims, by(key)));
  }),
  fault(
    'IDT-1',
    'id-token-empty-signature',
    'leaves the ID Token’s signature empty',
    signed(({ header, claims }) => compact(header, claims, byNobody)),
  ),
  fault('IDT-2', 'id-token-none', 'does not sign the ID Token, and says so', {
    sign: ({ claims }) => compact({ alg: 'none' }, claims, byNobody),
  }),
  fault('IDT-2', 'id-token-none-signed', 'says that it did not sign the ID Token, although it did', {
    sign: ({ header, claims, key }) => compact({ ...header, alg: 'none' }, claims, by(key)),
  }),
  fault(
    'IDT-2',
    'id-token-client-secret',
    'signs the ID Token with the client’s secret',
    hmac(({ clientSecret }) => clientSecret),
  ),
  fault(
    'IDT-2',
    'id-token-public-key-pem',
    'signs the ID Token with its public key as a secret, written as PEM',
    hmac(({ key }) => key.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
  ),
  fault(
    'IDT-2',
    'id-token-public-key-jwk',
    'signs the ID Token with its public key as a secret, written as JWK',
    hmac(({ key }) => JSON.stringify(key.jwk)),
  ),
  fault('IDT-2', 'id-token-unannounced-algorithm', 'signs the ID Token in a way that its metadata does not name', async () => {
    const key = await heldKey('ES384', 'unannounced');
    return {
      jwks: (keys) => [...keys, key.jwk],
      sign: ({ claims }) => compact({ alg: key.alg, kid: key.kid }, claims, by(key)),
    };
  }),
  fault('IDT-2', 'id-token-crit', 'asks for an extension of the ID Token that nobody knows', {
    header: (header) => ({
      ...header,
      crit: ['https://id.attacker.example/extension'],
      'https://id.attacker.example/extension': true,
    }),
  }),
  fault('IDT-2', 'id-token-jwk', 'brings the ID Token’s key along in its header', () => attackers(({ jwk }) => ({ jwk }))),
  fault('IDT-2', 'id-token-jku', 'names another place for the ID Token’s key in its header', async ({ elsewhere }) => {
    const { jwk } = await heldKey('RS256', 'attacker');
    elsewhere.answers.set('/attacker-keys', jsonAnswer({ keys: [jwk] }));
    return attackers(() => ({ jku: `${elsewhere.origin}/attacker-keys` }));
  }),
  fault('IDT-2', 'id-token-x5u', 'names another place for the ID Token’s certificate in its header', ({ elsewhere }) =>
    attackers(() => ({ x5u: `${elsewhere.origin}/attacker-certificate` })),
  ),
];

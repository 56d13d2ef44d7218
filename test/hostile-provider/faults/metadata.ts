import { type JsonObject, without } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import { cutOff, drip, hang, redirectElsewhere, tooLarge, withStatus } from './answers.ts';

const WELL_KNOWN = '/.well-known/openid-configuration';

const slow = { slow: true, reason: 'provider-unavailable' } as const;

const fault = area({
  when: 'metadata',
  reason: 'provider-not-trusted',
  reaches: WELL_KNOWN,
  noCallsTo: ['/authorize', '/par', '/token', '/userinfo'],
});

function saying(members: JsonObject) {
  return { metadata: (metadata: JsonObject) => ({ ...metadata, ...members }) };
}

function silentOn(name: string) {
  return { metadata: (metadata: JsonObject) => without(metadata, name) };
}

const places = { http: 'http://id.attacker.example', 'link-local': 'https://169.254.169.254', private: 'https://10.0.0.1' };
const addresses = { file: 'file:///etc/passwd', script: 'javascript:alert(1)', 'no-url': 'not an address' };

const endpoints = [
  ['jwks_uri', '/jwks'],
  ['token_endpoint', '/token'],
  ['userinfo_endpoint', '/userinfo'],
  ['authorization_endpoint', '/authorize'],
] as const;

/** What a provider may say of itself, and how it may say it, before anybody is sent to it. */
export const metadataFaults: readonly Fault[] = [
  fault('CFG-2', 'metadata-other-issuer', 'calls itself by another name', saying({ issuer: 'https://id.attacker.example' })),
  fault('CFG-2', 'metadata-issuer-slash', 'calls itself by its name and a slash', {
    metadata: (metadata) => ({ ...metadata, issuer: `${String(metadata['issuer'])}/` }),
  }),
  fault('CFG-2', 'metadata-no-issuer', 'does not say its name', silentOn('issuer')),
  fault('CFG-7', 'metadata-issuer-template', 'leaves the tenant in its name open', ({ issuer }) =>
    saying({ issuer: `${issuer}/{tenantid}/v2.0` }),
  ),
  ...endpoints.flatMap(([member, path]) => {
    const begin = `metadata-${member.replace('_', '-')}`;
    return [
      ...Object.entries(places).map(([name, origin]) =>
        fault('CFG-5', `${begin}-${name}`, `names ${origin}${path} as its ${member}`, saying({ [member]: origin + path })),
      ),
      ...Object.entries(addresses).map(([name, address]) =>
        fault('CFG-5', `${begin}-${name}`, `names “${address}” as its ${member}`, saying({ [member]: address })),
      ),
      ...(member === 'userinfo_endpoint' ? [] : [fault('CFG-5', `${begin}-missing`, `names no ${member}`, silentOn(member))]),
    ];
  }),
  fault(
    'AUR-2',
    'metadata-plain-only',
    'knows no way to bind a code but “plain”',
    saying({ code_challenge_methods_supported: ['plain'] }),
  ),
  fault(
    'IDT-2',
    'metadata-weak-algorithms',
    'signs with shared secrets or not at all',
    saying({ id_token_signing_alg_values_supported: ['HS256', 'none'] }),
  ),
  fault('TOK-4', 'metadata-redirect', 'sends whoever asks for its metadata to another origin', (provider) => ({
    metadataAnswer: redirectElsewhere(provider, WELL_KNOWN, 302),
  })),
  fault('CFG-1', 'metadata-not-json', 'sends metadata that is cut off', { metadataAnswer: cutOff }),
  fault('CFG-1', 'metadata-array', 'sends its metadata in a list', {
    metadataAnswer: (honest) => ({ ...honest, body: `[${honest.body}]` }),
  }),
  fault('CFG-1', 'metadata-status-500', 'sends its metadata with the status 500', { metadataAnswer: withStatus(500) }),
  fault('CFG-1', 'metadata-html', 'calls its metadata a web page', {
    metadataAnswer: withStatus(200, { 'content-type': 'text/html' }),
  }),
  fault('TOK-4', 'metadata-too-large', 'sends more than a megabyte of metadata', { metadataAnswer: tooLarge }),
  fault('TOK-4', 'metadata-hang', 'never answers when asked for its metadata', { metadataAnswer: hang }, slow),
  fault('TOK-4', 'metadata-drip', 'sends its metadata a byte at a time, for ever', { metadataAnswer: drip }, slow),
];

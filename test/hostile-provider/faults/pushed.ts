import { type Behaviour, changeJson, jsonAnswer, without } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import type { HostileProvider } from '../provider.ts';
import { cutOff, drip, hang, redirectElsewhere, tooLarge } from './answers.ts';

const slow = { slow: true, reason: 'provider-unavailable' } as const;

/** An Outlay that is offered pushed requests uses them, and nobody is sent away where pushing did not work (RFC 9126 §2.2 and §2.3). */
const fault = area({
  when: 'metadata',
  reason: 'provider-not-trusted',
  reaches: '/par',
  noCallsTo: ['/authorize', '/token', '/userinfo'],
});

function offering(change: (provider: HostileProvider) => Pick<Behaviour, 'parAnswer'>) {
  return (provider: HostileProvider): Behaviour => ({
    metadata: (metadata) => ({ ...metadata, pushed_authorization_request_endpoint: `${provider.issuer}/par` }),
    ...change(provider),
  });
}

/** What may become of a request that was pushed. */
export const pushedFaults: readonly Fault[] = [
  fault(
    'FAP-1',
    'par-refused',
    'refuses a pushed request',
    offering(() => ({ parAnswer: () => jsonAnswer({ error: 'invalid_request', error_description: 'planted-words' }, 400) })),
  ),
  fault(
    'FAP-1',
    'par-status-500',
    'fails when a request is pushed',
    offering(() => ({ parAnswer: () => jsonAnswer({}, 500) })),
  ),
  fault(
    'FAP-1',
    'par-no-request-uri',
    'takes a pushed request and names no place for it',
    offering(() => ({ parAnswer: changeJson((body) => without(body, 'request_uri')) })),
  ),
  fault(
    'FAP-1',
    'par-not-json',
    'answers a pushed request with JSON that is cut off',
    offering(() => ({ parAnswer: cutOff })),
  ),
  fault(
    'TOK-4',
    'par-too-large',
    'answers a pushed request with more than a megabyte',
    offering(() => ({ parAnswer: tooLarge })),
  ),
  fault(
    'TOK-4',
    'par-redirect',
    'sends a pushed request to another origin',
    offering((provider) => ({ parAnswer: redirectElsewhere(provider, '/par') })),
  ),
  fault(
    'TOK-4',
    'par-hang',
    'never answers a pushed request',
    offering(() => ({ parAnswer: hang })),
    slow,
  ),
  fault(
    'TOK-4',
    'par-drip',
    'answers a pushed request a byte at a time, for ever',
    offering(() => ({ parAnswer: drip })),
    slow,
  ),
];

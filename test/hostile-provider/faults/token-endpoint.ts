import { type ChangeAnswer, changeJson, jsonAnswer, without } from '../behaviour.ts';
import { area, type Fault } from '../fault.ts';
import { cutOff, drip, hang, page, redirectElsewhere, tooLarge } from './answers.ts';

const fault = area({ when: 'sign-in', reason: 'response-not-trusted', reaches: '/token', noCallsTo: ['/userinfo'] });

function refusing(error: string, status: number, headers: Readonly<Record<string, string>> = {}): { tokenAnswer: ChangeAnswer } {
  const answer = jsonAnswer({ error, error_description: '<b>planted-words</b>' }, status);
  return { tokenAnswer: () => ({ ...answer, headers: { ...answer.headers, ...headers } }) };
}

function saying(members: Readonly<Record<string, unknown>>): { tokenAnswer: ChangeAnswer } {
  return { tokenAnswer: changeJson((body) => ({ ...body, ...members })) };
}

function silentOn(name: string): { tokenAnswer: ChangeAnswer } {
  return { tokenAnswer: changeJson((body) => without(body, name)) };
}

/** What may come for a code. */
export const tokenEndpointFaults: readonly Fault[] = [
  fault('CBK-10', 'token-status-500', 'fails when the code is redeemed', { tokenAnswer: () => jsonAnswer({}, 500) }),
  fault('CBK-10', 'token-invalid-grant', 'does not know its own code any more', refusing('invalid_grant', 400), {
    reason: 'token-request-refused',
  }),
  fault(
    'CBK-10',
    'token-invalid-client',
    'does not know Outlay any more',
    refusing('invalid_client', 401, { 'www-authenticate': 'Basic realm="provider"' }),
    { reason: 'token-request-refused' },
  ),
  fault('TOK-4', 'token-redirect', 'sends whoever redeems a code to another origin', (provider) => ({
    tokenAnswer: redirectElsewhere(provider, '/token'),
  })),
  fault('TOK-4', 'token-too-large', 'sends more than a megabyte for a code', { tokenAnswer: tooLarge }),
  fault(
    'TOK-4',
    'token-hang',
    'never answers when a code is redeemed',
    { tokenAnswer: hang },
    {
      slow: true,
      reason: 'provider-unavailable',
    },
  ),
  fault(
    'TOK-4',
    'token-drip',
    'answers a code a byte at a time, for ever',
    { tokenAnswer: drip },
    {
      slow: true,
      reason: 'provider-unavailable',
    },
  ),
  fault('TOK-5', 'token-other-type', 'sends an access token of a type that nobody asked for', saying({ token_type: 'mac' })),
  fault('TOK-5', 'token-no-type', 'does not say of what type its access token is', silentOn('token_type')),
  fault('TOK-7', 'token-no-id-token', 'sends no ID Token', { sign: () => undefined }),
  fault('TOK-7', 'token-id-token-null', 'sends null for an ID Token', saying({ id_token: null })),
  fault('TOK-7', 'token-no-access-token', 'sends no access token', silentOn('access_token')),
  fault(
    'TOK-7',
    'token-control-characters',
    'sends an access token that would become a header of its own',
    saying({ access_token: 'planted-access-a\r\nX-Planted: 1' }),
  ),
  fault('TOK-7', 'token-not-json', 'answers a code with JSON that is cut off', { tokenAnswer: cutOff }),
  fault('TOK-7', 'token-html', 'answers a code with a web page', { tokenAnswer: page }),
];

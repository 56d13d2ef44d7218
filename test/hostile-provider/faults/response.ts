import { area, type Fault } from '../fault.ts';

const fault = area({
  when: 'sign-in',
  reason: 'response-not-trusted',
  reaches: '/authorize',
  noCallsTo: ['/token', '/userinfo'],
});

function response(change: (parameters: URLSearchParams) => void) {
  return { response: change };
}

/** An error in place of the code; everything else stays honest. */
function error(code: string, members: Readonly<Record<string, string>> = {}) {
  return response((parameters) => {
    parameters.delete('code');
    for (const [name, value] of Object.entries({ error: code, ...members })) parameters.set(name, value);
  });
}

function twice(name: string) {
  return response((parameters) => parameters.append(name, 'another'));
}

function beside(name: string, value: string) {
  return response((parameters) => parameters.set(name, value));
}

const JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzdWItZGFuYSJ9.';

const errors = [
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'temporarily_unavailable',
  'server_error',
  'unmet_authentication_requirements',
  'invalid_request',
  'unheard_of',
];

/** What the browser may bring back from the provider. */
export const responseFaults: readonly Fault[] = [
  fault(
    'CBK-1',
    'response-no-state',
    'sends people back without the state',
    response((parameters) => parameters.delete('state')),
    {
      reason: 'attempt-missing',
    },
  ),
  fault('CBK-1', 'response-other-state', 'sends people back with another state', beside('state', 'another'), {
    reason: 'attempt-missing',
  }),
  fault('CBK-1', 'response-empty-state', 'sends people back with an empty state', beside('state', ''), {
    reason: 'attempt-missing',
  }),
  fault(
    'CBK-1',
    'response-no-code',
    'sends people back without a code',
    response((parameters) => parameters.delete('code')),
  ),
  fault('CBK-1', 'response-empty-code', 'sends people back with an empty code', beside('code', '')),
  fault('CBK-2', 'response-other-iss', 'names another issuer in its answer', beside('iss', 'https://id.attacker.example')),
  fault('CBK-2', 'response-iss-slash', 'names itself with a slash too many in its answer', ({ issuer }) =>
    beside('iss', `${issuer}/`),
  ),
  fault(
    'CBK-2',
    'response-no-iss',
    'leaves out the issuer that it promised to name',
    response((parameters) => parameters.delete('iss')),
  ),
  fault(
    'CBK-2',
    'response-error-other-iss',
    'names another issuer beside an error',
    error('access_denied', { iss: 'https://id.attacker.example' }),
  ),
  fault('CBK-4', 'response-two-codes', 'sends two codes', twice('code')),
  fault('CBK-4', 'response-two-states', 'sends two states', twice('state'), { reason: 'attempt-missing' }),
  fault('CBK-4', 'response-two-issuers', 'names two issuers in its answer', twice('iss')),
  fault('CBK-4', 'response-code-and-error', 'sends a code and an error', beside('error', 'access_denied')),
  fault('CBK-4', 'response-id-token', 'sends an ID Token through the browser', beside('id_token', JWT)),
  fault(
    'CBK-4',
    'response-access-token',
    'sends an access token through the browser',
    beside('access_token', 'planted-access-browser'),
  ),
  fault('CBK-4', 'response-jarm', 'sends its answer in a signed wrapping that nobody asked for', beside('response', JWT)),
  fault(
    'CBK-5',
    'response-error-markup',
    'sends markup and a script’s address with an error',
    error('access_denied', {
      error_description: '<script>alert("planted-words")</script><b>planted-words</b>',
      error_uri: 'javascript:alert("planted-words")',
    }),
    { reason: 'provider-refused' },
  ),
  ...errors.map((code) =>
    fault('CBK-6', `response-error-${code.replaceAll('_', '-')}`, `answers ${code}`, error(code), { reason: 'provider-refused' }),
  ),
];

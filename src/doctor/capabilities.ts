import { z } from 'zod';
import type { ProviderConfig } from '../config-provider.ts';
import { signatureAlgorithms } from '../config-values.ts';
import { checkMetadata } from '../sign-in/metadata.ts';
import { failedCheck } from '../sign-in/refusals.ts';
import { paths } from '../web/paths.ts';
import type { Document } from './discovery.ts';
import { type Finding, good, shown, weak, wrong } from './finding.ts';
import { recogniseProvider, whereIs } from './providers.ts';

const words = z.array(z.string()).optional().catch(undefined);
const text = z.string().optional().catch(undefined);

/** What the doctor has something to say about; what is not as it should be counts as not said. */
const capabilities = z.object({
  code_challenge_methods_supported: words,
  id_token_signing_alg_values_supported: words,
  token_endpoint_auth_methods_supported: words,
  scopes_supported: words,
  grant_types_supported: words,
  end_session_endpoint: text,
  userinfo_endpoint: text,
  pushed_authorization_request_endpoint: text,
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
  backchannel_logout_supported: z.boolean().optional().catch(undefined),
});
type Capabilities = z.infer<typeof capabilities>;

export interface Wanted {
  readonly provider: ProviderConfig;
  readonly baseUrl: string;
  /** How often the provider is asked again, in milliseconds; 0 is never. */
  readonly revalidation: number;
  /** Whether settings are about groups. */
  readonly groupsWanted?: boolean;
}

/** What a provider's metadata say it can do, against what Outlay and its settings need of it. */
export function judgeCapabilities(document: Document, wanted: Wanted): Finding[] {
  const can = capabilities.parse(document);
  const found = [
    judgePkce(can, wanted),
    judgeAlgorithms(can, wanted),
    judgeAuthentication(can, wanted),
    judgeScopes(can, wanted),
    judgeOktaServer(wanted),
    judgeUserInfo(can),
    judgeEnd(can, wanted),
    judgeRevalidation(can, wanted),
    judgeExtras(can),
  ].flatMap((finding) => finding ?? []);
  return found.some(({ kind }) => kind === 'wrong') ? found : [...found, ...judgeWhole(document, wanted)];
}

function judgePkce({ code_challenge_methods_supported: methods }: Capabilities, { provider }: Wanted): Finding | undefined {
  if (methods?.includes('S256') === true) return good('pkce', 'The provider takes PKCE with S256.');
  const told = {
    why: 'Outlay sends a code challenge by S256 with every sign-in, so that a stolen code is worth nothing (RFC 7636).',
    say: 'Switch PKCE with S256 on at the provider, for this application or as a whole.',
    where: ['Keycloak: Clients → the client → Advanced → Proof Key for Code Exchange Code Challenge Method → S256'],
  };
  if (methods !== undefined)
    return wrong('pkce', 'The provider does not take PKCE with S256, so Outlay sends nobody there.', told);
  // Microsoft takes it, and does not say so.
  if (recogniseProvider(provider.issuer) === 'entra') return good('pkce', 'Entra ID takes PKCE with S256.');
  return weak('pkce', 'The provider does not say whether it takes PKCE.', told);
}

function judgeAlgorithms(
  { id_token_signing_alg_values_supported: named = ['RS256'] }: Capabilities,
  { provider: { signingAlgorithm } }: Wanted,
): Finding {
  const known = named.filter((algorithm) => signatureAlgorithms.includes(algorithm));
  if (known.length === 0) {
    return wrong('signing', `The provider signs in no way that Outlay takes: ${shown(named.join(', '))}.`, {
      why: 'Signatures by a secret that both sides know, or none at all, are not believed (RFC 8725).',
      say: 'Have ID Tokens signed by RS256, or by another one of docs/configuration.md, for this application.',
      paste: 'RS256',
    });
  }
  if (signingAlgorithm !== undefined && !known.includes(signingAlgorithm)) {
    return wrong('signing', `The provider does not sign by ${signingAlgorithm}, which OIDC_SIGNING_ALGORITHM asks for.`, {
      why: `Its metadata name ${shown(known.join(', '))}; every sign-in would be refused.`,
      say: 'Name one of those, or leave the setting out.',
      paste: `OIDC_SIGNING_ALGORITHM=${known[0] ?? ''}`,
    });
  }
  return good('signing', `ID Tokens are signed by ${shown(known.join(', '))}.`);
}

function judgeAuthentication(
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: Capabilities,
  { provider: { issuer, authentication } }: Wanted,
): Finding {
  const { method } = authentication;
  if (methods.includes(method)) return good('authentication', `The provider takes ${method}.`);
  const other = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'].find((one) => methods.includes(one));
  return wrong('authentication', `The provider does not take ${method}, by which Outlay is told to authenticate.`, {
    why: `Its metadata name ${shown(methods.join(', '))}.`,
    say: 'Set the way that the application has at the provider.',
    paste: other === undefined ? '' : `OIDC_TOKEN_ENDPOINT_AUTH_METHOD=${other}`,
    where: whereIs('authentication', recogniseProvider(issuer)),
  });
}

function judgeScopes({ scopes_supported: named }: Capabilities, { provider }: Wanted): Finding | undefined {
  const { extraScopes = [], issuer } = provider;
  if (named === undefined) return undefined;
  const missing = ['openid', 'profile', 'email', ...extraScopes].filter((scope) => !named.includes(scope));
  if (missing.length === 0) return good('scopes', 'The provider knows every scope that is asked for.');
  const custom = missing.includes('groups') && /\/oauth2\//.test(issuer);
  return weak('scopes', `The provider does not name the scopes ${shown(missing.join(', '))}, which Outlay asks for.`, {
    why: custom
      ? 'A custom authorization server of Okta’s has no scope "groups"; its claim "groups" comes without one.'
      : 'Some providers refuse the whole sign-in for a scope that they do not know (invalid_scope).',
    say: custom ? 'Leave "groups" out of OIDC_EXTRA_SCOPES, and add the claim.' : 'Add them there, or leave them out.',
    paste: `OIDC_EXTRA_SCOPES=${extraScopes.filter((scope) => !missing.includes(scope)).join(' ')}`,
    where: missing.includes('groups') ? whereIs('groups', recogniseProvider(issuer)) : [],
  });
}

/** Okta has two kinds of servers, and each brings groups in its own way. */
function judgeOktaServer({ provider: { issuer, extraScopes = [] }, groupsWanted = false }: Wanted): Finding | undefined {
  if (recogniseProvider(issuer) !== 'okta') return undefined;
  const where = whereIs('groups', 'okta');
  if (/\/oauth2\//.test(issuer)) {
    const what = 'This is a custom authorization server of Okta’s: groups come by a claim of its own, without a scope.';
    return good('okta-server', what, where.join(' '));
  }
  const what =
    'This is the organisation’s own server of Okta’s: groups come by the scope "groups", and a filter at the application.';
  if (!groupsWanted || extraScopes.includes('groups')) return good('okta-server', what, where.join(' '));
  return weak('okta-server', 'Okta will send no groups, and ADMIN_GROUP is about them.', {
    why: what,
    say: 'Ask for that scope, and set the filter.',
    paste: `OIDC_EXTRA_SCOPES=${[...extraScopes, 'groups'].join(' ')}`,
    where,
  });
}

function judgeUserInfo({ userinfo_endpoint: userInfo }: Capabilities): Finding {
  if (userInfo !== undefined) return good('userinfo', 'The provider has UserInfo, so claims need not be in the ID Token.');
  return weak('userinfo', 'The provider has no UserInfo.', {
    why: 'Then name, address and groups must be in the ID Token; many providers put them there only when told to.',
    say: 'Have the claims name, email, email_verified and groups put into the ID Token.',
  });
}

function judgeEnd({ end_session_endpoint: end }: Capabilities, { provider: { issuer } }: Wanted): Finding {
  if (end !== undefined) return good('end-session', 'Logging out ends the provider’s own session, too.');
  if (recogniseProvider(issuer) === 'google')
    return good('end-session', 'Google has no place to end its session; logging out ends Outlay’s only.');
  return weak('end-session', 'The provider has no place to end its session.', {
    why: 'Whoever logs out of Outlay and then clicks "Log in" is in again without a question, also on a shared computer.',
    say: 'Switch RP-initiated logout on at the provider, if it has it.',
    where: ['Auth0: Settings → Advanced → RP-Initiated Logout End Session Endpoint Discovery'],
  });
}

/** Who was removed at the provider is to be out here, too, before the session's own end. */
function judgeRevalidation(can: Capabilities, { provider, baseUrl, revalidation }: Wanted): Finding {
  const name = recogniseProvider(provider.issuer);
  const backChannel = can.backchannel_logout_supported === true;
  if (backChannel) {
    const address = baseUrl + paths.backChannelLogout;
    return good(
      'revalidation',
      'The provider ends sessions by itself.',
      `Its back-channel logout needs this address: ${address}`,
    );
  }
  const refreshes = can.grant_types_supported?.includes('refresh_token') ?? true;
  // These give a refresh token to whoever asks for it, and to nobody else.
  const mustAsk = name === 'okta' || name === 'entra' || name === 'auth0';
  if (revalidation > 0 && refreshes && (provider.offlineAccess === true || !mustAsk))
    return good('revalidation', 'The provider is asked again while people are signed in, where it gives a refresh token.');
  return weak('revalidation', 'Somebody who was removed at the provider stays signed in here until their session ends.', {
    why: refreshes
      ? 'The provider does not end sessions by itself, and is not asked again: it gives no refresh token unasked, or SESSION_REVALIDATION is 0.'
      : 'The provider has neither back-channel logout nor refresh tokens.',
    say: refreshes
      ? 'Ask for refresh tokens, and allow them at the provider.'
      : 'Shorten SESSION_ABSOLUTE_LIMIT to what you can bear.',
    paste: refreshes ? 'OIDC_OFFLINE_ACCESS=1' : 'SESSION_ABSOLUTE_LIMIT=8',
    where: refreshes ? whereIs('refresh', name) : [],
  });
}

/** What makes a good provider better, and which Outlay uses by itself. */
function judgeExtras(can: Capabilities): Finding {
  const has = (is: boolean, what: string) => `${what}: ${is ? 'yes' : 'no'}`;
  const par = has(can.pushed_authorization_request_endpoint !== undefined, 'pushed requests (RFC 9126)');
  const iss = has(can.authorization_response_iss_parameter_supported === true, 'its name in every answer (RFC 9207)');
  return good(
    'extras',
    `What is used where the provider has it: ${par}, ${iss}.`,
    'Neither is needed: Outlay trusts one provider only.',
  );
}

/** Whatever else every sign-in would stop at, such as an endpoint that is not https. */
function judgeWhole(document: Document, { provider: { issuer } }: Wanted): Finding[] {
  try {
    checkMetadata(document, String(document['issuer']));
    return [];
  } catch (error) {
    const check = failedCheck(error) ?? 'metadata';
    const name = check.replace(/^metadata-/, '');
    return [
      wrong('metadata', `The provider’s metadata cannot be used: "${shown(name)}" is missing, or not as it must be.`, {
        why: 'Outlay takes endpoints that are https, at a host, and without a user in them; plain http on this machine only.',
        say: 'Where a proxy stands before the provider, have the provider know its own address as people see it.',
        where: ['Keycloak: KC_HOSTNAME, KC_PROXY_HEADERS', `Asked: ${shown(issuer)}/.well-known/openid-configuration`],
      }),
    ];
  }
}

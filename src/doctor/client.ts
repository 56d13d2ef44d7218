import type { ProviderConfig } from '../config-provider.ts';
import type { Led, Rehearsal } from '../sign-in/provider-contract.ts';
import { type Finding, good, shown, weak, wrong } from './finding.ts';
import { recogniseProvider, whereIs } from './providers.ts';

export interface Registered {
  readonly provider: ProviderConfig;
  /** Both as they must be registered, to the letter. */
  readonly redirectUri: string;
  readonly postLogoutUrl: string;
}

/** What providers say of a client that is not let in: RFC 6749 §5.2; Keycloak; Auth0. */
const notLetIn = ['invalid_client', 'unauthorized_client', 'access_denied'];
/** What a provider says to our own address where all is well and only nobody is there (Core §3.1.2.6). */
const nobodyThere = ['login_required', 'interaction_required', 'account_selection_required', 'consent_required'];

/** What the provider's answers say about how Outlay is registered there. */
export function judgeRehearsal(rehearsal: Rehearsal, registered: Registered): Finding[] {
  return [
    judgeCredentials(rehearsal, registered),
    ...judgeRedirect(rehearsal, registered),
    ...judgePostLogout(rehearsal, registered),
  ];
}

function judgeCredentials({ redeemed, led }: Rehearsal, { provider }: Registered): Finding {
  const { issuer, clientId, authentication } = provider;
  if (redeemed === 'invalid_grant')
    return good('credentials', 'The provider knows the client id, and takes the client’s credentials.');
  if (redeemed === undefined || !notLetIn.includes(redeemed)) {
    return weak('credentials', 'Whether the client’s credentials are right could not be tried.', {
      why: `A code that nobody was given should be refused with "invalid_grant"; the answer was ${said(redeemed)}.`,
      say: 'Sign in once to see.',
    });
  }
  const name = recogniseProvider(issuer);
  const knowsClient = led?.to === 'us';
  const byKey = authentication.method === 'private_key_jwt';
  if (!knowsClient && led?.to === 'page') {
    return wrong('client-id', `The provider does not let Outlay in, and probably knows no client "${shown(clientId)}".`, {
      why: `It refuses the credentials (${redeemed}), and shows an error page where it should send people on. An unknown client id does both.`,
      say: 'Set the client id as the provider shows it beside the application; then run this again.',
      paste: 'OIDC_CLIENT_ID=…',
      where: whereIs('clientId', name),
    });
  }
  return wrong('client-secret', 'The provider does not take the client’s credentials, so every sign-in ends in a refusal.', {
    why: byKey
      ? `It was shown a key of Outlay’s (private_key_jwt), and answered ${said(redeemed)}: it does not know the key, or expects a secret.`
      : `The client secret is not this one, has expired, or is expected in another way than ${authentication.method} (${said(redeemed)}).`,
    say: byKey
      ? 'Give the provider the address of the public keys, /oidc/client-keys.json at your base URL, or set the way it expects.'
      : 'Make a new secret at the provider, and set it. If it is right, the way it is sent is not.',
    paste: byKey ? 'OIDC_TOKEN_ENDPOINT_AUTH_METHOD=client_secret_basic' : 'OIDC_CLIENT_SECRET=…',
    where: [...whereIs('secret', name), ...whereIs('authentication', name)],
  });
}

function judgeRedirect({ redeemed, led }: Rehearsal, registered: Registered): Finding[] {
  if (led?.to === 'us') return [judgeError(led.error, registered)];
  const { redirectUri, provider } = registered;
  const where = whereIs('redirect', recogniseProvider(provider.issuer));
  const say = 'Register exactly this address at the provider, to the letter: scheme, host, port, and no slash at its end.';
  const refusedClient = redeemed !== undefined && notLetIn.includes(redeemed);
  // Said of the client already.
  if (led === undefined || (led.to === 'nowhere' && notLetIn.includes(led.error))) return [];
  if (isError(led)) {
    return [
      wrong('redirect-uri', `The provider does not know the redirect URI ${redirectUri}.`, {
        why: `Asked for a sign-in it ${howRefused(led)} instead of sending people back${refusedClient ? '; that may be for the client id, too' : ''}.`,
        say,
        paste: redirectUri,
        where,
      }),
    ];
  }
  return [
    weak('redirect-uri', 'Whether the redirect URI is registered could not be tried.', {
      why: 'Asked for a sign-in without a question, the provider showed a page of its own, which may be a sign-in or an error.',
      say,
      paste: redirectUri,
      where,
    }),
  ];
}

function isError(led: Exclude<Led, { to: 'us' }>): boolean {
  return led.to === 'nowhere' || led.status >= 400 || led.code !== '';
}

function howRefused(led: Exclude<Led, { to: 'us' }>): string {
  if (led.to === 'nowhere') return `refused the pushed request (${said(led.error)})`;
  return `showed an error page (status ${led.status}${led.code === '' ? '' : `, ${led.code}`})`;
}

function judgeError(error: string, { redirectUri, provider }: Registered): Finding {
  const { issuer, extraScopes = [] } = provider;
  const name = recogniseProvider(issuer);
  if (error === '' || nobodyThere.includes(error))
    return good('redirect-uri', `The provider knows the redirect URI ${redirectUri}.`);
  if (error === 'invalid_scope') {
    return wrong('scope', 'The provider refuses the scopes that Outlay asks for.', {
      why: `It knows the redirect URI, and answers ${said(error)}. Outlay asks for openid, profile and email, and beyond that for: ${shown(extraScopes.join(' ')) || 'nothing'}.`,
      say: 'Leave out what the provider does not know, or allow it for this application.',
      paste: 'OIDC_EXTRA_SCOPES=',
      where: whereIs('groups', name),
    });
  }
  return wrong('application', `The provider refuses every sign-in of this application with ${said(error)}.`, {
    why: 'It knows the redirect URI, and answers so before anybody is asked anything: the grant type, the response type, or the application itself is not allowed.',
    say: 'Make it a web application with the grant type Authorization Code, switch it on, and let people in.',
    where: whereIs('assignment', name),
  });
}

function judgePostLogout({ ended, redeemed }: Rehearsal, { postLogoutUrl, provider }: Registered): Finding[] {
  const name = recogniseProvider(provider.issuer);
  // Okta asks for an ID Token before it looks at anything; of a client that is not known nothing can be told.
  if (ended === undefined || name === 'okta' || redeemed !== 'invalid_grant') return [];
  if (ended < 400)
    return [good('post-logout-uri', `After logging out, the provider leads back to ${postLogoutUrl}, where that is registered.`)];
  return [
    weak('post-logout-uri', `The provider does not seem to know where people go after logging out: ${postLogoutUrl}.`, {
      why: `Asked to end a session it answered with the status ${ended}. Whoever logs out ends on that page, and may still be signed in there.`,
      say: 'Register exactly this address for after logging out.',
      paste: postLogoutUrl,
      where: whereIs('postLogout', name),
    }),
  ];
}

function said(error: string | undefined): string {
  return error === undefined || error === '' ? 'none that OAuth knows' : `"${error}"`;
}

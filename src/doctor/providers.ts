/** The providers whose pages we know our way around. */
export const providerNames = {
  okta: 'Okta',
  entra: 'Entra ID',
  keycloak: 'Keycloak',
  auth0: 'Auth0',
  google: 'Google',
} as const;
export type ProviderName = keyof typeof providerNames;

/** By its issuer; undefined where that does not tell, as with a domain of the company's own. */
export function recogniseProvider(issuer: string): ProviderName | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { hostname, pathname } = new URL(issuer);
  const isAt = (...domains: string[]) => domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  if (isAt('okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com')) return 'okta';
  if (isAt('microsoftonline.com', 'microsoftonline.us', 'windows.net', 'ciamlogin.com')) return 'entra';
  if (isAt('auth0.com')) return 'auth0';
  if (isAt('google.com')) return 'google';
  return pathname.includes('/realms/') ? 'keycloak' : undefined;
}

type Places = Readonly<Record<ProviderName, string>>;

const places = {
  issuer: {
    okta: 'https://{org}.okta.com, or Security → API → Authorization Servers → Issuer URI for a custom one',
    entra: 'https://login.microsoftonline.com/{tenant}/v2.0; the tenant is Overview → Directory (tenant) ID',
    keycloak: 'Realm settings → General → Endpoints → OpenID Endpoint Configuration, there "issuer"',
    auth0: 'https://{domain}/ with the slash; the domain is Applications → the application → Settings → Domain',
    google: 'always https://accounts.google.com',
  },
  clientId: {
    okta: 'Applications → the application → General → Client Credentials → Client ID',
    entra: 'App registrations → the application → Overview → Application (client) ID',
    keycloak: 'Clients → the client → Settings → Client ID',
    auth0: 'Applications → the application → Settings → Client ID',
    google: 'Google Auth Platform → Clients → the client → Client ID',
  },
  secret: {
    okta: 'Applications → the application → General → Client Credentials → Client Secrets',
    entra: 'App registrations → the application → Certificates & secrets → the column Value of a new one, not its Secret ID',
    keycloak: 'Clients → the client → Credentials → Client Secret',
    auth0: 'Applications → the application → Settings → Client Secret',
    google: 'Google Auth Platform → Clients → the client → Client secrets',
  },
  authentication: {
    okta: 'Applications → the application → General → Client Credentials → Client authentication',
    entra: 'takes a secret either way',
    keycloak: 'Clients → the client → Credentials → Client Authenticator',
    auth0: 'Applications → the application → Credentials → Authentication Method',
    google: 'takes a secret either way',
  },
  redirect: {
    okta: 'Applications → the application → General → Login → Sign-in redirect URIs',
    entra: 'App registrations → the application → Authentication → Web → Redirect URIs',
    keycloak: 'Clients → the client → Settings → Valid redirect URIs',
    auth0: 'Applications → the application → Settings → Allowed Callback URLs',
    google: 'Google Auth Platform → Clients → the client → Authorized redirect URIs',
  },
  postLogout: {
    okta: 'Applications → the application → General → Login → Sign-out redirect URIs',
    entra: 'App registrations → the application → Authentication → Web → Redirect URIs, in the same list',
    keycloak: 'Clients → the client → Settings → Valid post logout redirect URIs',
    auth0: 'Applications → the application → Settings → Allowed Logout URLs',
    google: 'has none: logging out ends the session of Outlay only',
  },
  backChannel: {
    okta: 'has none; use OIDC_OFFLINE_ACCESS=1',
    entra: 'has none; use OIDC_OFFLINE_ACCESS=1',
    keycloak: 'Clients → the client → Settings → Backchannel logout URL',
    auth0: 'Applications → the application → Settings → OpenID Connect Back-Channel Logout',
    google: 'has none',
  },
  refresh: {
    okta: 'Applications → the application → General → Grant type → Refresh Token',
    entra: 'API permissions → Microsoft Graph → offline_access',
    keycloak: 'Clients → the client → Client scopes → offline_access',
    auth0: 'Applications → the application → Settings → Advanced → Grant Types → Refresh Token',
    google: 'gives none this way',
  },
  assignment: {
    okta: 'Applications → the application → Assignments; with a custom authorization server also its Access Policies',
    entra: 'Enterprise applications → the application → Users and groups',
    keycloak: 'Clients → the client → Settings → Enabled, Standard flow',
    auth0: 'Applications → the application → Connections',
    google: 'Google Auth Platform → Audience',
  },
  groups: {
    okta: 'own server: Applications → the application → Sign On → Group claims, and OIDC_EXTRA_SCOPES=groups; custom server (/oauth2/…): Security → API → Authorization Servers → Claims → Add Claim "groups" of the value type Groups, in the ID Token',
    entra: 'App registrations → the application → Token configuration → Add groups claim',
    keycloak:
      'Clients → the client → Client scopes → the dedicated one → Add mapper → Group Membership, named "groups", without the full path',
    auth0: 'Actions → Triggers → post-login: api.idToken.setCustomClaim(name, groups), and OIDC_GROUPS_CLAIM= that name',
    google: 'sends none; make rules over email or email_domain',
  },
  fewerGroups: {
    okta: 'Applications → the application → Sign On → Group claims: a narrower filter',
    entra: 'Token configuration → Edit groups claim → Groups assigned to the application; above 200 groups Entra ID sends none',
    keycloak: 'Client scopes → the groups mapper: roles of this client instead of all groups',
    auth0: 'in the Action: only the groups that Outlay has rules about',
    google: 'sends none',
  },
  emailVerified: {
    okta: 'Directory → Profile Editor, or the claim email_verified of the authorization server',
    entra: 'sends no email_verified for a company’s accounts; use groups in rules, and ADMIN_GROUP',
    keycloak: 'Users → the person → Email verified',
    auth0: 'User Management → Users → the person → Email → Verify',
    google: 'verifies every address itself',
  },
} as const satisfies Readonly<Record<string, Places>>;

/** Where something stands: at this provider, or in short at each where nobody knows which one it is. */
export function whereIs(thing: keyof typeof places, provider: ProviderName | undefined): readonly string[] {
  const names = Object.keys(providerNames) as ProviderName[];
  return names
    .filter((name) => provider === undefined || name === provider)
    .map((name) => `${providerNames[name]}: ${places[thing][name]}`);
}

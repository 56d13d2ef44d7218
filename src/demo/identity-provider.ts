import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import type { ProviderConfig } from '../config-provider.ts';
import { Problem } from '../problems.ts';
import { assets } from '../web/assets.ts';
import { paths } from '../web/paths.ts';
import { noStore, securityHeaders } from '../web/security-headers.ts';
import { Directory } from './directory.ts';
import { MemoryAdapter } from './memory-adapter.ts';
import type { DemoPerson } from './organisation.ts';
import { askToEndSession, expired, signInPages } from './pages.ts';
import { peoplePages } from './people-pages.ts';

/** How long the provider's own session lasts, in seconds (12 hours). */
const SESSION_SECONDS = 12 * 60 * 60;
/** How long its codes and tokens last, in seconds. */
const TOKEN_SECONDS = 10 * 60;

export interface DemoProviderParts {
  /** On loopback; 0 takes any that is free. */
  readonly port: number;
  readonly appBaseUrl: string;
  readonly postLogoutUrl: string;
  readonly signingKey: JWK;
  /** Whom the sign-in page offers, and what is said of them to begin with. */
  readonly people: readonly DemoPerson[];
  /** Made up where it is not given. */
  readonly clientSecret?: string;
}

export interface DemoProvider extends AsyncDisposable {
  /** What Outlay is told to trust: exactly as for a company's provider. */
  readonly config: ProviderConfig;
  readonly clientSecret: string;
  /** Its people, to be changed while it runs; what the page `/people` does. */
  readonly directory: Directory;
}

/**
 * An OpenID provider on loopback, so that Outlay can be tried with no account anywhere. Its sign-in page asks for no
 * password: it lets you be any of its people. For that reason it must never run where others can reach it.
 * @throws Problem `unavailable` when its port is taken.
 */
export async function startDemoProvider(parts: DemoProviderParts): Promise<DemoProvider> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(parts.port, 'localhost', resolve);
  }).catch((cause: unknown) => {
    throw new Problem(
      'unavailable',
      `The demonstration provider cannot listen on port ${parts.port}: it is taken. Set DEMO_PROVIDER_PORT to one that is free.`,
      { cause },
    );
  });
  const clientSecret = parts.clientSecret ?? randomBytes(32).toString('base64url');
  const config: ProviderConfig = {
    issuer: `http://localhost:${(server.address() as AddressInfo).port}`,
    clientId: 'outlay',
    authentication: { method: 'client_secret_basic', clientSecret },
  };
  const directory = new Directory(parts.people);
  server.on('request', demoProviderApp(config, { ...parts, clientSecret }, directory));
  return {
    config,
    clientSecret,
    directory,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function demoProviderApp(
  config: ProviderConfig,
  { appBaseUrl, postLogoutUrl, signingKey, clientSecret }: DemoProviderParts & { readonly clientSecret: string },
  directory: Directory,
): Express {
  const provider = new Provider(config.issuer, {
    adapter: () => new MemoryAdapter((subject) => directory.find(subject)?.hasLeft === true),
    clients: [
      {
        client_id: config.clientId,
        client_secret: clientSecret,
        client_name: 'Outlay',
        redirect_uris: [appBaseUrl + paths.callback],
        post_logout_redirect_uris: [postLogoutUrl],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [signingKey] },
    cookies: { keys: [randomBytes(32).toString('base64url')], names: cookieNames },
    claims: {
      openid: ['sub'],
      profile: ['name', 'locale', 'groups', 'roles', 'department', 'realm_access'],
      email: ['email', 'email_verified'],
    },
    findAccount: (_ctx, subject) => {
      const person = directory.find(subject);
      return person && { accountId: subject, claims: () => ({ sub: subject, ...person.claims }) };
    },
    // Outlay is the only client and belongs to whoever signs in, so nobody is asked to consent.
    loadExistingGrant: async (ctx) => {
      const { session, client, provider: op } = ctx.oidc;
      if (session?.accountId === undefined || client === undefined) return undefined;
      // The session's own grant again, or a second tab would make the first one's code worthless.
      const grantId = session.grantIdFor(client.clientId);
      const known = grantId === undefined ? undefined : await op.Grant.find(grantId);
      if (known !== undefined) return known;
      const grant = new op.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    renderError: (ctx) => {
      ctx.type = 'html';
      ctx.body = expired(appBaseUrl);
    },
    // Without `offline_access`, for which there would have to be consent; such a token ends with the provider's own session.
    issueRefreshToken: () => true,
    pkce: { required: () => true },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: askToEndSession },
    },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      AuthorizationCode: TOKEN_SECONDS,
      IdToken: TOKEN_SECONDS,
      Grant: SESSION_SECONDS,
      Interaction: SESSION_SECONDS,
      RefreshToken: SESSION_SECONDS,
      Session: SESSION_SECONDS,
    },
  });
  const app = express().disable('x-powered-by');
  app.use(assets());
  app.use(
    ['/interaction', '/people'],
    securityHeaders(false, () => appBaseUrl),
    noStore,
  );
  app.use(signInPages(provider, directory, appBaseUrl));
  app.use('/people', peoplePages(directory, config.issuer, appBaseUrl));
  app.use(provider.callback());
  return app;
}

/** Cookies know no ports: beside Outlay's on localhost they need names of their own. */
const cookieNames = {
  session: 'demonstration.session',
  interaction: 'demonstration.interaction',
  resume: 'demonstration.resume',
};

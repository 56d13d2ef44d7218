import { isIP } from 'node:net';

/*
 * What a single setting may be. Each function adds a sentence to `mistakes`, beginning with the variable's name, for what it may not.
 */

/** RSA and elliptic curves with SHA-2; never "none", and never a secret that we share (RFC 8725 §3.1 and §3.2). */
export const signatureAlgorithms: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** True for the hosts that never leave the machine (RFC 8252 §7.3, RFC 6761 §6.3). */
export function isLoopback(url: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

export function parseBaseUrl(value: string, production: boolean, mistakes: string[], warnings: string[]): string {
  const url = parseUrl(value);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    mistakes.push('APP_BASE_URL must be an address such as https://outlay.example.com.');
    return value;
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username + url.password !== '') {
    mistakes.push('APP_BASE_URL must be scheme, host and port only, without a path, such as https://outlay.example.com.');
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    mistakes.push('APP_BASE_URL must begin with https:// unless its host is localhost: sign-in and sessions need it.');
  } else if (url.protocol === 'http:' && production) {
    warnings.push('APP_BASE_URL is plain http on this machine only; people elsewhere cannot sign in. Use https:// for them.');
  }
  return url.origin;
}

export function parsePostLogoutUrl(value: string, mistakes: string[]): string {
  const url = parseUrl(value);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    mistakes.push('POST_LOGOUT_URL must be an address that the provider knows, such as https://outlay.example.com.');
  }
  return value;
}

function isPostgres(value: string | undefined): boolean {
  return value !== undefined && /^postgres(ql)?:$/.test(parseUrl(value)?.protocol ?? '');
}

export function parseDatabaseUrl(value: string, mistakes: string[]): string {
  if (!/^sqlite:.+/.test(value) && !isPostgres(value)) {
    mistakes.push('DATABASE_URL must begin with sqlite: (and a file) or postgres:// (and a server).');
  }
  return value;
}

/** SQLite has no roles, so nothing could stand between. */
export function parseDatabaseOwnerUrl(
  value: string | undefined,
  databaseUrl: string | undefined,
  mistakes: string[],
): string | undefined {
  if (value !== undefined && !(isPostgres(value) && isPostgres(databaseUrl))) {
    mistakes.push('DATABASE_OWNER_URL must begin with postgres://, and so must DATABASE_URL: it is for PostgreSQL only.');
  }
  return value;
}

/** @returns the folder, or undefined for the database. */
export function parseReceiptStorage(value: string, mistakes: string[]): string | undefined {
  const [, folder] = /^folder:\s*(\S.*)$/s.exec(value) ?? [];
  if (folder === undefined && value !== 'database') {
    mistakes.push('RECEIPT_STORAGE must be database, or folder: and where it is, such as folder:/var/lib/outlay/receipts.');
  }
  return folder;
}

export function parseTrustProxy(value: string | undefined, mistakes: string[]): number | string[] | false {
  if (value === undefined || value === '0') return false;
  if (/^\d+$/.test(value)) return Number(value);
  const addresses = value.split(',').map((address) => address.trim());
  if (!addresses.every(isProxyAddress)) {
    mistakes.push('TRUST_PROXY must be the number of proxies in front, or their addresses with commas between.');
  }
  return addresses;
}

/** What Express takes: its names for private networks, an address, or an address and how many of its bits count. */
function isProxyAddress(address: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(address)) return true;
  const [ip = '', bits = '1', ...more] = address.split('/');
  const family = isIP(ip);
  return family !== 0 && more.length === 0 && /^[1-9]\d*$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** OpenID Connect Discovery §2 and §4: an issuer is https, with no query and no fragment, and is not the metadata's own address. */
export function checkIssuer(name: string, issuer: string, mistakes: string[]): void {
  const url = parseUrl(issuer);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    mistakes.push(`${name} must be an address such as https://example.okta.com.`);
    return;
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    mistakes.push(`${name} must begin with https://; plain http is accepted for localhost only.`);
  }
  if (url.pathname.includes('/.well-known/')) {
    mistakes.push(`${name} must be the issuer itself; leave out "/.well-known/" and what follows.`);
  }
  // Microsoft's addresses for any tenant: their metadata leaves the tenant open, so that anybody's would be believed.
  const anyTenant =
    url.hostname === 'login.microsoftonline.com' && /^\/(common|organizations|consumers)(\/|$)/.test(url.pathname);
  if (anyTenant || /[{}]/.test(issuer)) {
    mistakes.push(
      `${name} must name one tenant, such as https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0.`,
    );
  }
  if (url.search !== '' || url.hash !== '' || url.username + url.password !== '') {
    mistakes.push(`${name} must have no user, "?" or "#" in it.`);
  }
}

/** The demonstration provider lets anyone sign in as anyone, so it runs only where nobody else can come. */
export function checkDemonstration(production: boolean, baseUrl: string, mistakes: string[]): void {
  const remedy =
    'the demonstration, in which anyone can sign in as anyone, does not run there. Set OIDC_ISSUER, ' +
    'OIDC_CLIENT_ID and OIDC_CLIENT_SECRET to use your own provider';
  if (production) mistakes.push(`NODE_ENV is production: ${remedy}.`);
  const url = parseUrl(baseUrl);
  if (url !== undefined && !isLoopback(url)) mistakes.push(`APP_BASE_URL is not on this machine: ${remedy}.`);
}

/**
 * Several processes need a database that puts their writing in order. SQLite does not: what one has read, to write upon it, is refused
 * where another wrote meanwhile, and each that waits for its turn stands still with all its requests.
 */
export function checkWorkers(workers: number, demonstration: boolean, databaseUrl: string | undefined, mistakes: string[]): void {
  if (workers === 1) return;
  if (demonstration) {
    mistakes.push('WORKERS must be 1 in the demonstration: its provider keeps who is signed in within the one process.');
  } else if (!isPostgres(databaseUrl)) {
    mistakes.push(
      'WORKERS above 1 needs PostgreSQL, because several processes that write into one SQLite file would be in each other’s way. ' +
        'Set DATABASE_URL to a postgres:// address, or leave WORKERS out.',
    );
  }
}

import type { Config } from '../config.ts';
import { isLoopback } from '../config-values.ts';
import { type Finding, good, shown, weak, wrong } from './finding.ts';
import { bare, judgeSpelling } from './issuer-spelling.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Mistakes for which Outlay does not start, as `loadConfig` lists them, each with what to paste. */
export function judgeMistakes(mistakes: readonly string[], env: Environment): Finding[] {
  const found = mistakes.map((mistake) => {
    const name = /^[A-Z][A-Z_]+/.exec(mistake)?.[0] ?? 'settings';
    const spelling = /^(OIDC|OKTA)_ISSUER$/.test(name) ? judgeSpelling(env[name] ?? '') : undefined;
    if (spelling !== undefined) return spelling;
    return wrong(`setting-${name.toLowerCase()}`, mistake, {
      why: 'Outlay does not start with this setting.',
      say: 'Change it where Outlay’s settings stand; docs/configuration.md has all of them.',
      paste: pasteFor(name, env),
    });
  });
  // One remedy may be for two mistakes in the same setting.
  return found.filter((one, index) => found.findIndex(({ check, what }) => check === one.check && what === one.what) === index);
}

function pasteFor(name: string, env: Environment): string {
  const given = env[name] ?? '';
  if (name === 'SESSION_SECRET') return 'openssl rand -base64 32';
  if (name === 'APP_BASE_URL') {
    const url = URL.canParse(given) ? new URL(given) : undefined;
    const known = url !== undefined && /^https?:$/.test(url.protocol);
    return `APP_BASE_URL=${known ? shown(`${isLoopback(url) ? url.protocol : 'https:'}//${url.host}`) : 'https://outlay.example.com'}`;
  }
  const issuer = bare(given);
  if (!/^(OIDC|OKTA)_ISSUER$/.test(name) || !URL.canParse(issuer) || /[{}]/.test(issuer)) return '';
  const right = isLoopback(new URL(issuer)) ? issuer : issuer.replace(/^http:/, 'https:');
  return right === given ? '' : `${name}=${shown(right)}`;
}

/** What is allowed and not good, of settings with which Outlay starts. */
export function judgeSettings(config: Config, env: Environment): Finding[] {
  const found = [
    ...config.warnings.map((warning) =>
      weak('setting-warning', warning, {
        why: 'Outlay starts, and says the same in its log.',
        say: 'Change it where Outlay’s settings stand.',
      }),
    ),
    ...judgeSecrets(config),
    ...judgeBaseUrl(config, env),
    ...judgeSurroundings(config),
  ];
  return found.length > 0 ? found : [good('settings', 'The settings are in order.')];
}

/** What people type where a secret is asked for. */
const typed = /secret|password|change|example|outlay|session|1234|abcd|qwert|test/i;

function judgeSecrets({ sessionSecrets = [] }: Config): Finding[] {
  return sessionSecrets.some(isGuessable)
    ? [
        weak('session-secret', 'The session secret looks as if a person had made it up.', {
          why: 'Whoever guesses it makes cookies that open with it: it has few different characters, or words in it.',
          say: 'Set one that a machine has made; with a comma behind it the old one opens for as long as you leave it there.',
          paste: 'openssl rand -base64 32',
        }),
      ]
    : [];
}

/** Of random characters in base64 or hex there are 12 or more different ones among 32, but for one time in a million. */
function isGuessable(secret: string): boolean {
  const different = new Set(secret).size;
  const hex = /^[0-9a-f]+$/i.test(secret);
  return different < (hex ? 8 : 12) || typed.test(secret);
}

function judgeBaseUrl({ baseUrl }: Config, { APP_BASE_URL: given }: Environment): Finding[] {
  if (given === undefined || !given.endsWith('/')) return [];
  return [
    weak('base-url-slash', 'APP_BASE_URL ends with a slash, which Outlay leaves out.', {
      why: 'Addresses that are put together from it by hand then have two slashes, and the provider compares to the letter.',
      say: 'Write it without.',
      paste: `APP_BASE_URL=${baseUrl}`,
    }),
  ];
}

function judgeSurroundings({ provider, production, baseUrl, trustProxy }: Config): Finding[] {
  const found: Finding[] = [];
  if (provider === undefined) {
    found.push(
      weak('demonstration', 'This is the demonstration: no provider is set, and anybody can sign in as anybody.', {
        why: 'It runs on this machine only, with sample data.',
        say: 'For your company set the three settings of your provider.',
        paste: 'OIDC_ISSUER=…\nOIDC_CLIENT_ID=…\nOIDC_CLIENT_SECRET=…',
      }),
    );
  }
  const forOthers = !isLoopback(new URL(baseUrl));
  if (forOthers && !production) {
    found.push(
      weak('not-production', 'People elsewhere use this Outlay, and NODE_ENV is not production.', {
        why: 'Outside of production pages for whoever builds Outlay are open, and the session secret may be one that a lost data folder takes along.',
        say: 'Say that it is production.',
        paste: 'NODE_ENV=production',
      }),
    );
  }
  if (forOthers && trustProxy === false) {
    found.push(
      weak('trust-proxy', 'Outlay is told of no proxy, and there must be one: it speaks plain HTTP, and people come by https.', {
        why: 'Everybody then has the proxy’s address: in the audit record, and for the limit of sign-ins, which all share.',
        say: 'Say how many proxies stand in front.',
        paste: 'TRUST_PROXY=1',
      }),
    );
  }
  return found;
}

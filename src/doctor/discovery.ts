import { z } from 'zod';
import type { AskProvider } from '../sign-in/metadata.ts';
import { type Finding, good, shown, wrong } from './finding.ts';
import { entraFirstVersion, issuerOf, judgeSpelling, judgeWellKnown, misspelt } from './issuer-spelling.ts';
import { recogniseProvider, whereIs } from './providers.ts';

/** A provider's metadata as they came, before anything is believed. */
export type Document = Readonly<Record<string, unknown>>;

export interface Discovery {
  readonly status: number;
  readonly document: Document | undefined;
  /** A refusal that is no metadata may still say why. */
  readonly text: string;
}

const anyDocument = z.record(z.string(), z.unknown());
/** Most characters that are looked into of what is no metadata. */
const MAX_TEXT = 2_000;

/** Asks once for the metadata under an issuer, or at their own address. @throws what `ask` throws. */
export async function discover(issuer: string, ask: AskProvider): Promise<Discovery> {
  const address = `${issuerOf(issuer).replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await ask(address, { headers: { accept: 'application/json' } });
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { data } = anyDocument.safeParse(value);
  const document = response.status === 200 && typeof data?.['issuer'] === 'string' ? data : undefined;
  return { status: response.status, document, text: text.slice(0, MAX_TEXT) };
}

/**
 * Whether what lies under the issuer is the metadata of that issuer, and where it is not, which issuer was meant.
 * @param ask asked three times more at most, only where there are no metadata.
 */
export async function judgeDiscovery(issuer: string, found: Discovery, ask: AskProvider): Promise<Finding> {
  if (found.document !== undefined) return judgeName(issuer, String(found.document['issuer']));
  const spelling = judgeSpelling(issuer);
  if (spelling !== undefined) return spelling;
  const tried = await Promise.all(
    candidates(issuer).map(async ([check, candidate, why]) => {
      const other = await discover(candidate, ask).catch(() => undefined);
      return other?.document?.['issuer'] === candidate ? misspelt(check, issuer, candidate, why) : undefined;
    }),
  );
  const meant = tried.find((finding) => finding !== undefined);
  if (meant !== undefined) return meant;
  const realm = /\/realms\/([^/]+)/.exec(issuer)?.[1];
  if (realm !== undefined && /realm (does not exist|not found)/i.test(found.text)) {
    return wrong('issuer-realm', `Keycloak knows no realm "${shown(realm)}".`, {
      why: 'It answers, and says that there is no such realm. Realms are spelt to the letter, also as to capitals.',
      say: 'Name the realm as it stands in its settings.',
      paste: `OIDC_ISSUER=${shown(issuer.replace(/\/realms\/.*$/, '/realms/{realm}'))}`,
      where: whereIs('issuer', 'keycloak'),
    });
  }
  return wrong('issuer-no-metadata', `There is no provider at "${shown(issuer)}".`, {
    why: `Under an issuer lie metadata, as JSON, at /.well-known/openid-configuration. Here the answer has the status ${found.status}, and is none.`,
    say: 'Set the issuer of your provider.',
    paste: 'OIDC_ISSUER=…',
    where: whereIs('issuer', recogniseProvider(issuer)),
  });
}

function judgeName(issuer: string, named: string): Finding {
  const firstVersion = entraFirstVersion(issuer);
  if (firstVersion !== undefined) return firstVersion;
  if (named === issuer) return good('issuer', `The issuer is spelt as the provider spells it: ${shown(issuer)}.`);
  const meant = issuerOf(issuer);
  if (meant !== issuer && named.replace(/\/$/, '') === meant.replace(/\/$/, '')) return judgeWellKnown(issuer, named);
  const spelling = judgeSpelling(issuer);
  if (spelling !== undefined) return spelling;
  if (named.replace(/\/$/, '') === issuer.replace(/\/$/, '')) {
    const why = named.endsWith('/')
      ? 'The provider’s own name for itself ends with a slash, and every token says so.'
      : 'The provider’s own name for itself has no slash at its end, and every token says so.';
    return misspelt('issuer-slash', issuer, named, why);
  }
  const why = `The metadata there name another issuer, "${shown(named)}", and every token does, too. If that is your provider, it is the one to set.`;
  return misspelt('issuer-differs', issuer, named, why);
}

/** What is often meant where there is nothing. */
function candidates(issuer: string): readonly (readonly [check: string, issuer: string, why: string])[] {
  const url = new URL(issuer);
  if (issuer.includes('/auth/realms/')) {
    const without = issuer.replace('/auth/realms/', '/realms/');
    return [
      ['issuer-keycloak-auth', without, 'Keycloak has been without "/auth" in its addresses since version 17.'],
      ...keycloakVariants(without),
    ];
  }
  if (issuer.includes('/realms/')) {
    const within = issuer.replace('/realms/', '/auth/realms/');
    return [
      ...keycloakVariants(issuer),
      [
        'issuer-keycloak-auth',
        within,
        'This Keycloak has "/auth" in its addresses: an older one, or one with that relative path.',
      ],
    ];
  }
  if (recogniseProvider(issuer) === 'okta' && url.pathname !== '/') {
    return [
      ['issuer-okta-server', url.origin, 'There is no such authorization server; there is the organisation’s own.'],
      ['issuer-okta-server', `${url.origin}/oauth2/default`, 'There is no such authorization server; there is the default one.'],
    ];
  }
  return url.pathname === '/' ? [] : [['issuer-path', url.origin, 'The provider’s issuer has no path.']];
}

function keycloakVariants(issuer: string): readonly (readonly [string, string, string])[] {
  const short = issuer.replace(/(\/realms\/[^/]+)\/.*$/, '$1');
  const lower = short.replace(/\/realms\/.*$/, (path) => path.toLowerCase());
  return [
    ...(short === issuer ? [] : [['issuer-path', short, 'A realm’s issuer ends with the name of the realm.'] as const]),
    ...(lower === short ? [] : [['issuer-realm', lower, 'Realms are spelt to the letter, also as to capitals.'] as const]),
  ];
}

import { type Finding, shown, wrong } from './finding.ts';
import { recogniseProvider, whereIs } from './providers.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** An address without what may be secret in it: the user and the password, and what follows a "?" or "#". An issuer has none of these. */
export function bare(address: string): string {
  return address.replace(/^(\w+:\/\/)[^/?#]*@/, '$1').replace(/[?#].*$/s, '');
}

/** What the text of an issuer shows by itself, with no question to anybody; undefined where it may well be right. */
export function judgeSpelling(given: string): Finding | undefined {
  const issuer = bare(given);
  const found = [wellKnown, oktaAdmin, endpoint, entraAnyTenant, entraFirstVersion, google, auth0].map((judge) => judge(issuer));
  return found.find((finding) => finding !== undefined);
}

/** @param paste the issuer as it should be. */
export function misspelt(check: string, issuer: string, paste: string, why: string): Finding {
  return wrong(check, `The issuer "${shown(issuer)}" is not spelt as the provider spells it.`, {
    why,
    say: 'Set the issuer to the letter, also the last slash or that there is none.',
    paste: `OIDC_ISSUER=${shown(paste)}`,
    where: whereIs('issuer', recogniseProvider(issuer)),
  });
}

/** Of what is an issuer, or the address of its metadata: the issuer, but for its last slash. */
export function issuerOf(address: string): string {
  return address.replace(/\/\.well-known\/.*$/s, '');
}

function wellKnown(issuer: string): Finding | undefined {
  const before = issuerOf(issuer);
  if (before === issuer) return undefined;
  return judgeWellKnown(issuer, recogniseProvider(issuer) === 'auth0' ? `${before}/` : before);
}

/** @param named as the metadata there name it, where they were asked. */
export function judgeWellKnown(issuer: string, named: string): Finding {
  return misspelt('issuer-well-known', issuer, named, 'This is the address of the metadata, and not the issuer that they name.');
}

/** The admin console is copied from the browser's address bar. */
function oktaAdmin(issuer: string): Finding | undefined {
  if (!/^https:\/\/[\w-]+-admin\.okta(preview|-emea)?\.com/.test(issuer)) return undefined;
  const why = 'This is the address of the Admin Console; people sign in at the one without "-admin".';
  return misspelt('issuer-okta-admin', issuer, issuer.replace('-admin.', '.'), why);
}

/** As they stand in the metadata of those whose pages we know. */
const endpoints =
  /\/(?:(?:oauth2\/v2\.0|protocol\/openid-connect|oauth2\/v1|v1|oauth)\/(?:authorize|token|auth|userinfo|certs|keys|logout)|authorize)\/?$/;

function endpoint(issuer: string): Finding | undefined {
  const stripped = issuer.replace(endpoints, '');
  if (stripped === issuer || !URL.canParse(issuer)) return undefined;
  const [, tenant] = new RegExp(`^(https://login\\.microsoftonline\\.com/${UUID})$`, 'i').exec(stripped) ?? [];
  const paste = tenant === undefined ? stripped : `${tenant}/v2.0`;
  return misspelt('issuer-endpoint', issuer, paste, 'This is one of the provider’s endpoints, and not its issuer.');
}

function entraAnyTenant(issuer: string): Finding | undefined {
  if (!/^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)(\/|$)/.test(issuer)) return undefined;
  const why = 'Under this address anybody with any Microsoft account could sign in; Outlay trusts one tenant.';
  return misspelt('issuer-entra-any', issuer, 'https://login.microsoftonline.com/{Directory (tenant) ID}/v2.0', why);
}

/** It answers, and calls itself so; its tokens are none that Outlay could use. */
export function entraFirstVersion(issuer: string): Finding | undefined {
  const form = new RegExp(`^https://(?:sts\\.windows\\.net|login\\.microsoftonline\\.com)/(${UUID})/?(v2\\.0/)?$`, 'i');
  const [, tenant] = form.exec(issuer) ?? [];
  if (tenant === undefined) return undefined;
  const why =
    'This is the issuer of version 1 of Microsoft’s endpoints, or the slash at the end is too much; Outlay needs version 2.';
  return misspelt('issuer-entra-version', issuer, `https://login.microsoftonline.com/${tenant}/v2.0`, why);
}

function google(issuer: string): Finding | undefined {
  const right = 'https://accounts.google.com';
  if (recogniseProvider(issuer) !== 'google' || issuer === right) return undefined;
  return misspelt('issuer-google', issuer, right, 'Google has one issuer, without a slash at its end.');
}

function auth0(issuer: string): Finding | undefined {
  if (!/^https:\/\/[\w.-]+\.auth0\.com$/.test(issuer)) return undefined;
  return misspelt('issuer-slash', issuer, `${issuer}/`, 'Auth0’s issuer ends with a slash.');
}

import type { EndRequest, Led } from './provider-contract.ts';
import type { AskProvider } from './metadata.ts';

/** How often a provider may lead on within itself before it says what it has to say. */
const MAX_STEPS = 3;
/** What error pages have in them: codes by which they say what is wrong, and nothing of anybody. */
const pageCodes = /AADSTS\d{4,9}|redirect_uri_mismatch|invalid_redirect_uri|invalid_client|unauthorized_client|deleted_client/;
const MAX_PAGE = 200_000;

/**
 * Follows a sign-in in which nobody may be asked anything, without cookies, to where the provider leads.
 * @param redirectUri where it should, with an error.
 * @throws what `ask` throws.
 */
export async function followSilently(start: URL, redirectUri: string, ask: AskProvider): Promise<Led> {
  let url = start;
  for (let step = 0; ; step += 1) {
    const response = await ask(url.href, { headers: { accept: 'text/html' } });
    const location = response.headers.get('location') ?? '';
    if (response.status < 300 || response.status >= 400 || !URL.canParse(location, url.href)) {
      const [code = ''] = pageCodes.exec((await response.text()).slice(0, MAX_PAGE)) ?? [];
      return { to: 'page', status: response.status, code };
    }
    const next = new URL(location, url);
    if (`${next.origin}${next.pathname}` === redirectUri) {
      const error = next.searchParams.get('error');
      return { to: 'us', error: error === null ? '' : errorCode(error) || 'unreadable' };
    }
    // Where the provider has lost us it may say so in an address of its own.
    const [code = ''] = pageCodes.exec(decodeAll(next.search)) ?? [];
    if (step >= MAX_STEPS || next.origin !== start.origin || code !== '') return { to: 'page', status: response.status, code };
    url = next;
  }
}

/** An error code of OAuth's, from its fixed alphabet (RFC 6749 §4.1.2.1); empty for anything else. */
export function errorCode(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? value : '';
}

/** Google packs its error into base64 within the query. */
function decodeAll(search: string): string {
  const packed = [...new URLSearchParams(search).values()].filter((value) => /^[\w-]{16,2000}$/.test(value));
  return `${search} ${packed.map((value) => Buffer.from(value, 'base64url').toString('latin1')).join(' ')}`;
}

/** The status with which the provider answers who wants to end a session that there is not. @throws what `ask` throws. */
export async function tryToEnd({ endpoint, parameters }: EndRequest, ask: AskProvider): Promise<number> {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return (await ask(url.href, { headers: { accept: 'text/html' } })).status;
}

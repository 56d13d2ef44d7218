import type { AskProvider, ProviderMetadata } from './metadata.ts';
import type { EndRequest, Led, Rehearsal } from './provider-contract.ts';

/** How often a provider may lead on within itself before it says what it has to say. */
const MAX_STEPS = 3;
/** What error pages have in them: codes by which they say what is wrong, and nothing of anybody. */
const pageCodes = /AADSTS\d{4,9}|redirect_uri_mismatch|invalid_redirect_uri|invalid_client|unauthorized_client|deleted_client/;
const MAX_PAGE = 200_000;

export interface RehearsalParts {
  /** Brings a code that nobody was given. */
  readonly redeem: () => Promise<void>;
  /** Where a sign-in begins in which nobody may be asked anything. */
  readonly lead: (metadata: ProviderMetadata) => Promise<URL>;
  readonly end: EndRequest | undefined;
  readonly metadata: ProviderMetadata;
  readonly redirectUri: string;
  readonly ask: AskProvider;
}

/** Tries what can be tried without a person, all at once. */
export async function rehearse(parts: RehearsalParts): Promise<Rehearsal> {
  const { redeem, end, ask } = parts;
  const [redeemed, led, ended] = await Promise.all([
    redeem().then(() => undefined, refusedWith),
    leadSilently(parts),
    end === undefined ? undefined : tryToEnd(end, ask).catch(() => undefined),
  ]);
  return { redeemed, led, ended };
}

async function leadSilently({ lead, metadata, redirectUri, ask }: RehearsalParts): Promise<Led | undefined> {
  const follow = async (known: ProviderMetadata) => followSilently(await lead(known), redirectUri, ask);
  try {
    return await follow(metadata).catch(async (error: unknown) => {
      // Pushed by whoever has a wrong secret it says nothing of the client id; sent by the browser's way it does.
      if (refusedWith(error) !== 'invalid_client') throw error;
      return follow({ ...metadata, pushed_authorization_request_endpoint: undefined });
    });
  } catch (error) {
    const refused = refusedWith(error);
    return refused === undefined ? undefined : { to: 'nowhere', error: refused };
  }
}

/** The error code of an answer; undefined where there was none, or none that OAuth knows. */
function refusedWith(error: unknown): string | undefined {
  const { code, error: said } = error as { code?: unknown; error?: unknown };
  // RFC 6749 §5.2: a client that is not let in is answered by a challenge where it came by Basic.
  if (code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE') return 'invalid_client';
  return errorCode(said) || undefined;
}

/**
 * Follows a sign-in in which nobody may be asked anything, without cookies, to where the provider leads.
 * @param redirectUri where it should, with an error.
 * @throws what `ask` throws.
 */
async function followSilently(start: URL, redirectUri: string, ask: AskProvider): Promise<Led> {
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
function errorCode(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? value : '';
}

/** Google packs its error into base64 within the query. */
function decodeAll(search: string): string {
  const packed = [...new URLSearchParams(search).values()].filter((value) => /^[\w-]{16,2000}$/.test(value));
  return `${search} ${packed.map((value) => Buffer.from(value, 'base64url').toString('latin1')).join(' ')}`;
}

/** The status with which the provider answers who wants to end a session that there is not. @throws what `ask` throws. */
async function tryToEnd({ endpoint, parameters }: EndRequest, ask: AskProvider): Promise<number> {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return (await ask(url.href, { headers: { accept: 'text/html' } })).status;
}

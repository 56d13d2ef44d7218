import { HttpBrowser } from '../../test/http-browser.ts';

/** How a sign-in of a subject begins; by opening its `/login`, where nothing else is said. */
export type Begin = (browser: HttpBrowser, baseUrl: string) => Promise<string>;

/** Where somebody signs in. */
export interface SignInPlace {
  readonly port: number;
  /** The path to which the provider leads back. */
  readonly callback: string;
  readonly begin?: Begin | undefined;
}

const byLogin: Begin = async (_browser, baseUrl) => `${baseUrl}/login`;

/** Auth.js begins with a form that carries a token against forgery. */
export const byAuthJsForm: Begin = async (browser, baseUrl) => {
  const { csrfToken } = JSON.parse((await browser.ask(`${baseUrl}/auth/csrf`)).body) as { csrfToken: string };
  const form = { csrfToken, callbackUrl: `${baseUrl}/team/large` };
  const answer = await browser.ask(`${baseUrl}/auth/signin/bench`, { method: 'POST', form });
  if (answer.location === undefined) throw new Error(`Auth.js answered ${answer.status} instead of leading on`);
  return answer.location;
};

/** How many redirects there are at most, from the first click until somebody is signed in. */
const MOST_HOPS = 10;

/**
 * Signs somebody in with a browser of their own: from the first click until the callback has been answered, without the page to which
 * that leads, which is not the same everywhere.
 */
export async function signIn({ port, callback, begin = byLogin }: SignInPlace): Promise<HttpBrowser> {
  const browser = new HttpBrowser();
  const baseUrl = `http://localhost:${port}`;
  let url = await begin(browser, baseUrl);
  for (let hops = 0; hops < MOST_HOPS; hops += 1) {
    const answer = await browser.ask(url);
    if (answer.location === undefined)
      throw new Error(`Signing in stopped with ${answer.status} at ${url}: ${answer.body.slice(0, 500)}`);
    if (url.startsWith(baseUrl + callback)) return browser;
    url = answer.location;
  }
  throw new Error(`Signing in at ${baseUrl} leads in circles`);
}

/**
 * Signs somebody in and looks at the page that is measured.
 * @returns the cookies of that browser, as they are sent to the subject.
 * @throws Error where the page is not there.
 */
export async function signInForCookies(place: SignInPlace): Promise<string> {
  const browser = await signIn(place);
  const baseUrl = `http://localhost:${place.port}`;
  const { status, body } = await browser.ask(`${baseUrl}/team/large`);
  if (status !== 200 || !body.includes('<table')) throw new Error(`The team's page answered ${status}: ${body.slice(0, 500)}`);
  return browser.cookies.getCookieString(baseUrl);
}

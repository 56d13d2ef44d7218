import { Cookie, CookieJar } from 'tough-cookie';

export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The same as it came. */
  readonly bytes: Buffer;
  /** Where a redirect leads, made absolute; undefined where there is none. */
  readonly location: string | undefined;
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'DELETE';
  readonly form?: Readonly<Record<string, string | readonly string[]>>;
  /** With files in it. */
  readonly multipart?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a browser does without script: keeps cookies, says where a form came from, follows redirects when told to. */
export class HttpBrowser {
  readonly cookies: CookieJar;

  constructor(cookies = new CookieJar(undefined, { allowSpecialUseDomain: true })) {
    this.cookies = cookies;
  }

  /** One request; a redirect is an answer like any other. */
  async ask(url: string | URL, { method = 'GET', form, multipart, headers = {} }: Asking = {}): Promise<Answer> {
    const at = String(url);
    const response = await fetch(at, {
      method,
      redirect: 'manual',
      body: multipart ?? (form === undefined ? null : new URLSearchParams(pairs(form))),
      headers: {
        accept: 'text/html',
        cookie: await this.cookies.getCookieString(at),
        ...(method === 'POST' && { origin: new URL(at).origin }),
        ...headers,
      },
    });
    for (const cookie of response.headers.getSetCookie()) await this.cookies.setCookie(cookie, at);
    const location = response.headers.get('location');
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      url: at,
      status: response.status,
      headers: response.headers,
      body: bytes.toString(),
      bytes,
      location: location === null ? undefined : new URL(location, at).href,
    };
  }

  /** One request and whatever redirects follow. */
  async follow(url: string | URL, asking?: Asking): Promise<Answer> {
    let answer = await this.ask(url, asking);
    for (let hops = 0; answer.location !== undefined; hops += 1) {
      if (hops === 15) throw new Error(`More than 15 redirects; the last to ${answer.location}`);
      answer = await this.ask(answer.location);
    }
    return answer;
  }

  /** Drops the cookies whose names begin like this. */
  async forget(prefix: string): Promise<void> {
    const { cookies } = this.cookies.serializeSync() ?? { cookies: [] };
    const kept = cookies.filter(({ key }) => key?.startsWith(prefix) !== true);
    await this.cookies.removeAllCookies();
    for (const cookie of kept) await this.cookies.setCookie(Cookie.fromJSON(cookie) ?? '', `http://${String(cookie['domain'])}`);
  }

  /** The same cookies, kept apart from now on: what a thief would have, or a second window of an older day. */
  copy(): HttpBrowser {
    return new HttpBrowser(this.cookies.cloneSync());
  }
}

function pairs(form: NonNullable<Asking['form']>): [string, string][] {
  return Object.entries(form).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));
}

import { type Finding, good, shown, weak, wrong } from './finding.ts';

/** What a request brought, as it arrived. */
export interface Arrived {
  readonly host: string | undefined;
  readonly forwardedProto: string | undefined;
  readonly forwardedHost: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly cookie: string | undefined;
}

export interface Reached {
  readonly baseUrl: string;
  /** For Express's `trust proxy`: hops, addresses, or false. */
  readonly trustProxy: number | string[] | false;
}

/** What only a request can tell: how the proxy hands requests on, and which cookies reach us. */
export function judgeRequest(arrived: Arrived, reached: Reached): Finding[] {
  return [...judgeHost(arrived, reached), ...judgeProto(arrived, reached), judgeFor(arrived, reached), judgeCookies(arrived)];
}

function judgeHost({ host = '', forwardedHost }: Arrived, { baseUrl }: Reached): Finding[] {
  const expected = new URL(baseUrl).host;
  const named = [host, ...listOf(forwardedHost)].map((one) => withoutUsualPort(one, baseUrl));
  if (named.includes(expected)) return [good('proxy-host', `Requests come for ${expected}, as APP_BASE_URL says.`)];
  return [
    weak(
      'proxy-host',
      `This request came for "${shown(named.filter((one) => one !== '').join(', '))}", and APP_BASE_URL says ${expected}.`,
      {
        why: 'Either the proxy puts another host in, which does no harm, or people come by another address: then they cannot sign in and save nothing.',
        say: 'Have the proxy hand on the host that people ask for, or set the address by which they come.',
        paste: 'proxy_set_header Host $host;',
        where: ['nginx: in the location that has proxy_pass', 'Caddy: does so by itself', 'Apache: ProxyPreserveHost On'],
      },
    ),
  ];
}

function withoutUsualPort(host: string, baseUrl: string): string {
  return host.toLowerCase().replace(baseUrl.startsWith('https:') ? /:443$/ : /:80$/, '');
}

function judgeProto({ forwardedProto }: Arrived, { baseUrl }: Reached): Finding[] {
  if (!baseUrl.startsWith('https:')) {
    if (forwardedProto?.toLowerCase().includes('https') !== true) return [];
    return [
      wrong('proxy-proto', 'People come by https, and APP_BASE_URL is plain http.', {
        why: 'Cookies go without the protection that https allows, and the provider sends people back by plain http.',
        say: 'Set the address by which people come.',
        paste: `APP_BASE_URL=${baseUrl.replace(/^http:/, 'https:')}`,
      }),
    ];
  }
  const told = {
    why: 'Outlay goes by APP_BASE_URL, and so does not need it. But a proxy that hides https often hides the address of people as well.',
    say: 'Have the first proxy say by what people come, and the others hand that on.',
    paste: 'proxy_set_header X-Forwarded-Proto $scheme;',
    where: [
      'nginx: in the location that has proxy_pass',
      'Caddy: does so by itself',
      'Apache: RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}',
    ],
  };
  const [first] = listOf(forwardedProto);
  if (first === undefined) return [weak('proxy-proto', 'No proxy says that people come by https (X-Forwarded-Proto).', told)];
  if (first === 'https') return [good('proxy-proto', 'The proxy says that people come by https.')];
  return [weak('proxy-proto', `The proxy says that people come by "${shown(first)}", and APP_BASE_URL is https.`, told)];
}

function judgeFor({ forwardedFor }: Arrived, { trustProxy }: Reached): Finding {
  const addresses = listOf(forwardedFor).length;
  if (trustProxy === false) {
    if (addresses === 0) return good('proxy-for', 'No proxy stands in front, or none that says so, and none is trusted.');
    return weak(
      'proxy-for',
      `${addresses === 1 ? 'A proxy stands' : `${addresses} proxies stand`} in front, and TRUST_PROXY does not say so.`,
      {
        why: 'Everybody has the proxy’s address: in the audit record, in the list of sessions, and for the limit of sign-ins, which all share.',
        say: 'Say how many proxies of yours stand in front.',
        paste: `TRUST_PROXY=${addresses}`,
      },
    );
  }
  if (addresses === 0) {
    return weak('proxy-for', 'A proxy is trusted, and none says from which address people come (X-Forwarded-For).', {
      why: 'Whoever reaches Outlay without the proxy could say it themselves, and be anybody’s address.',
      say: 'Have the proxy say it, or trust none.',
      paste: 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      where: [
        'nginx: in the location that has proxy_pass',
        'Caddy and Apache: do so by themselves',
        'Without a proxy: TRUST_PROXY=0',
      ],
    });
  }
  if (typeof trustProxy !== 'number' || addresses === trustProxy)
    return good('proxy-for', 'The proxies say from which address people come, and are trusted as they stand.');
  return weak(
    'proxy-for',
    `TRUST_PROXY says ${trustProxy}, and ${addresses === 1 ? 'one proxy has' : `${addresses} proxies have`} added an address.`,
    {
      why:
        addresses < trustProxy
          ? 'What is trusted beyond the proxies that there are, whoever sends a request says for themselves.'
          : 'Everybody then has the address of one of the proxies, unless this browser sent an address of its own along.',
      say: 'Say how many proxies of yours stand in front.',
      paste: `TRUST_PROXY=${addresses}`,
    },
  );
}

/** Of all cookies; proxies and servers refuse a line of headers beyond 8 KB. */
const MANY_BYTES = 6_000;

function judgeCookies({ cookie = '' }: Arrived): Finding {
  const names = cookie.split(';').flatMap((pair) => pair.split('=', 1)[0]?.trim() ?? []);
  const ours = names.filter((name) => /^(__Host-)?outlay$/.test(name));
  if (ours.length > 1) {
    return weak('cookies', 'Two cookies with the name of Outlay’s session reach it.', {
      why: 'Another program under the same host, or a parent domain, sets one; which of them counts is up to the browser.',
      say: 'Give Outlay a host of its own.',
    });
  }
  if (cookie.length > MANY_BYTES) {
    return weak(
      'cookies',
      `${Math.ceil(cookie.length / 1_024)} KB of cookies come with every request; Outlay’s own are less than one.`,
      {
        why: 'Other programs of the same domain set them for all of its hosts. Beyond 8 KB proxies refuse requests, mostly while people sign in.',
        say: 'Have them set for their own hosts only, or give Outlay another domain.',
      },
    );
  }
  return good('cookies', 'The session’s cookie reaches Outlay, once.');
}

function listOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '');
}

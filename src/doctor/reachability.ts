import { connect, type PeerCertificate } from 'node:tls';
import { type Finding, good, shown, weak, wrong } from './finding.ts';

/** Slower than this, in seconds, and people notice it with every sign-in. */
const SLOW = 2;

/** Of an answer that came. */
export function judgeTime(seconds: number): Finding {
  const took = seconds < 0.1 ? 'less than 0.1 s' : `${seconds.toFixed(1)} s`;
  if (seconds < SLOW) return good('reach', `The provider answers, in ${took}.`);
  return weak('reach', `The provider takes ${took} to answer.`, {
    why: 'A sign-in asks it three times or more.',
    say: 'Look at what stands between: a name server that does not answer, a proxy, an IPv6 route that leads nowhere.',
  });
}

/** By what the system calls what happened: why nobody answered, and what that is for. */
const reasons: readonly (readonly [codes: RegExp, check: string, what: string, why: string, say: string])[] = [
  [
    /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/,
    'dns',
    'is not found by its name',
    'The name server of this machine knows no such host, or does not answer.',
    'Look for a typing mistake in the issuer’s host; then ask this machine’s name server for it.',
  ],
  [
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE|EACCES|EADDRNOTAVAIL)$/,
    'connect',
    'does not take connections from here',
    'A firewall, a missing proxy, or a provider that is down; or the port is another one.',
    'Allow connections from this machine to the provider’s host and port. Where they must go through a proxy, NODE_USE_ENV_PROXY=1 and HTTPS_PROXY name it.',
  ],
  [
    /^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/,
    'certificate',
    'shows a certificate that is not valid now',
    'It has expired, or is not valid yet; or the clock of this machine is wrong.',
    'Renew the provider’s certificate; look at this machine’s clock first.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'certificate',
    'shows the certificate of another host',
    'The certificate does not name the host of the issuer.',
    'Use the host that the certificate names, or have one made for this host.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|ISSUER/,
    'certificate',
    'shows a certificate that this machine does not trust',
    'Whoever signed it is not among the authorities that Node knows: one of the company’s own, or a proxy that looks into TLS.',
    'Save the authority’s certificate as PEM, and name that file before Outlay starts.',
  ],
  [
    /^(EPROTO|ERR_SSL_\w+)$/,
    'tls',
    'does not speak TLS as this machine does',
    'At this port there is plain http, or a version of TLS that is too old.',
    'Look at the port in the issuer; the provider must speak TLS 1.2 or later.',
  ],
];

/** Why the provider did not answer, by the codes along the chain of causes. */
export function judgeFailure(issuer: string, error: unknown): Finding {
  const host = shown(new URL(issuer).host);
  for (const code of codesOf(error)) {
    const reason = reasons.find(([codes]) => codes.test(code));
    if (reason === undefined) continue;
    const [, check, what, why, say] = reason;
    const paste = check === 'certificate' && say.includes('PEM') ? 'NODE_EXTRA_CA_CERTS=/etc/outlay/company-ca.pem' : '';
    return wrong(check, `The provider’s host ${host} ${what} (${code}).`, { why, say, paste });
  }
  if (error instanceof RangeError) {
    return wrong('reach', `What answers at ${host} is no provider.`, {
      why: 'Its answer is larger than any metadata, or no HTTP.',
      say: 'Set the issuer of your provider.',
      paste: 'OIDC_ISSUER=…',
    });
  }
  return wrong('reach', `The provider’s host ${host} does not answer in time.`, {
    why: 'Most often a firewall that drops connections without a word.',
    say: 'Allow connections from this machine to the provider’s host and port.',
  });
}

/** Every address of a host that was tried has a failure of its own. */
function codesOf(error: unknown): string[] {
  const open: unknown[] = [error];
  const codes: string[] = [];
  // It grows while it is walked.
  for (const at of open) {
    if (!(at instanceof Error) || open.length > MAX_CAUSES) continue;
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') codes.push(code);
    open.push(at.cause, ...(at instanceof AggregateError ? (at.errors as unknown[]) : []));
  }
  return codes;
}

const MAX_CAUSES = 50;

const DAY = 24 * 60 * 60_000;
/** How many days before it ends a certificate is spoken of. */
const DAYS_AHEAD = 21;

/** Until when the certificate of this host is valid; undefined where it cannot be had. In `limit` milliseconds. */
export async function certificateEnd(issuer: string, limit: number): Promise<Date | undefined> {
  const { hostname, port } = new URL(issuer);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    // Whether it is trusted is found by asking for the metadata; here only its dates are read, and nothing is sent.
    const socket = connect({
      host,
      port: Number(port || 443),
      servername: /[a-z]/.test(host) ? host : '',
      rejectUnauthorized: false,
    });
    const end = (date?: Date) => {
      socket.destroy();
      resolve(date);
    };
    socket.setTimeout(limit, end);
    socket.once('error', () => end());
    socket.once('secureConnect', () => {
      const { valid_to: until } = socket.getPeerCertificate() as Partial<PeerCertificate>;
      const date = new Date(until ?? '');
      end(Number.isNaN(date.getTime()) ? undefined : date);
    });
  });
}

/** @param until undefined where it could not be had, of which other checks speak. */
export function judgeCertificate(until: Date | undefined, now: Date): Finding[] {
  if (until === undefined || until <= now) return [];
  const days = Math.floor((until.getTime() - now.getTime()) / DAY);
  if (days > DAYS_AHEAD) return [good('certificate-end', `The provider’s certificate is valid for ${days} days more.`)];
  return [
    weak('certificate-end', `The provider’s certificate ends in ${days} days, on ${until.toISOString().slice(0, 10)}.`, {
      why: 'From that moment on nobody can sign in.',
      say: 'Have it renewed now, and look at why it is not renewed by itself.',
    }),
  ];
}

/** @param offset by how many seconds the provider's clock is ahead of ours. */
export function judgeClock(offset: number | undefined, tolerance: number): Finding[] {
  if (offset === undefined) return [];
  const by = `${Math.abs(offset)} s ${offset > 0 ? 'ahead of' : 'behind'} this machine’s`;
  // The date of an answer is in whole seconds, and was some of them on its way.
  if (Math.abs(offset) <= Math.max(2, tolerance / 3))
    return [good('clock', 'The clocks of the provider and of this machine agree.')];
  const told = {
    why: `Outlay bears ${tolerance} s (CLOCK_TOLERANCE); a token from further in the future, or past its end, is refused.`,
    say: 'Set this machine’s clock by NTP, and have it kept so.',
    paste: 'timedatectl set-ntp true',
  };
  const what = `The provider’s clock is ${by}.`;
  return [Math.abs(offset) > tolerance ? wrong('clock', what, told) : weak('clock', what, told)];
}

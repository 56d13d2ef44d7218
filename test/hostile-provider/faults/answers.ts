import type { ChangeAnswer } from '../behaviour.ts';
import type { HostileProvider } from '../provider.ts';

/** No answer of a provider's has a reason to be larger than a megabyte. */
const TOO_MUCH = 1_100_000;

/** Another status, with the body as it was. */
export function withStatus(status: number, headers: Readonly<Record<string, string>> = {}): ChangeAnswer {
  return (honest) => ({ ...honest, status, headers: { ...honest.headers, ...headers } });
}

/** As JSON, the same; only longer. */
export const tooLarge: ChangeAnswer = (honest) => ({
  ...honest,
  body: `${' '.repeat(TOO_MUCH)}${honest.body}`,
});

/** Sends whoever follows to an origin that is not the provider's, where the honest answer would be had. */
export function redirectElsewhere({ elsewhere }: HostileProvider, path: string, status = 307): ChangeAnswer {
  return () => ({ status, headers: { location: elsewhere.origin + path }, body: '' });
}

/** JSON that was cut off. */
export const cutOff: ChangeAnswer = (honest) => ({ ...honest, body: honest.body.slice(0, -1) });

export const page: ChangeAnswer = () => ({
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Maintenance</title><p>Back soon.',
});

export const hang: ChangeAnswer = () => 'hang';
export const drip: ChangeAnswer = () => 'drip';

import { type Channel, channel } from 'node:diagnostics_channel';

/** What can be measured, as it happens; times are in seconds. */
export interface Measured {
  /** The route as `paths.ts` has it, or `none` where no route knows the address. */
  readonly request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number };
  /** The reason is `none` for whoever was let in. */
  readonly 'sign-in': { readonly result: 'signed-in' | 'refused'; readonly reason: string };
  readonly audit: { readonly action: string };
  /** The query as it was prepared: its values are not in it. */
  readonly query: { readonly seconds: number; readonly sql: string };
  /** The status is 0 where nobody answered. */
  readonly provider: {
    readonly answered: boolean;
    readonly seconds: number;
    readonly method: string;
    readonly url: string;
    readonly status: number;
  };
}
type Kind = keyof Measured;

const channels: Readonly<Record<Kind, Channel>> = {
  request: channel('outlay:request'),
  'sign-in': channel('outlay:sign-in'),
  audit: channel('outlay:audit'),
  query: channel('outlay:query'),
  provider: channel('outlay:provider'),
};

/** Tells whoever listens; where nobody does, nothing is even made. */
export function tell<Name extends Kind>(kind: Name, make: () => Measured[Name]): void {
  if (channels[kind].hasSubscribers) channels[kind].publish(make());
}

/** Listens until it is disposed of. */
export function listen<Name extends Kind>(kind: Name, hear: (measured: Measured[Name]) => void): Disposable {
  const onMessage = (message: unknown) => hear(message as Measured[Name]);
  channels[kind].subscribe(onMessage);
  return { [Symbol.dispose]: () => channels[kind].unsubscribe(onMessage) };
}

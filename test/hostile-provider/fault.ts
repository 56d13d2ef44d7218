import type { Behaviour } from './behaviour.ts';
import type { HostileProvider } from './provider.ts';

/** One thing that a provider can do wrong, and that no Outlay may put up with. */
export interface Fault {
  /** Stable, because people name it on a command line. */
  readonly name: string;
  /** The duty that it tests, by its id. */
  readonly requirement: string;
  /** What the provider does, without a subject. */
  readonly title: string;
  /** Seen when the metadata is read, and refused before anybody is sent away; or in the course of a sign-in. */
  readonly when: 'metadata' | 'sign-in';
  readonly behaviour: BehaviourMaker;
  /** The `reason` in Outlay's log. */
  readonly reason: Reason;
  /** What must have been asked for, or else Outlay has not met the fault: a path of the provider's. */
  readonly reaches?: string;
  /** Paths of the provider's that must not be asked for in this sign-in. */
  readonly noCallsTo: readonly string[];
  /** Takes as long as Outlay waits for an answer. */
  readonly slow?: boolean;
  /** Met only by an Outlay that does not hold the provider's keys yet. */
  readonly cold?: boolean;
}

export type Reason =
  | 'response-not-trusted'
  | 'provider-refused'
  | 'token-request-refused'
  | 'provider-not-trusted'
  | 'provider-unavailable'
  | 'attempt-missing';

/** A behaviour, or what makes one once the provider is known. */
export type BehaviourMaker = Behaviour | ((provider: HostileProvider) => Behaviour | Promise<Behaviour>);

type Particulars = Partial<Omit<Fault, 'name' | 'requirement' | 'title' | 'behaviour'>>;

/** A row of the catalogue, with what the faults of one area have in common. */
export function area(common: Omit<Fault, 'name' | 'requirement' | 'title' | 'behaviour'>) {
  return (requirement: string, name: string, title: string, behaviour: BehaviourMaker, particulars: Particulars = {}): Fault => ({
    ...common,
    ...particulars,
    name,
    requirement,
    title,
    behaviour,
  });
}

/** What the provider has to do to show this. */
export async function behaviourOf(maker: BehaviourMaker, provider: HostileProvider): Promise<Behaviour> {
  return typeof maker === 'function' ? maker(provider) : maker;
}

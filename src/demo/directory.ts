import type { DemoClaims, DemoPerson } from './organisation.ts';

/** The ways in which a provider speaks of groups: a list, not at all, or that there are too many to send. */
export const waysOfSending = ['list', 'nothing', 'elsewhere'] as const;
export type WayOfSending = (typeof waysOfSending)[number];

/** Somebody as the directory has them now. */
export interface Listed {
  readonly subject: string;
  readonly sees: string;
  readonly claims: DemoClaims;
  /** Kept also while they are not sent, so that they can be again. */
  readonly groups: readonly string[];
  readonly hasLeft: boolean;
}

/** Whom one demonstration provider knows, and what it says of them. It begins with copies, so that a change stays its own. */
export class Directory {
  readonly #people: Map<string, Listed>;

  constructor(people: readonly DemoPerson[]) {
    this.#people = new Map(
      structuredClone(people).map((person) => [
        person.subject,
        { ...person, groups: groupsIn(person.claims) ?? [], hasLeft: false },
      ]),
    );
  }

  list(): readonly Listed[] {
    return [...this.#people.values()];
  }

  find(subject: unknown): Listed | undefined {
    return this.list().find((person) => person.subject === subject);
  }

  /** From now on the provider says this of somebody as well; undefined takes a claim away. */
  tell(subject: string, claims: DemoClaims): void {
    const told = structuredClone(claims);
    this.#change(subject, (person) => ({
      claims: { ...person.claims, ...told },
      groups: groupsIn(told) ?? person.groups,
    }));
  }

  /** Puts somebody into these groups and no others. */
  tellGroups(subject: string, groups: readonly string[], way: WayOfSending): void {
    this.#change(subject, () => ({ groups }));
    this.tell(subject, { ...notElsewhere, groups: way === 'list' ? groups : undefined, ...(way === 'elsewhere' && elsewhere) });
  }

  /** Somebody who has left can neither sign in nor stay, as if there were no such person. */
  leave(subject: string, hasLeft = true): void {
    this.#change(subject, () => ({ hasLeft }));
  }

  #change(subject: string, change: (person: Listed) => Partial<Listed>): void {
    const person = this.#people.get(subject);
    if (person === undefined) throw new Error(`The directory has nobody with the subject ${subject}`);
    this.#people.set(subject, { ...person, ...change(person) });
  }
}

/** OpenID Connect Core §5.6.2; nobody answers there, and nobody is to ask. */
const elsewhere: DemoClaims = {
  _claim_names: { groups: 'src1' },
  _claim_sources: { src1: { endpoint: 'https://directory.example/groups' } },
};
const notElsewhere: DemoClaims = { _claim_names: undefined, _claim_sources: undefined };

/** How somebody's groups are sent now. */
export function wayOfSending({ groups, _claim_names: names }: DemoClaims): WayOfSending {
  if (names?.['groups'] !== undefined) return 'elsewhere';
  return groups === undefined ? 'nothing' : 'list';
}

function groupsIn({ groups }: DemoClaims): string[] | undefined {
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : undefined;
}

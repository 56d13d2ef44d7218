import type { GroupsState } from '../database/schema.ts';

/** Values by the path of their claim, for example `groups` or `realm_access.roles`; a single value is a list of one. */
export type ClaimValues = ReadonlyMap<string, readonly string[]>;

/** What a provider told of somebody just now. Made by `sign-in/told-claims.ts`, of verified claims alone. */
export interface ToldClaims {
  readonly values: ClaimValues;
  /** The path of the claim that holds the groups: a setting. */
  readonly groupsClaim: string;
  readonly groups: GroupsState;
  /** Whether a groups claim that was not sent means that there are no groups: a setting, for providers that leave out an empty list. */
  readonly absentMeansNone: boolean;
}

/** What is known of somebody's claims. */
export interface KnownClaims {
  readonly values: ClaimValues;
  readonly groups: GroupsState;
  /** When the provider last named the groups that count, be it that there are none; undefined where none do that it named. */
  readonly groupsToldAt: Date | undefined;
}

export const noClaims: KnownClaims = { values: new Map(), groups: 'absent', groupsToldAt: undefined };

/**
 * What is known after the provider has spoken again. Groups that it did not send, or that it only points to, neither give
 * nor take away: those it named last still count, and the state says that it did not name them now.
 * @param whole whether what is not mentioned is gone: so at a sign-in. A refreshed answer may be shorter (Core §12.2).
 */
export function learnClaims(known: KnownClaims, told: ToldClaims, whole: boolean, at: Date): KnownClaims {
  const { groupsClaim } = told;
  const values = new Map(whole ? [] : known.values);
  for (const [path, list] of told.values) values.set(path, list);
  const named = told.groups === 'present' || told.groups === 'empty';
  const none = told.groups === 'absent' && told.absentMeansNone;
  const groups = named ? told.values.get(groupsClaim) : none ? undefined : known.values.get(groupsClaim);
  values.delete(groupsClaim);
  if (groups !== undefined) values.set(groupsClaim, groups);
  return { values, groups: told.groups, groupsToldAt: named ? at : none ? undefined : known.groupsToldAt };
}

interface ClaimColumns {
  readonly claims: string;
  readonly groups_state: GroupsState;
  readonly groups_told_at: string | null;
}

/** As they stand in the person's row. A list of pairs, because a claim may have any name, `__proto__` among them. */
export function toColumns({ values, groups, groupsToldAt }: KnownClaims): ClaimColumns {
  return {
    claims: JSON.stringify([...values]),
    groups_state: groups,
    groups_told_at: groupsToldAt?.toISOString() ?? null,
  };
}

/** Written by `toColumns` alone, so it is read as it stands. */
export function fromColumns({ claims, groups_state: groups, groups_told_at: toldAt }: ClaimColumns): KnownClaims {
  return {
    values: new Map(JSON.parse(claims) as [string, string[]][]),
    groups,
    groupsToldAt: toldAt === null ? undefined : new Date(toldAt),
  };
}

import type { GroupsSettings } from '../config-provider.ts';
import type { ClaimValues, ToldClaims } from '../rights/claims.ts';

/** Most characters that are kept of somebody's claims in all; groups that do not fit are treated as if they pointed elsewhere. */
const MAX_CHARACTERS = 60_000;
/** Longest value and longest path, in characters; what is longer is not kept. Distinguished names of a directory fit in. */
const MAX_LENGTH = 500;
const MAX_DEPTH = 4;

/** Of the protocol, not of the person (Core §2, RFC 7519 §4.1); the e-mail address is known by itself, with whether it is verified. */
const notClaims = new Set(
  `iss sub aud exp iat nbf jti nonce azp auth_time acr amr sid at_hash c_hash s_hash session_expiry events
   email email_verified email_domain _claim_names _claim_sources hasgroups`.split(/\s+/),
);
/** What people often change themselves or Outlay has no need to know, so that no rule is about it (Core §5.1 and §5.7). */
const personal = new Set(
  `name given_name family_name middle_name nickname preferred_username picture profile website phone_number phone_number_verified birthdate gender address updated_at`.split(
    /\s+/,
  ),
);

/** Reads what rules are held against. Both sources are verified; where both have a claim, the ID Token's counts. */
export function toldClaims(idTokenClaims: object, userInfo: object, settings: GroupsSettings): ToldClaims {
  const sources = [idTokenClaims, userInfo] as Record<string, unknown>[];
  const values = new Map<string, string[]>();
  for (const source of sources) addValues(values, source);
  const { claim } = settings;
  const list = values.get(claim);
  const kept = limited(values, claim);
  const told = { values: kept, groupsClaim: claim, absentMeansNone: settings.absent === 'none' };
  if (list !== undefined && kept.has(claim)) return { ...told, groups: list.length === 0 ? 'empty' : 'present' };
  const elsewhere = list !== undefined || sources.some((source) => pointsElsewhere(source, claim));
  return { ...told, groups: elsewhere ? 'overflowing' : 'absent' };
}

/**
 * Core §5.6.2: the claim's name stands beside the source that has it; of a nested one, the name of what it is in. Microsoft
 * Entra ID says `hasgroups` as well.
 */
function pointsElsewhere({ _claim_names: names, hasgroups }: Record<string, unknown>, claim: string): boolean {
  const isIn = (name: string) => name === claim || claim.startsWith(`${name}.`);
  const named = isObject(names) && Object.keys(names).some(isIn);
  return named || (claim === 'groups' && (hasgroups === true || hasgroups === 'true'));
}

/** A claim whose own name has points in it, as in an address, is found before a nested one that would be spelled alike. */
function addValues(into: Map<string, string[]>, source: Record<string, unknown>): void {
  const known = new Set(into.keys());
  const entries = Object.entries(source).filter(([name]) => !notClaims.has(name) && !personal.has(name));
  for (const [name, value] of entries) if (!isObject(value)) add(into, known, name, value);
  for (const [name, value] of entries) if (isObject(value)) addNested(into, known, name, value, 1);
}

function addNested(into: Map<string, string[]>, known: ReadonlySet<string>, path: string, value: object, depth: number): void {
  if (depth >= MAX_DEPTH) return;
  for (const [name, inner] of Object.entries(value)) {
    const at = `${path}.${name}`;
    if (isObject(inner)) addNested(into, known, at, inner, depth + 1);
    else add(into, known, at, inner);
  }
}

function add(into: Map<string, string[]>, known: ReadonlySet<string>, path: string, value: unknown): void {
  const list = listOf(value);
  if (list === undefined || !isKeepable(path) || known.has(path) || into.has(path)) return;
  into.set(path, list);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A single value is a list of one, and the empty text is none.
 * @returns undefined for what says nothing: null, and values of which none can be kept, so that they are not taken for none.
 */
function listOf(value: unknown): string[] | undefined {
  const given: unknown[] = (Array.isArray(value) ? value : [value]).filter((one) => one !== '');
  const kept = given.filter(isScalar).map(String).filter(isKeepable);
  return kept.length === 0 && given.length > 0 ? undefined : [...new Set(kept)];
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** PostgreSQL refuses a NUL and half a character, and nothing honest has control characters in it. */
function isKeepable(text: string): boolean {
  return text.length > 0 && text.length <= MAX_LENGTH && !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** Whole lists only: a right must not depend on which part was kept. */
function limited(values: ReadonlyMap<string, string[]>, groupsClaim: string): ClaimValues {
  const kept = new Map<string, string[]>();
  let left = MAX_CHARACTERS;
  const groupsFirst = [...values].toSorted(([a], [b]) => Number(b === groupsClaim) - Number(a === groupsClaim));
  for (const [path, list] of groupsFirst) {
    const size = [path, ...list].reduce((sum, text) => sum + text.length, 0);
    if (size > left) continue;
    left -= size;
    kept.set(path, list);
  }
  return kept;
}

import type { KnownClaims } from './claims.ts';
import type { Given, Grant, Right, Rule } from './rights.ts';

/** Whose rights are asked for: what the provider vouches for, and what an admin gave. */
export interface Subject {
  /** Undefined unless the provider verified it. */
  readonly verifiedEmail: string | undefined;
  readonly claims: KnownClaims;
  readonly grants: readonly Grant[];
}

/** The settings that make the first admin. */
export interface AdminSettings {
  readonly email?: string | undefined;
  readonly group?: string | undefined;
  readonly groupsClaim: string;
}

const anAdmin: Given = { role: 'admin', teamId: null };

/** How many values of all claims it is remembered for which patterns they are like: most people share theirs. */
const REMEMBERED = 20_000;

/**
 * All the rules, ready to be held against somebody. What a rule gives does not depend on their order. Rules that want a
 * value to the letter are found by it; those with a pattern are tried one by one, for each value once.
 */
export class Rules {
  readonly all: readonly Rule[];
  /** The claim that names groups: a setting. */
  readonly groupsClaim: string;
  readonly #exact = new Map<string, Map<string, Rule[]>>();
  readonly #patterns = new Map<string, { readonly rule: Rule; readonly fits: (text: string) => boolean }[]>();
  readonly #like = new Map<string, Map<string, readonly Rule[]>>();
  #remembered = 0;
  readonly #settings: readonly {
    readonly setting: 'ADMIN_EMAIL' | 'ADMIN_GROUP';
    readonly claim: string;
    readonly value: string;
  }[];
  readonly #admin: AdminSettings;

  constructor(all: readonly Rule[], admin: AdminSettings) {
    const { email, group, groupsClaim } = admin;
    this.all = all;
    this.groupsClaim = groupsClaim;
    this.#admin = admin;
    for (const rule of all) {
      if (rule.operator === 'matches') {
        getOrAdd(this.#patterns, rule.claim, () => []).push({ rule, fits: patternOf(rule.value) });
      } else {
        const byValue = getOrAdd(this.#exact, rule.claim, () => new Map<string, Rule[]>());
        getOrAdd(byValue, rule.value, () => []).push(rule);
      }
    }
    this.#settings = [
      ...(email === undefined ? [] : [{ setting: 'ADMIN_EMAIL', claim: 'email', value: normalizeEmail(email) } as const]),
      ...(group === undefined ? [] : [{ setting: 'ADMIN_GROUP', claim: groupsClaim, value: group } as const]),
    ];
  }

  /** Everything that somebody is given, and why: by settings, rules and grants. */
  rightsOf(subject: Subject): Right[] {
    const rights: Right[] = [];
    for (const [claim, values] of factsOf(subject)) {
      const exact = this.#exact.get(claim);
      for (const { setting, value } of this.#settings.filter((wanted) => wanted.claim === claim)) {
        if (values.includes(value)) rights.push({ given: anAdmin, origin: { kind: 'setting', setting, met: value } });
      }
      for (const met of exact === undefined ? [] : values) {
        for (const rule of exact?.get(met) ?? []) rights.push({ given: rule.gives, origin: { kind: 'rule', rule, met } });
      }
      if (this.#patterns.has(claim)) rights.push(...this.#rightsByPattern(claim, values));
    }
    for (const grant of subject.grants) rights.push({ given: grant.gives, origin: { kind: 'grant', grant } });
    return rights;
  }

  /** A rule counts once, by the first value that is like it. */
  *#rightsByPattern(claim: string, values: readonly string[]): Iterable<Right> {
    const met = new Map<Rule, string>();
    for (const value of values) {
      for (const rule of this.#rulesLike(claim, value)) getOrAdd(met, rule, () => value);
    }
    for (const [rule, value] of met) yield { given: rule.gives, origin: { kind: 'rule', rule, met: value } };
  }

  #rulesLike(claim: string, value: string): readonly Rule[] {
    const known = this.#like.get(claim)?.get(value);
    if (known !== undefined) return known;
    const found = (this.#patterns.get(claim) ?? []).flatMap(({ rule, fits }) => (fits(value) ? rule : []));
    if (this.#remembered >= REMEMBERED) {
      this.#like.clear();
      this.#remembered = 0;
    }
    getOrAdd(this.#like, claim, () => new Map<string, readonly Rule[]>()).set(value, found);
    this.#remembered += 1;
    return found;
  }

  /** The same rules but for the one with this id, which is taken away, or is this one from now on. */
  with(id: string, rule?: Rule): Rules {
    const others = this.all.filter((known) => known.id !== id);
    return new Rules(rule === undefined ? others : [...others, rule], this.#admin);
  }
}

/** What a rule may be about. An address, and its domain, are facts only where the provider verified it. */
export function factsOf({
  verifiedEmail,
  claims,
}: Pick<Subject, 'verifiedEmail' | 'claims'>): Iterable<readonly [string, readonly string[]]> {
  if (verifiedEmail === undefined) return claims.values;
  const domain = verifiedEmail.slice(verifiedEmail.lastIndexOf('@') + 1);
  return [...claims.values, ['email', [verifiedEmail]], ['email_domain', [domain]]];
}

/**
 * ASCII letters only: full case folding would make one address of two different ones (the Kelvin sign becomes "k"), and
 * so give somebody another person's team.
 */
export function normalizeEmail(email: string): string {
  return email.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Whether a text is like a pattern, in which `*` stands for any characters or none; everything else stands for itself, in
 * the same case.
 */
export function matches(pattern: string, text: string): boolean {
  return patternOf(pattern)(text);
}

/** Without going back, so that no pattern takes long. */
function patternOf(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

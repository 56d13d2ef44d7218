import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { usualGroups } from '../config-provider.ts';
import { toldClaims } from '../sign-in/told-claims.ts';
import { learnClaims, noClaims } from './claims.ts';
import { type Given, keyOf, type Rule } from './rights.ts';
import { factsOf, matches, Rules, type Subject } from './rules.ts';

function somebody(verifiedEmail: string | undefined, claims: object): Subject {
  return { verifiedEmail, claims: learnClaims(noClaims, toldClaims(claims, {}, usualGroups), true, new Date(0)), grants: [] };
}

/** What is given, each once, in an order of its own. */
function givenBy(rules: readonly Rule[], subject: Subject): string[] {
  const rights = new Rules(rules, { groupsClaim: 'groups' }).rightsOf(subject);
  return [...new Set(rights.map(({ given }) => keyOf(given)))].toSorted();
}

describe('rules together', () => {
  const values = fc.constantFrom('a', 'b', 'ab', 'ba', 'abc', '');
  const claims = fc.constantFrom('groups', 'department', 'email', 'email_domain');
  const gives: fc.Arbitrary<Given> = fc.oneof(
    fc.record({ role: fc.constantFrom('admin', 'finance', 'auditor'), teamId: fc.constant(null) }),
    fc.record({ role: fc.constantFrom('member', 'manager'), teamId: fc.constantFrom('x', 'y') }),
  );
  const operator = fc.constantFrom('equals', 'matches');
  const oneRule = fc.record({
    id: fc.uuid(),
    claim: claims,
    operator,
    value: fc.oneof(values, fc.constantFrom('*', 'a*', '*b')),
    gives,
  });
  const subject = fc
    .record({ email: fc.option(fc.constantFrom('a@b', 'ab@a')), groups: fc.array(values), department: values })
    .map(({ email, ...told }) => somebody(email ?? undefined, told));

  it('give the same in any order, and what each gives alone', () => {
    fc.assert(
      fc.property(fc.array(oneRule), subject, fc.infiniteStream(fc.nat()), (rules, who, chance) => {
        const shuffled = rules.map((one) => ({ one, at: chance.next().value })).toSorted((a, b) => a.at - b.at);
        const given = givenBy(rules, who);
        assert.deepEqual(
          givenBy(
            shuffled.map(({ one }) => one),
            who,
          ),
          given,
        );
        assert.deepEqual(given, [...new Set(rules.flatMap((one) => givenBy([one], who)))].toSorted());
      }),
    );
  });

  it('give to whom a reader would say, who holds every rule against every value', () => {
    fc.assert(
      fc.property(fc.array(oneRule), fc.array(subject, { minLength: 1 }), (all, people) => {
        const rules = new Rules(all, { groupsClaim: 'groups' });
        // Twice, because what a value is like is remembered.
        for (const who of [...people, ...people]) {
          const facts = new Map(factsOf(who));
          const fits = all.filter(({ claim, operator: how, value }) =>
            (facts.get(claim) ?? []).some((text) => (how === 'equals' ? text === value : naive(value).test(text))),
          );
          const met = rules.rightsOf(who).map(({ origin }) => (origin.kind === 'rule' ? origin.rule.id : ''));
          assert.deepEqual(met.toSorted(), fits.map(({ id }) => id).toSorted());
        }
      }),
    );
  });
});

/** What `*` means, as a regular expression; only where texts are short. */
function naive(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('[^]*')}$`, 'u');
}

describe('a pattern', () => {
  it('matches what a regular expression does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '?', '[', '\\', '\n', '💸'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('*', '*', 'a', 'b', '.', '?', '[', '\\', '💸'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (like, one) => {
        assert.equal(matches(like, one), naive(like).test(one));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is answered, however many * it has', () => {
    const text = `${'a'.repeat(100_000)}b`;
    assert.equal(matches(`${'a*'.repeat(250)}c`, text), false);
    assert.equal(matches(`${'*a'.repeat(250)}*b`, text), true);
    assert.equal(matches('*'.repeat(500), text), true);
    assert.equal(matches(`${'*aab'.repeat(100)}*`, text), false);
  });
});

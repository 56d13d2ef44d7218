import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { usualGroups } from '../config-provider.ts';
import { toldClaims } from '../sign-in/told-claims.ts';
import { addTeam } from '../teams/teams.ts';
import { learnClaims, noClaims } from './claims.ts';
import type { KnownPerson } from './everybody.ts';
import { explainClaims, explainRights, explainTeam } from './explain.ts';
import type { Given, Grant, Rule } from './rights.ts';
import { Rules } from './rules.ts';

const finance = { id: 'finance', label: 'Finance' };
const member: Given = { role: 'member', teamId: 'finance' };

function rule(claim: string, value: string, operator: Rule['operator'] = 'equals', gives: Given = member): Rule {
  return { id: `${claim} ${value}`, claim, operator, value, gives };
}

function grant(gives: Given): Grant {
  return { id: 'grant', gives, givenBy: 'Dana Dyer', givenAt: '2026-01-05T08:00:00.000Z' };
}

function alice(claims: object, more: Partial<KnownPerson> = {}): KnownPerson {
  const known = learnClaims(noClaims, toldClaims(claims, {}, usualGroups), true, new Date('2026-01-05T08:00:00Z'));
  const email = 'alice@example.com';
  return {
    id: 'alice',
    issuer: 'https://id.example.com',
    subject: 'alice',
    name: 'Alice',
    email,
    disabledAt: undefined,
    verifiedEmail: email,
    claims: known,
    grants: [],
    ...more,
  };
}

const rulesOf = (...all: readonly Rule[]) => new Rules(all, { groupsClaim: 'groups', email: 'alice@example.com' });
const without = (...all: readonly Rule[]) => new Rules(all, { groupsClaim: 'groups' });

describeOnBothEngines('the answer to why somebody sees something', (engine) => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    await fresh.db.transaction().execute(async (db) => addTeam(db, { ...finance, currency: 'EUR' }));
  });
  after(() => fresh[Symbol.asyncDispose]());

  it('names each thing once with every reason, the whole organisation first', async () => {
    const person = alice(
      { groups: ['money-eu', 'money'] },
      { grants: [grant(member), grant({ role: 'finance', teamId: null })] },
    );
    const rights = rulesOf(
      rule('groups', 'money'),
      rule('groups', 'money-*', 'matches'),
      rule('email_domain', 'example.com', 'equals', { role: 'manager', teamId: 'finance' }),
    ).rightsOf(person);
    const explained = await explainRights(fresh.db, rights);
    assert.deepEqual(
      explained.map(({ what, why }) => [what, why.toSorted()]),
      [
        ['Every team, as an admin', ['The setting ADMIN_EMAIL names “alice@example.com”.']],
        ['Every team, as finance', ['Given by Dana Dyer on 5 January 2026.']],
        ['Finance, as a manager', ['A rule gives this to everybody whose e-mail domain is example.com.']],
        [
          'Finance, as a member',
          [
            'A rule gives this to everybody whose claim “groups” has something like “money-*” (here “money-eu”).',
            'A rule gives this to everybody whose claim “groups” has “money”.',
            'Given by Dana Dyer on 5 January 2026.',
          ],
        ],
      ],
    );
  });

  it('is nothing for somebody without rights, and names a team that is gone by its id', async () => {
    assert.deepEqual(await explainRights(fresh.db, []), []);
    const [right] = without(rule('groups', 'x', 'equals', { role: 'member', teamId: 'gone' })).rightsOf(alice({ groups: 'x' }));
    assert.ok(right !== undefined);
    assert.equal((await explainRights(fresh.db, [right]))[0]?.what, 'gone, as a member');
  });
});

describe('the answer to which claims arrived', () => {
  it('is every claim that a rule could be over, and the address only where it is verified', () => {
    const claims = { groups: ['a', 'b'], department: 'Sales', none: [], sub: 'x', phone_number: 'x' };
    const shown = (person: KnownPerson) =>
      Object.fromEntries(explainClaims(person).map(({ name, values, more }) => [name, [...values, more]]));
    const told = { groups: ['a', 'b', ''], department: ['Sales', ''], none: ['(empty)'] };
    assert.deepEqual(shown(alice(claims)), { ...told, email: ['alice@example.com', ''], email_domain: ['example.com', ''] });
    assert.deepEqual(shown(alice(claims, { verifiedEmail: undefined })), told);
  });

  it('is not longer than somebody reads', () => {
    const groups = Array.from({ length: 60 }, (_, index) => `g${index}`);
    const [shown] = explainClaims(alice({ groups }, { verifiedEmail: undefined }));
    assert.deepEqual(shown, { name: 'groups', values: groups.slice(0, 50), more: 'and 10 more' });
  });
});

describe('the answer to why somebody does not see a team', () => {
  const why = (rules: Rules, person: KnownPerson) => explainTeam(rules, person, finance);

  it('is that they do, with every reason for it and no other', () => {
    const rules = without(rule('groups', 'money'), rule('groups', 'other', 'equals', { role: 'member', teamId: 'other' }));
    const person = alice({ groups: ['money', 'other'] }, { grants: [grant({ role: 'auditor', teamId: null })] });
    assert.deepEqual(why(rules, person), {
      sees: true,
      sentence: 'Alice sees Finance.',
      reasons: [
        'Member. A rule gives this to everybody whose claim “groups” has “money”.',
        'Auditor. Given by Dana Dyer on 5 January 2026.',
      ],
    });
  });

  it('is that they are kept out, whatever the rules give', () => {
    const { sees, sentence } = why(without(rule('groups', 'money')), alice({ groups: 'money' }, { disabledAt: '2026-01-05' }));
    assert.deepEqual([sees, sentence], [false, 'Alice has been disabled, and sees nothing at all.']);
  });

  it('is that nothing gives it to anybody', () => {
    const { sees, sentence } = why(without(rule('x', 'x', 'equals', { role: 'member', teamId: 'other' })), alice({}));
    assert.deepEqual([sees, sentence], [false, 'No rule gives Finance to anybody, and Alice was not given it by an admin.']);
  });

  for (const [claims, more, miss] of [
    [{ groups: ['x', 'y'] }, {}, 'Theirs: x, y.'],
    [{ groups: [] }, {}, 'Theirs: (empty).'],
    [{}, {}, 'It was not sent. Your company’s sign-in did not say anything about groups. None are known, so none count.'],
    [
      { hasgroups: true },
      {},
      'It was not sent. There are more groups than your company’s sign-in can send along. None are known, so none count.',
    ],
  ] as const) {
    it(`IDM-6 is what is there instead of the group, where ${JSON.stringify(claims)} was told`, () => {
      const { reasons } = why(without(rule('groups', 'money')), alice(claims, more));
      assert.deepEqual(reasons, [`A rule wants everybody whose claim “groups” has “money”. ${miss}`]);
    });
  }

  it('is that the address is another one, is not verified, or was not sent', () => {
    const rules = without(rule('email', 'bob@example.com'));
    const miss = (more: Partial<KnownPerson>) => why(rules, alice({}, more)).reasons[0]?.split('. ').slice(1).join('. ');
    assert.equal(miss({}), 'Theirs: alice@example.com.');
    assert.equal(miss({ verifiedEmail: undefined }), 'alice@example.com is not verified by your company’s sign-in.');
    assert.equal(miss({ verifiedEmail: undefined, email: undefined }), 'No address was sent.');
  });

  it('names twenty rules, and how many more there are', () => {
    const rules = without(...Array.from({ length: 23 }, (_, index) => rule('groups', `g${index}`)));
    const { reasons } = why(rules, alice({ groups: 'x' }));
    assert.equal(reasons.length, 21);
    assert.equal(reasons.at(-1), 'There are 3 more rules, and none of them fits.');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inGroups } from '../../test/told.ts';
import { usualGroups } from '../config-provider.ts';
import { toldClaims } from '../sign-in/told-claims.ts';
import { learnClaims, noClaims } from './claims.ts';
import { type Given, keyOf, type Rule } from './rights.ts';
import { type AdminSettings, Rules, type Subject } from './rules.ts';

const member: Given = { role: 'member', teamId: 'finance' };

function rule(claim: string, value: string, more: Partial<Rule> = {}): Rule {
  return { id: `${claim} ${value} ${more.operator}`, claim, operator: 'equals', value, gives: member, ...more };
}

/** Somebody whose verified address is this, and of whom the provider told these claims. */
function somebody(verifiedEmail: string | undefined, claims: object = {}, grants: Subject['grants'] = []): Subject {
  return { verifiedEmail, claims: learnClaims(noClaims, toldClaims(claims, {}, usualGroups), true, new Date(0)), grants };
}

function rightsBy(rules: readonly Rule[], subject: Subject, admin: Partial<AdminSettings> = {}) {
  return new Rules(rules, { groupsClaim: 'groups', ...admin }).rightsOf(subject);
}

/** What is given, each once, in an order of its own. */
function givenBy(...args: Parameters<typeof rightsBy>): string[] {
  return [...new Set(rightsBy(...args).map(({ given }) => keyOf(given)))].toSorted();
}

describe('a rule', () => {
  it('gives by every kind of claim, and says which value it met', () => {
    const alice = somebody('alice@example.com', {
      groups: ['staff', 'finance'],
      department: 'Finance',
      level: 7,
      realm_access: { roles: ['a', 'b'] },
      'https://x.example/team': 'x',
    });
    for (const [claim, value] of [
      ['email', 'alice@example.com'],
      ['email_domain', 'example.com'],
      ['groups', 'finance'],
      ['department', 'Finance'],
      ['level', '7'],
      ['realm_access.roles', 'b'],
      ['https://x.example/team', 'x'],
    ] as const) {
      for (const operator of ['equals', 'matches'] as const) {
        const wanted = rule(claim, value, { operator });
        assert.deepEqual(rightsBy([wanted], alice), [{ given: member, origin: { kind: 'rule', rule: wanted, met: value } }]);
      }
      const like = rule(claim, `${value.slice(0, 1)}*`, { operator: 'matches' });
      assert.deepEqual(rightsBy([like], alice), [{ given: member, origin: { kind: 'rule', rule: like, met: value } }]);
    }
  });

  it('over an address or its domain counts only where the address is verified, and no claim can stand in for it', () => {
    const rules = [
      rule('email', 'alice@example.com'),
      rule('email_domain', 'example.com'),
      rule('email', '*', { operator: 'matches' }),
    ];
    assert.deepEqual(givenBy(rules, somebody('alice@example.com')), ['member finance']);
    const claims = { email: 'alice@example.com', email_domain: 'example.com', email_verified: true };
    assert.deepEqual(givenBy(rules, somebody(undefined, claims)), []);
  });

  it('over a domain is over all of it, behind the last @', () => {
    const rules = [rule('email_domain', 'example.com')];
    for (const email of ['a@evil.example', 'a@sub.example.com', 'a@example.com.evil', 'example.com@evil', 'a@xexample.com']) {
      assert.deepEqual(givenBy(rules, somebody(email)), [], email);
    }
    assert.deepEqual(givenBy(rules, somebody('"a@evil"@example.com')), ['member finance']);
  });

  it('IDM-7 gives to the letter only: no other case, no part, no space, no other letter that looks alike', () => {
    const rules = [rule('groups', 'finance'), rule('groups', 'team-*', { operator: 'matches' })];
    for (const group of [
      'Finance',
      'finance ',
      'financ',
      'xfinance',
      'fіnance',
      'finance\u200b',
      'team',
      'Team-1',
      ' team-1',
      '*',
    ]) {
      assert.deepEqual(givenBy(rules, { ...somebody(undefined), claims: inGroups(group) }), [], group);
    }
    for (const group of ['finance', 'team-', 'team-1'])
      assert.equal(givenBy(rules, somebody(undefined, { groups: group })).length, 1);
  });

  it('IDM-7 makes nobody an admin by what a group, a claim or a person is called', () => {
    const names = ['admin', 'Admin', 'admins', 'administrator', 'outlay-admin', 'root', '*', 'finance', 'auditor', 'member'];
    const subject = somebody('admin@example.com', { groups: names, role: 'admin', roles: names, admin: true, rights: ['admin'] });
    assert.deepEqual(givenBy([], subject), []);
    assert.deepEqual(givenBy([rule('groups', 'sales')], subject), []);
    const asAdmin = rule('groups', 'admin', { gives: { role: 'admin', teamId: null } });
    assert.deepEqual(givenBy([asAdmin], subject), ['admin'], 'but by a rule that says so');
  });

  it('IDM-6 over groups that are absent or overflowing gives nothing', () => {
    const rules = [rule('groups', '*', { operator: 'matches' }), rule('groups', 'finance')];
    for (const claims of [{}, { hasgroups: true }, { _claim_names: { groups: 'finance' } }, { groups: [] }, { groups: null }]) {
      assert.deepEqual(givenBy(rules, somebody(undefined, claims)), [], JSON.stringify(claims));
    }
  });

  it('is not met by names of JavaScript’s own', () => {
    const rules = ['__proto__', 'constructor', 'toString'].map((value) => rule('groups', value));
    assert.deepEqual(givenBy(rules, somebody(undefined, { groups: ['x'] })), []);
    assert.equal(rightsBy(rules, somebody(undefined, { groups: ['__proto__', 'constructor'] })).length, 2);
    assert.deepEqual(givenBy([rule('__proto__', 'x'), rule('constructor', 'x')], somebody(undefined, {})), []);
  });

  it('with a pattern counts once, by the first value that is like it', () => {
    const like = rule('groups', 'eu-*', { operator: 'matches' });
    const rules = new Rules([like], { groupsClaim: 'groups' });
    for (const [groups, met] of [
      [['us-1', 'eu-2', 'eu-1'], 'eu-2'],
      [['us-1', 'eu-1', 'eu-2'], 'eu-1'],
    ] as const) {
      const rights = rules.rightsOf(somebody(undefined, { groups }));
      assert.deepEqual(rights, [{ given: member, origin: { kind: 'rule', rule: like, met } }]);
    }
  });
});

describe('a setting', () => {
  const admin = { email: 'Dana@Example.com', group: 'outlay-admins' };

  it('makes whoever has this verified address an admin, and nobody whose address only looks like it', () => {
    assert.deepEqual(rightsBy([], somebody('dana@example.com'), admin), [
      { given: { role: 'admin', teamId: null }, origin: { kind: 'setting', setting: 'ADMIN_EMAIL', met: 'dana@example.com' } },
    ]);
    for (const email of [undefined, 'dana@example.co', 'xdana@example.com', 'dana@example.com.evil', '']) {
      assert.deepEqual(givenBy([], somebody(email, { email: 'dana@example.com', email_verified: true }), admin), []);
    }
  });

  it('makes whoever is in exactly this group an admin, by the claim that names groups', () => {
    assert.deepEqual(givenBy([], somebody(undefined, { groups: ['x', 'outlay-admins'] }), admin), ['admin']);
    for (const claims of [
      { groups: ['Outlay-admins', 'outlay-admins-2', '*'] },
      { roles: ['outlay-admins'] },
      { hasgroups: true },
    ]) {
      assert.deepEqual(givenBy([], somebody(undefined, claims), admin), [], JSON.stringify(claims));
    }
    assert.deepEqual(givenBy([], somebody(undefined, { roles: 'outlay-admins' }), { ...admin, groupsClaim: 'roles' }), ['admin']);
  });

  it('that is not there makes nobody an admin', () => {
    assert.deepEqual(givenBy([], somebody('dana@example.com', { groups: ['outlay-admins', ''] })), []);
  });
});

describe('a grant', () => {
  it('counts beside the rules, and says who gave it', () => {
    const grant = { id: 'g', gives: { role: 'auditor', teamId: null }, givenBy: 'Dana', givenAt: '2026-01-05' } as const;
    const subject = somebody('alice@example.com', {}, [grant]);
    assert.deepEqual(rightsBy([], subject), [{ given: grant.gives, origin: { kind: 'grant', grant } }]);
    assert.deepEqual(givenBy([rule('email', 'alice@example.com')], subject), ['auditor', 'member finance']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type GroupsSettings, usualGroups } from '../config-provider.ts';
import { toldClaims } from './told-claims.ts';

/** What is told by an ID Token and, besides, UserInfo, as JSON brings it. */
function told(idToken: object, userInfo: object = {}, settings: GroupsSettings = usualGroups) {
  return toldClaims(idToken, userInfo, settings);
}

function valuesOf(idToken: object, userInfo: object = {}) {
  return Object.fromEntries(told(idToken, userInfo).values);
}

const elsewhere = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://x.example' } } };

describe('the groups that a provider tells', () => {
  it('IDM-6 are absent, overflowing, empty or present, and nothing else', () => {
    for (const [state, claims] of [
      ['absent', {}],
      ['absent', { groups: null }],
      ['absent', { groups: [null] }],
      ['absent', { groups: [{ id: 'finance' }] }],
      ['absent', { groups: [['finance']] }],
      ['absent', { groups: { finance: true } }],
      ['absent', { Groups: ['finance'] }],
      ['overflowing', elsewhere],
      ['overflowing', { hasgroups: true }],
      ['overflowing', { hasgroups: 'true' }],
      ['empty', { groups: [] }],
      ['empty', { groups: '' }],
      ['empty', { groups: [''] }],
      ['present', { groups: ['finance'] }],
      ['present', { groups: 'finance' }],
      ['present', { groups: [7, true] }],
      ['present', { groups: ['finance', { id: 'x' }, null] }],
    ] as const) {
      assert.equal(told(claims).groups, state, JSON.stringify(claims));
      assert.equal(told({}, claims).groups, state, `${JSON.stringify(claims)} at UserInfo`);
    }
  });

  it('IDM-6 are there where the ID Token points elsewhere and UserInfo names them', () => {
    assert.equal(told(elsewhere, { groups: ['finance'] }).groups, 'present');
    assert.equal(told({ hasgroups: true }, { groups: [] }).groups, 'empty');
  });

  it('IDM-6 do not point elsewhere where another claim does, or says that it does', () => {
    for (const claims of [
      { _claim_names: { roles: 'src1' } },
      { _claim_names: { 'groups.x': 'src1' } },
      { _claim_names: ['groups'] },
      { _claim_names: 'groups' },
      { _claim_names: null },
      { hasgroups: false },
      { hasgroups: 1 },
      JSON.parse('{"_claim_names":{"__proto__":{"groups":"src1"}}}') as object,
    ]) {
      assert.equal(told(claims).groups, 'absent', JSON.stringify(claims));
    }
  });

  it('IDM-6 may be a nested claim, which points elsewhere where what it is in does', () => {
    const nested = { claim: 'realm_access.roles', absent: 'none' } as const;
    assert.equal(told({ realm_access: { roles: ['finance'] } }, {}, nested).groups, 'present');
    assert.equal(told({ realm_access: { roles: [] } }, {}, nested).groups, 'empty');
    assert.equal(told({ realm_access: {} }, {}, nested).groups, 'absent');
    for (const name of ['realm_access', 'realm_access.roles']) {
      assert.equal(told({ _claim_names: { [name]: 'src1' } }, {}, nested).groups, 'overflowing', name);
    }
    assert.equal(told({ hasgroups: true }, {}, nested).groups, 'absent', 'hasgroups speaks of groups only');
  });

  it('IDM-6 that cannot be kept are not taken for none', () => {
    for (const odd of ['x'.repeat(501), 'fin\0ance', '\ud800', 'a\nb']) {
      for (const groups of [odd, [odd]]) assert.equal(told({ groups }).groups, 'absent', JSON.stringify(odd.slice(0, 9)));
    }
    const few = told({ groups: ['x'.repeat(501), 'finance'] });
    assert.deepEqual([few.groups, few.values.get('groups')], ['present', ['finance']]);
  });

  it('IDM-6 that are too many to keep overflow, and none of them is kept', () => {
    const groups = Array.from({ length: 60_001 }, (_, index) => `group-${index}`);
    const { groups: state, values } = told({ groups, department: 'finance' });
    assert.equal(state, 'overflowing');
    assert.deepEqual([...values.keys()], ['department']);
  });

  it('are kept before anything else where not everything fits', () => {
    const claims = {
      aaa: Array.from({ length: 500 }, (_, index) => String(index).padStart(100, 'x')),
      groups: ['y'.repeat(500)],
    };
    const { values } = told({ ...claims, bbb: Array.from({ length: 200 }, (_, index) => String(index).padStart(100, 'z')) });
    assert.deepEqual([...values.keys()], ['groups', 'aaa']);
  });
});

describe('any claim', () => {
  it('is a list of texts, be it one value or several, nested or not', () => {
    const claims = {
      department: 'Finance',
      level: 7,
      staff: true,
      teams: ['a', 'b', 'a'],
      org: { unit: { name: 'x', ids: [1, 2] } },
    };
    assert.deepEqual(valuesOf(claims), {
      department: ['Finance'],
      level: ['7'],
      staff: ['true'],
      teams: ['a', 'b'],
      'org.unit.name': ['x'],
      'org.unit.ids': ['1', '2'],
    });
  });

  it('that says nothing is not there', () => {
    for (const nothing of [null, [{}], [[]], [null], {}, { a: null }, { a: {} }, { a: [{}] }]) {
      assert.deepEqual(valuesOf({ department: nothing }), {}, JSON.stringify(nothing));
    }
    assert.deepEqual(valuesOf({ '': 'x', 'a\0': 'x', ['a'.repeat(501)]: 'x', '\ud800': 'x' }), {}, 'nor one whose name is odd');
  });

  it('in both sources counts as the ID Token has it', () => {
    assert.deepEqual(valuesOf({ groups: ['a'] }, { groups: ['b'], department: 'c' }), { groups: ['a'], department: ['c'] });
    assert.deepEqual(valuesOf({ org: { unit: 'a' } }, { org: { unit: 'b', id: 'c' } }), { 'org.unit': ['a'], 'org.id': ['c'] });
    assert.deepEqual(valuesOf({ groups: [] }, { groups: ['b'] }), { groups: [] });
    assert.deepEqual(valuesOf({ groups: null }, { groups: ['b'] }), { groups: ['b'] });
  });

  it('whose own name has points in it goes before a nested one that is spelled alike', () => {
    const [own, nested] = [{ 'a.b': 'own' }, { a: { b: 'nested' } }];
    for (const claims of [
      { ...own, ...nested },
      { ...nested, ...own },
    ]) {
      assert.deepEqual(valuesOf(claims), { 'a.b': ['own'] });
    }
    assert.deepEqual(valuesOf({ 'https://x.example/roles': ['a'] }), { 'https://x.example/roles': ['a'] });
  });

  it('may be called like something of JavaScript’s', () => {
    const odd = JSON.parse('{"__proto__":["a"],"constructor":"b","toString":{"__proto__":"c"},"hasOwnProperty":1}') as object;
    const { values } = told(odd);
    assert.deepEqual(
      [...values],
      [
        ['__proto__', ['a']],
        ['constructor', ['b']],
        ['hasOwnProperty', ['1']],
        ['toString.__proto__', ['c']],
      ],
    );
    assert.equal(told(JSON.parse('{"__proto__":{"groups":["admin"]}}') as object).groups, 'absent');
  });

  it('of the protocol, of the address, or of the person alone is no claim for rules', () => {
    const names = `iss sub aud exp nonce sid acr amr email email_verified email_domain name given_name preferred_username
      phone_number address locale_`;
    const claims = Object.fromEntries(names.split(/\s+/).map((name) => [name, 'x']));
    assert.deepEqual(valuesOf(claims), { locale_: ['x'] });
    assert.deepEqual(valuesOf({ address: { country: 'x' }, email: { domain: 'x' }, _claim_sources: { a: 'x' } }), {});
  });

  it('is followed four steps down and no deeper', () => {
    assert.deepEqual(valuesOf({ a: { b: { c: { d: 'x', e: { f: 'y' } } } } }), { 'a.b.c.d': ['x'] });
    let deep: object = { end: 'x' };
    for (let depth = 0; depth < 5_000; depth += 1) deep = { in: deep };
    assert.deepEqual(valuesOf(deep), {});
  });

  it('is kept within bounds, whatever comes', () => {
    const claims = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    fc.assert(
      fc.property(claims, claims, (idToken, userInfo) => {
        const { values, groups } = told(idToken, userInfo);
        assert.equal(values.has('groups'), groups === 'present' || groups === 'empty');
        for (const [path, list] of values) {
          assert.equal(new Set(list).size, list.length);
          for (const text of [path, ...list]) assert.ok(/^[^\p{Cc}\p{Cs}]{1,500}$/u.test(text));
        }
      }),
    );
  });
});

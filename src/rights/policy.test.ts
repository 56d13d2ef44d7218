import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Problem } from '../problems.ts';
import { type Action, assertMay, type Holder, may, policy } from './policy.ts';
import type { Given, Right } from './rights.ts';

/**
 * `own` is allowed in the own team, and everywhere else as if there were nothing; 403 is refused, and 404 as if there were
 * nothing; `own403` is refused in the own team, and everywhere else as if there were nothing.
 */
type Cell = 'yes' | 'own' | 'own403' | '403' | '404';

const roles = ['nobody', 'member', 'manager', 'admin', 'finance', 'auditor'] as const;

/** Who may do what, spelled out by hand: in the order of `roles`. docs/security.md has the same table. */
const expected: Readonly<Record<Action, readonly [Cell, Cell, Cell, Cell, Cell, Cell]>> = {
  'see-team': ['404', 'own', 'own', 'yes', 'yes', 'yes'],
  'export-expenses': ['404', 'own', 'own', 'yes', 'yes', 'yes'],
  'import-expenses': ['404', 'own403', 'own403', '403', 'yes', '403'],
  'change-budgets': ['404', 'own403', 'own403', 'yes', 'yes', '403'],
  'log-expense': ['404', 'own', 'own', '403', '403', '403'],
  'log-for-others': ['404', 'own403', 'own', '403', '403', '403'],
  'decide-expense': ['404', 'own403', 'own', '403', '403', '403'],
  'approve-second': ['404', 'own403', 'own', '403', 'yes', '403'],
  'settle-expense': ['404', 'own403', 'own403', '403', 'yes', '403'],
  'see-limits': ['404', '404', '404', 'yes', 'yes', 'yes'],
  'change-limits': ['404', '404', '404', 'yes', 'yes', '403'],
  'see-months': ['404', '404', '404', 'yes', 'yes', 'yes'],
  'close-month': ['404', '404', '404', '403', 'yes', '403'],
  'see-rates': ['404', '404', '404', 'yes', 'yes', 'yes'],
  'change-rates': ['404', '404', '404', '403', 'yes', '403'],
  'see-accounts': ['404', '404', '404', 'yes', 'yes', 'yes'],
  'change-accounts': ['404', '404', '404', '403', 'yes', '403'],
  'see-settlements': ['404', '404', '404', 'yes', 'yes', 'yes'],
  'change-settlements': ['404', '404', '404', '403', 'yes', '403'],
  'export-settlement': ['404', '404', '404', '403', 'yes', 'yes'],
  'see-organisation': ['404', '404', '404', 'yes', '404', 'yes'],
  'change-teams': ['404', '404', '404', 'yes', '404', '403'],
  'change-people': ['404', '404', '404', 'yes', '404', '403'],
  'change-rules': ['404', '404', '404', 'yes', '404', '403'],
  'see-audit': ['404', '404', '404', 'yes', '404', 'yes'],
  'export-audit': ['404', '404', '404', 'yes', '404', 'yes'],
};
const actions = Object.keys(expected) as Action[];

const places = { 'the own team': { teamId: 'own' }, 'another team': { teamId: 'other' }, 'no team': {} } as const;
type Place = keyof typeof places;

function holderOf(role: (typeof roles)[number]): Holder {
  if (role === 'nobody') return { rights: [] };
  const given: Given =
    role === 'member' || role === 'manager' ? { role, teamId: places['the own team'].teamId } : { role, teamId: null };
  const grant = { id: 'grant', gives: given, givenBy: 'Dana', givenAt: '2026-01-05T08:00:00.000Z' };
  return { rights: [{ given, origin: { kind: 'grant', grant } }] };
}

/** What a route answers. */
function answerOf(holder: Holder, action: Action, place: Place): 'yes' | '403' | '404' {
  try {
    assertMay(holder, action, places[place]);
    return 'yes';
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.kind === 'not-found' ? '404' : '403';
  }
}

describe('who may do what', () => {
  it('is said of every action that there is', () => {
    assert.deepEqual(actions, Object.keys(policy));
  });

  for (const action of actions) {
    for (const [index, role] of roles.entries()) {
      const cell = expected[action][index] ?? '404';
      it(`${role}, ${action}: ${cell}`, () => {
        for (const place of Object.keys(places) as Place[]) {
          const inOwn = cell === 'own' ? 'yes' : '403';
          const here = cell === 'own' || cell === 'own403' ? (place === 'the own team' ? inOwn : '404') : cell;
          const verdict = may(holderOf(role), action, places[place]);
          assert.equal(verdict.allowed ? 'yes' : verdict.hidden ? '404' : '403', here, place);
          assert.equal(answerOf(holderOf(role), action, place), here, `${place}, as a route answers`);
        }
      });
    }
  }

  it('is what docs/security.md says, row by row', () => {
    const document = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
    const [, table = ''] = /^\| Action \| (?:.+\n)+/m.exec(document)?.[0].split(/^\|---.*\n/m) ?? [];
    const rows = table
      .trim()
      .split('\n')
      .map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const words: Readonly<Record<string, Cell>> = {
      yes: 'yes',
      'in their team': 'own',
      'refused in their team': 'own403',
      refused: '403',
      hidden: '404',
    };
    const head = /^\| Action \| (.+) \|$/m.exec(document)?.[1]?.split(' | ');
    assert.deepEqual(head, ['Nobody', 'Member', 'Manager', 'Admin', 'Finance', 'Auditor']);
    assert.deepEqual(
      rows.map(([action = '', ...cells]) => [/`([\w-]+)`/.exec(action)?.[1], cells.map((cell) => words[cell])]),
      Object.entries(expected).map(([action, cells]) => [action, [...cells]]),
    );
  });

  it('is not more for a role within a team than for that team', () => {
    const [ofOwn] = holderOf('manager').rights;
    assert.ok(ofOwn !== undefined);
    for (const teamId of ['', 'Own', 'own ', 'ow', 'null', 'undefined', '*', '__proto__']) {
      assert.equal(may({ rights: [ofOwn] }, 'see-team', { teamId }).allowed, false, teamId);
    }
  });

  it('is all that each of several rights gives, in any order', () => {
    const [member] = holderOf('member').rights;
    const [auditor] = holderOf('auditor').rights;
    assert.ok(member !== undefined && auditor !== undefined);
    for (const rights of [
      [member, auditor],
      [auditor, member],
    ]) {
      assert.equal(may({ rights }, 'see-team', { teamId: 'other' }).allowed, true);
      assert.equal(answerOf({ rights }, 'change-rules', 'no team'), '403');
      assert.equal(answerOf({ rights }, 'see-audit', 'no team'), 'yes');
    }
  });

  it('comes with a reason: the right that allows it, or who may', () => {
    const admin = holderOf('admin');
    const allowed = may(admin, 'change-rules');
    assert.equal(allowed.allowed && allowed.by, admin.rights[0] satisfies Right | undefined);
    const refused = may(holderOf('auditor'), 'change-rules');
    assert.match(refused.allowed ? '' : refused.reason, /^Only an admin can do this\./);
    assert.throws(() => assertMay(holderOf('auditor'), 'change-rules'), { kind: 'not-allowed', message: /^Only an admin/ });
    assert.throws(() => assertMay(holderOf('member'), 'change-rules'), { kind: 'not-found' });
  });
});

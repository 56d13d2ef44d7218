import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExpenseState } from '../database/schema.ts';
import { organisationRoles, type Right, type Role, teamRoles } from '../rights/rights.ts';
import { judge, type Transition } from './life.ts';

const team = 'team';

/** Everybody who could want something of an expense, with what they are. */
const people = {
  spender: ['member'],
  logger: ['member'],
  colleague: ['member'],
  manager: ['manager'],
  first: ['manager'],
  other: ['manager'],
  foreign: ['manager of another team'],
  admin: ['admin'],
  finance: ['finance'],
  auditor: ['auditor'],
  stranger: [],
} as const;
type Who = keyof typeof people;

/*
 * The whole of it. `yes`: it is done. `once`: it is done, and somebody else has to as well. `no`: not this person. `late`: this
 * person, but not in this state any more, or not yet. `approved once` is `submitted` once `first` has approved above the limit.
 */
const matrix = `
                              spender logger colleague manager first other foreign admin finance auditor stranger
  submission   draft          yes     no     no        no      no    no    no      no    no      no      no
  submission   submitted      late    no     no        no      no    no    no      no    no      no      no
  submission   approved-once  late    no     no        no      no    no    no      no    no      no      no
  submission   approved       late    no     no        no      no    no    no      no    no      no      no
  submission   rejected       yes     no     no        no      no    no    no      no    no      no      no
  submission   withdrawn      late    no     no        no      no    no    no      no    no      no      no
  submission   reimbursed     late    no     no        no      no    no    no      no    no      no      no
  withdrawal   draft          late    late   no        no      no    no    no      no    no      no      no
  withdrawal   submitted      yes     yes    no        no      no    no    no      no    no      no      no
  withdrawal   approved-once  yes     yes    no        no      no    no    no      no    no      no      no
  withdrawal   approved       late    late   no        no      no    no    no      no    no      no      no
  withdrawal   rejected       yes     yes    no        no      no    no    no      no    no      no      no
  withdrawal   withdrawn      late    late   no        no      no    no    no      no    no      no      no
  withdrawal   reimbursed     late    late   no        no      no    no    no      no    no      no      no
  approval     draft          no      no     no        late    late  late  no      no    no      no      no
  approval     submitted      no      no     no        yes     yes   yes   no      no    no      no      no
  approval     above-limit    no      no     no        once    once  once  no      no    no      no      no
  approval     approved-once  no      no     no        yes     no    yes   no      no    yes     no      no
  approval     approved       no      no     no        late    late  late  no      no    no      no      no
  approval     rejected       no      no     no        late    late  late  no      no    no      no      no
  approval     withdrawn      no      no     no        late    late  late  no      no    no      no      no
  approval     reimbursed     no      no     no        late    late  late  no      no    no      no      no
  rejection    draft          no      no     no        late    late  late  no      no    no      no      no
  rejection    submitted      no      no     no        yes     yes   yes   no      no    no      no      no
  rejection    above-limit    no      no     no        yes     yes   yes   no      no    no      no      no
  rejection    approved-once  no      no     no        yes     yes   yes   no      no    yes     no      no
  rejection    approved       no      no     no        late    late  late  no      no    no      no      no
  rejection    rejected       no      no     no        late    late  late  no      no    no      no      no
  rejection    withdrawn      no      no     no        late    late  late  no      no    no      no      no
  rejection    reimbursed     no      no     no        late    late  late  no      no    no      no      no
  settlement   draft          no      no     no        no      no    no    no      no    late    no      no
  settlement   submitted      no      no     no        no      no    no    no      no    late    no      no
  settlement   approved-once  no      no     no        no      no    no    no      no    late    no      no
  settlement   approved       no      no     no        no      no    no    no      no    yes     no      no
  settlement   rejected       no      no     no        no      no    no    no      no    late    no      no
  settlement   withdrawn      no      no     no        no      no    no    no      no    late    no      no
  settlement   reimbursed     no      no     no        no      no    no    no      no    late    no      no
`;

const states = [
  'draft',
  'submitted',
  'approved',
  'rejected',
  'withdrawn',
  'reimbursed',
] as const satisfies readonly ExpenseState[];
const leadsTo = {
  submission: 'submitted',
  withdrawal: 'withdrawn',
  approval: 'approved',
  rejection: 'rejected',
  settlement: 'reimbursed',
} as const satisfies Record<Transition, ExpenseState>;
const transitions = Object.keys(leadsTo) as Transition[];

function rightsOf(roles: readonly string[]): Right[] {
  const origin = { kind: 'setting', setting: 'ADMIN_EMAIL', met: '' } as const;
  return roles.map((word) => {
    const role = word.split(' ')[0] as Role;
    const teamId = word.includes(' ') ? 'another' : team;
    return { origin, given: role === 'member' || role === 'manager' ? { role, teamId } : { role, teamId: null } };
  });
}

function expenseIn(state: ExpenseState, different: Partial<Parameters<typeof judge>[1]> = {}) {
  const nobody = { first_approved_by: null, decided_by: null };
  const facts = { team_id: team, spender_id: 'spender', logged_by: 'logger', team_amount_minor: 100, ...nobody };
  return { ...facts, state, ...different };
}

describe('the life of an expense', () => {
  const [head = [], ...rows] = matrix
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  assert.deepEqual(head, Object.keys(people));

  for (const [transition = '', column = '', ...cells] of rows) {
    it(`${transition} of one that is ${column}: by whom it may be done`, () => {
      assert.equal(cells.length, head.length);
      const above = column === 'approved-once' || column === 'above-limit';
      const first = column === 'approved-once' ? { first_approved_by: 'first' } : {};
      const expense = expenseIn(above ? 'submitted' : (column as ExpenseState), first);
      for (const [index, who] of (head as Who[]).entries()) {
        const viewer = { personId: who, rights: rightsOf(people[who]) };
        const judgement = judge(viewer, expense, above ? 99 : null, transition as Transition);
        const words = { 'not-allowed': 'no', conflict: 'late' } as const;
        const said = judgement.allowed ? (judgement.first ? 'once' : 'yes') : words[judgement.kind];
        assert.equal(said, cells[index], who);
        if (!judgement.allowed) assert.match(judgement.sentence, /^[A-Z].+\.$/, 'every refusal says why');
        else assert.equal(judgement.to, judgement.first ? 'submitted' : leadsTo[transition as Transition]);
      }
    });
  }

  it('is in the table with every transition from every state', () => {
    const named = new Set(rows.map(([transition, column]) => `${transition} ${column}`));
    for (const transition of transitions) for (const state of states) assert.ok(named.has(`${transition} ${state}`));
  });

  it('is decided on and settled by nobody who spent or logged it, whatever their roles', () => {
    const roles = [...teamRoles, ...organisationRoles];
    const owners = [
      { spender_id: 'me', logged_by: 'me' },
      { spender_id: 'me', logged_by: 'other' },
      { spender_id: 'other', logged_by: 'me' },
      { spender_id: null, logged_by: 'me' },
      { spender_id: 'me', logged_by: null },
    ];
    let asked = 0;
    for (let set = 0; set < 2 ** roles.length; set += 1) {
      const viewer = { personId: 'me', rights: rightsOf(roles.filter((_, index) => (set & (1 << index)) !== 0)) };
      for (const owner of owners) {
        for (const state of states) {
          for (const first_approved_by of [null, 'first', 'me']) {
            for (const limit of [null, 0, 99, 100]) {
              const expense = expenseIn(state, { ...owner, first_approved_by });
              for (const transition of ['approval', 'rejection', 'settlement'] as const) {
                const judgement = judge(viewer, expense, limit, transition);
                assert.ok(!judgement.allowed && judgement.kind === 'not-allowed');
                asked += 1;
              }
              const handsIn = owner.spender_id !== 'other' && (state === 'draft' || state === 'rejected');
              assert.equal(judge(viewer, expense, limit, 'submission').allowed, handsIn);
              assert.equal(judge(viewer, expense, limit, 'withdrawal').allowed, state === 'submitted' || state === 'rejected');
            }
          }
        }
      }
    }
    assert.equal(asked, 32 * 5 * 6 * 3 * 4 * 3);
  });

  it('needs a second approval above the team’s limit, and not at it', () => {
    const viewer = { personId: 'manager', rights: rightsOf(['manager']) };
    for (const [amount, limit, first] of [
      [100, null, false],
      [100, 100, false],
      [101, 100, true],
      [1, 0, true],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, true],
    ] as const) {
      const judgement = judge(viewer, expenseIn('submitted', { team_amount_minor: amount }), limit, 'approval');
      assert.deepEqual(judgement, { allowed: true, to: first ? 'submitted' : 'approved', first });
    }
  });

  it('takes a second approval from somebody else although the limit has been lifted meanwhile, and none twice', () => {
    const once = expenseIn('submitted', { first_approved_by: 'first' });
    const by = (personId: string) => judge({ personId, rights: rightsOf(['manager']) }, once, null, 'approval');
    assert.deepEqual(by('other'), { allowed: true, to: 'approved', first: false });
    assert.equal(by('first').allowed, false);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { identityOf, TestClock } from '../../test/told.ts';
import type { GroupsSettings } from '../config-provider.ts';
import { admit, keepTold } from '../people/people.ts';
import { toldClaims } from '../sign-in/told-claims.ts';
import { type ClaimValues, fromColumns, type KnownClaims, learnClaims, noClaims, toColumns } from './claims.ts';
import { describeGroups } from './words.ts';

type Absent = GroupsSettings['absent'];

const before5 = new Date('2026-01-05T08:00:00Z');
const now = new Date('2026-02-06T09:00:00Z');
const elsewhere = { _claim_names: { groups: 'src1' } };

const tell = (claims: object, absent: Absent = 'keep') => toldClaims(claims, {}, { claim: 'groups', absent });
/** Somebody who was in Finance when the provider last named groups. */
const inFinance = learnClaims(noClaims, tell({ groups: ['finance'], department: 'Sales' }), true, before5);
const groupsOf = ({ values }: KnownClaims) => values.get('groups');

describe('what is known of somebody’s groups', () => {
  const whatComes: readonly {
    readonly claims: object;
    readonly state: string;
    /** The groups that count afterwards, and when they were named; by what an absent claim means. */
    readonly keep: readonly [readonly string[] | undefined, Date | undefined];
    readonly none: readonly [readonly string[] | undefined, Date | undefined];
  }[] = [
    { claims: {}, state: 'absent', keep: [['finance'], before5], none: [undefined, undefined] },
    { claims: elsewhere, state: 'overflowing', keep: [['finance'], before5], none: [['finance'], before5] },
    { claims: { hasgroups: true }, state: 'overflowing', keep: [['finance'], before5], none: [['finance'], before5] },
    { claims: { groups: [] }, state: 'empty', keep: [[], now], none: [[], now] },
    { claims: { groups: ['sales'] }, state: 'present', keep: [['sales'], now], none: [['sales'], now] },
  ];
  for (const { claims, state, ...expected } of whatComes) {
    for (const absent of ['keep', 'none'] as const) {
      for (const whole of [true, false]) {
        const when = whole ? 'a sign-in' : 'a refresh';
        it(`IDM-6 after ${when} that tells ${JSON.stringify(claims)}, where absent means ${absent}`, () => {
          const known = learnClaims(inFinance, tell(claims, absent), whole, now);
          assert.deepEqual([groupsOf(known), known.groupsToldAt], expected[absent]);
          assert.equal(known.groups, state);
        });
      }
    }
  }

  it('IDM-6 begins with none, whatever state the first answer is in', () => {
    for (const claims of [{}, elsewhere, { hasgroups: 'true' }, { groups: null }]) {
      for (const absent of ['keep', 'none'] as const) {
        const known = learnClaims(noClaims, tell(claims, absent), true, now);
        assert.deepEqual([groupsOf(known), known.groupsToldAt], [undefined, undefined]);
      }
    }
  });

  it('IDM-6 that were taken away by an empty list do not come back with an absent or overflowing one', () => {
    const none = learnClaims(inFinance, tell({ groups: [] }), false, now);
    for (const claims of [{}, elsewhere]) assert.deepEqual(groupsOf(learnClaims(none, tell(claims), true, now)), []);
  });

  it('is said in words that are true of it', () => {
    const after = (claims: object, absent?: Absent) => describeGroups(learnClaims(inFinance, tell(claims, absent), false, now));
    assert.match(after({}), /did not say anything about groups\. The ones it named on 5 January 2026 still count\.$/);
    assert.match(after({}, 'none'), /did not say anything about groups\. None are known, so none count\.$/);
    assert.match(after(elsewhere), /more groups than .+ can send along\. The ones it named on 5 January 2026 still count\.$/);
    assert.match(after({ groups: [] }), /in no group\.$/);
    assert.match(after({ groups: ['sales'] }), /named the groups below\.$/);
  });
});

describe('what is known of any other claim', () => {
  it('is what a sign-in tells, and nothing else', () => {
    assert.deepEqual(
      [...learnClaims(inFinance, tell({ level: 7 }), true, now).values],
      [
        ['level', ['7']],
        ['groups', ['finance']],
      ],
    );
  });

  it('stays where a refresh does not mention it, and changes where it does', () => {
    const told = tell({ level: 7, groups: ['sales'] });
    assert.deepEqual(Object.fromEntries(learnClaims(inFinance, told, false, now).values), {
      department: ['Sales'],
      level: ['7'],
      groups: ['sales'],
    });
    assert.deepEqual(learnClaims(inFinance, tell({ department: [] }), false, now).values.get('department'), []);
  });
});

describeOnBothEngines('somebody’s claims in the database', (engine) => {
  let fresh: FreshDatabase;
  const clock = new TestClock();
  before(async () => {
    fresh = await openFreshDatabase(engine);
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function keptBy(id: string): Promise<KnownClaims> {
    return fromColumns(await fresh.db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
  }

  it('IDM-6 follow sign-ins and refreshes', async () => {
    const signIn = async (claims: object) =>
      admit(fresh.db, identityOf({ subject: 'follows', claims: tell(claims) }), true, clock.now);
    const { id } = await signIn({ groups: ['finance'], department: 'Sales' });
    const refresh = async (claims: object) => keepTold(fresh.db, id, identityOf({ claims: tell(claims) }), clock.now);
    const namedAt = clock.now();
    for (const again of [refresh, signIn]) {
      for (const claims of [{}, elsewhere]) {
        clock.advance(60_000);
        await again(claims);
        assert.deepEqual([groupsOf(await keptBy(id)), (await keptBy(id)).groupsToldAt], [['finance'], namedAt]);
      }
    }
    assert.equal((await keptBy(id)).values.has('department'), false, 'which the last sign-in did not tell');
    await refresh({ groups: [] });
    assert.deepEqual(await keptBy(id), { values: new Map([['groups', []]]), groups: 'empty', groupsToldAt: clock.now() });
  });

  it('are read as they were written, whatever they are called', async () => {
    const { id } = await admit(fresh.db, identityOf({ subject: 'odd' }), true, clock.now);
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/[\p{Cc}\p{Cs}]/u.test(one));
    const name = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'a.b', '"', '\\'));
    const values: fc.Arbitrary<ClaimValues> = fc.array(fc.tuple(name, fc.array(text))).map((pairs) => new Map(pairs));
    await fc.assert(
      fc.asyncProperty(values, async (claims) => {
        const known = { values: claims, groups: 'present', groupsToldAt: now } as const;
        await fresh.db.updateTable('person').set(toColumns(known)).where('id', '=', id).execute();
        assert.deepEqual(await keptBy(id), known);
      }),
      { numRuns: 50 },
    );
  });
});

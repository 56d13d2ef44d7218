import assert from 'node:assert/strict';
import type { Database } from '../src/database/schema.ts';
import { addDraft, changeExpense, deleteDraft } from '../src/expenses/drafts.ts';
import { moveExpense } from '../src/expenses/steps.ts';
import { findVisibleExpense, type VisibleExpense } from '../src/expenses/expenses.ts';
import type { Viewer } from '../src/people/viewer.ts';
import type { Role } from '../src/rights/rights.ts';
import type { Transition } from '../src/expenses/life.ts';
import { addTeam, findVisibleTeam } from '../src/teams/teams.ts';
import { type Counts, doing, type ModelAction, outcomeOf, rightsOf } from './modelled-actions.ts';
import { assertHolds, type Known } from './modelled-state.ts';
import {
  changing,
  deleting,
  logging,
  loggingForOthers,
  moved,
  moving,
  type Outcome,
  type PlainExpense,
  type PlainPerson,
  type PlainTeam,
} from './plain-life.ts';
import { viewerWith } from './told.ts';

/** As somebody has read it, with the team as it was then. */
interface Read {
  readonly visible: VisibleExpense;
  readonly plain: PlainExpense;
  readonly team: PlainTeam;
}

const transitions = ['submission', 'withdrawal', 'approval', 'rejection', 'settlement'] as const;
const auditWord = {
  submission: 'expense-submitted',
  withdrawal: 'expense-withdrawn',
  approval: 'expense-approved',
  rejection: 'expense-rejected',
  settlement: 'expense-reimbursed',
} as const;

let teams = 0;

/** A team in the database and the same in the model; what is done is done to both, and then compared. */
export class ModelledTeam {
  readonly #db: Database;
  readonly #counts: Counts;
  readonly #id: string;
  readonly #viewers: readonly Viewer[];
  readonly #people: readonly PlainPerson[];
  #team: PlainTeam;
  #known: Known[] = [];
  readonly #read = new Map<string, Read>();

  private constructor(db: Database, id: string, roles: readonly (readonly Role[])[], limit: number | null, counts: Counts) {
    this.#db = db;
    this.#id = id;
    this.#counts = counts;
    this.#team = { limit, archived: false };
    this.#people = roles.map((given, index) => ({ id: `${id}-person-${index}`, roles: new Set(given) }));
    this.#viewers = this.#people.map((person) =>
      viewerWith('a@example.com', { personId: person.id, rights: rightsOf(person, id) }),
    );
  }

  static async open(
    db: Database,
    roles: readonly (readonly Role[])[],
    limit: number | null,
    counts: Counts,
  ): Promise<ModelledTeam> {
    const id = `modelled-${(teams += 1)}`;
    await db.transaction().execute((transaction) => addTeam(transaction, { id, label: id, currency: 'EUR' }));
    await db.updateTable('team').set({ second_approval_above: limit }).where('id', '=', id).execute();
    return new ModelledTeam(db, id, roles, limit, counts);
  }

  async take(action: ModelAction): Promise<void> {
    switch (action.does) {
      case 'limit':
        return this.#setTeam({ ...this.#team, limit: action.limit });
      case 'archive':
        return this.#setTeam({ ...this.#team, archived: action.archived });
      case 'add':
        return this.#add(action);
      case 'what-is-possible': {
        const possible = this.#known.flatMap((_, which) =>
          this.#people.flatMap((person, who) =>
            transitions
              .filter((transition) => moving(person, this.#plain(which), this.#team, transition) === 'done')
              .map((transition) => ({ which, who, transition })),
          ),
        );
        const picked = possible[action.pick % possible.length];
        return picked && this.#repeat(action.times, { ...action, ...picked, does: 'move', read: 'now' });
      }
      case 'move':
        return this.#known.length === 0
          ? undefined
          : this.#repeat(action.times, { ...action, which: action.which % this.#known.length });
      case 'change':
      case 'delete':
        return this.#known.length === 0 ? undefined : this.#touch({ ...action, which: action.which % this.#known.length });
    }
  }

  #plain(which: number): PlainExpense {
    return (this.#known[which] ?? assert.fail()).plain;
  }

  async #setTeam(team: PlainTeam): Promise<void> {
    this.#team = team;
    const set = { second_approval_above: team.limit, archived_at: team.archived ? '2026-01-01T00:00:00.000Z' : null };
    await this.#db.updateTable('team').set(set).where('id', '=', this.#id).execute();
  }

  async #add({ who, logger, amount }: ModelAction & { does: 'add' }): Promise<void> {
    const [person] = this.#who(who);
    const [logs, viewer] = this.#who(logger ?? who);
    const expected = logs === person ? logging(person, this.#team) : loggingForOthers(logs, this.#team);
    const team = await findVisibleTeam(this.#db, viewer, this.#id);
    if (team === undefined) return assert.equal('not-found', expected);
    const content = {
      item: `item ${amount}`,
      amountMinor: amount,
      spentOn: '2026-01-05',
      categoryId: 'meals',
      merchant: '',
      note: '',
    };
    let id = '';
    const outcome = await outcomeOf(async () => {
      await this.#db.transaction().execute(async (transaction) => {
        const spender = { id: person.id, name: person.id };
        ({ id } = await addDraft(transaction, team, content, doing(viewer), { spender }));
      });
    });
    this.#count(outcome, expected);
    if (outcome !== 'done') return;
    this.#counts.added += 1;
    const plain = { id, spender: person.id, logger: logs.id, amount, version: 1, first: null, decided: null, settled: null };
    this.#known.push({ plain: { ...plain, state: 'draft' }, steps: [[null, 'draft']], audited: [] });
  }

  /** The same form, sent as often as somebody clicks: each time it is read anew. */
  async #repeat(times: number, action: ModelAction & { does: 'move' }): Promise<void> {
    const { version } = this.#plain(action.which);
    for (let time = 0; time < times; time += 1) await this.#touch(action, version);
  }

  async #touch(action: ModelAction & { does: 'move' | 'change' | 'delete' }, formVersion?: number): Promise<void> {
    const known = this.#known[action.which] ?? assert.fail();
    const [person, viewer] = this.#who(action.who ?? this.#people.findIndex(({ id }) => id === known.plain.spender));
    const current = { plain: known.plain, team: this.#team };
    const earlier = action.read === 'earlier' ? this.#read.get(`${known.plain.id} ${person.id}`) : undefined;
    const visible = earlier?.visible ?? (await findVisibleExpense(this.#db, viewer, known.plain.id));
    const { plain, team } = earlier ?? current;
    let expected = this.#expect(action, person, plain, team);
    if (visible === undefined) return this.#count('not-found', expected);
    this.#read.set(`${plain.id} ${person.id}`, { visible, plain, team });
    const right = formVersion ?? plain.version;
    const version = { right, none: undefined, stale: right - 1, future: right + 1 }[action.version];
    if (expected === 'done' && ((version ?? plain.version) !== plain.version || plain.version !== known.plain.version))
      expected = 'conflict';
    const outcome = await outcomeOf(() => this.#do(action, viewer, visible, version));
    this.#count(outcome, expected);
    if (outcome !== 'done') return;
    if (action.does === 'delete') {
      this.#counts.deleted += 1;
      this.#known = this.#known.filter((one) => one !== known);
      return;
    }
    this.#known[action.which] =
      action.does === 'change' ? this.#changed(known, action.amount) : this.#moved(known, person, team, action.transition);
  }

  #expect(
    action: ModelAction & { does: 'move' | 'change' | 'delete' },
    person: PlainPerson,
    plain: PlainExpense,
    team: PlainTeam,
  ): Outcome {
    if (action.does === 'move') return moving(person, plain, team, action.transition);
    return action.does === 'change' ? changing(person, plain, team) : deleting(person, plain);
  }

  async #do(
    action: ModelAction & { does: 'move' | 'change' | 'delete' },
    viewer: Viewer,
    visible: VisibleExpense,
    version: number | undefined,
  ) {
    return this.#db.transaction().execute(async (transaction) => {
      if (action.does === 'move')
        return (await moveExpense(transaction, visible, action.transition, doing(viewer), { version })).done;
      const named = version ?? visible.version;
      const { item, spent_on: spentOn, category_id: categoryId, merchant, note } = visible;
      const content = { item, spentOn, categoryId, merchant, note, amountMinor: action.does === 'change' ? action.amount : 0 };
      if (action.does === 'change') await changeExpense(transaction, visible, named, content, doing(viewer));
      else await deleteDraft(transaction, visible, named, doing(viewer));
      return 'now';
    });
  }

  #changed(known: Known, amount: number): Known {
    this.#counts.changed += 1;
    return { ...known, plain: { ...known.plain, amount, version: known.plain.version + 1 } };
  }

  #moved({ plain, steps, audited }: Known, person: PlainPerson, team: PlainTeam, transition: Transition): Known {
    const after = moved(person, plain, team, transition);
    this.#counts[transition] += 1;
    if (after.state === plain.state) this.#counts.first += 1;
    return { plain: after, steps: [...steps, [plain.state, after.state]], audited: [...audited, auditWord[transition]] };
  }

  #who(index: number): [PlainPerson, Viewer] {
    return [this.#people[index] ?? assert.fail(), this.#viewers[index] ?? assert.fail()];
  }

  #count(outcome: Outcome, expected: Outcome): void {
    assert.equal(outcome, expected);
    this.#counts[outcome] += 1;
  }

  /** That the database holds what the model does, and nothing else. */
  check(): Promise<void> {
    return assertHolds(this.#db, this.#id, this.#known);
  }
}

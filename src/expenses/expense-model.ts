import type { Selectable } from 'kysely';
import type { SettlementTable } from '../database/schema.ts';
import { formatDay, formatInstant } from '../web/clock.ts';
import { formatCount } from '../web/numbers.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import type { Category } from './categories.ts';
import type { VisibleExpense } from './expenses.ts';
import type { ExpenseStep } from './history.ts';
import type { Origin } from './incoming.ts';
import { type Actor, editable, isOwn, isSpender, judge, type Judgement, stateWords, type Transition } from './life.ts';
import type { Finding } from './limits.ts';
import { formatMoney } from './money.ts';
import { type ClosedMonth, whyClosed } from './months.ts';
import { type ReceiptsModel, receiptsModel } from './receipt-model.ts';
import type { ListedReceipt } from './receipts.ts';
import { TYPED } from './rates.ts';
import { type SaidInForm, saidFields } from './said.ts';

export interface ExpenseModel {
  readonly item: string;
  readonly amount: string;
  readonly state: string;
  readonly stateName: string;
  readonly teamLabel: string;
  readonly backHref: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly note: string;
  /** By whom and why, while it is rejected; else empty. */
  readonly rejected: { readonly by: string; readonly comment: string };
  readonly version: string;
  readonly receipts: ReceiptsModel;
  readonly steps: readonly {
    readonly at: string;
    readonly when: string;
    readonly what: string;
    readonly by: string;
    readonly comment: string;
  }[];
  /** Each empty where the viewer may not do it, or not now. */
  readonly hrefs: Readonly<Record<Transition | 'edit' | 'deletion' | 'repeat', string>>;
  /** What whoever goes on with it should know first; none where nobody is to go on, or it is somebody else. */
  readonly findings: { readonly heading: string; readonly sentences: readonly string[] };
  /** Empty while its month is open. */
  readonly closed: string;
  /** Why somebody with the role for it cannot decide on this one, or whoever logged it cannot submit it; empty where that is not so. */
  readonly whyNot: string;
  readonly fields: ReturnType<typeof saidFields>;
  readonly approve: string;
}

interface Around {
  readonly steps: readonly ExpenseStep[];
  readonly categories: readonly Category[];
  readonly settlement: Selectable<SettlementTable> | undefined;
  readonly receipts: readonly ListedReceipt[];
  readonly findings: readonly Finding[];
  readonly closed: ClosedMonth | undefined;
  readonly origin: Origin | undefined;
}

/** What the page of one expense says to this viewer. */
export function expenseModel(
  viewer: Actor,
  expense: VisibleExpense,
  { steps, categories, settlement, receipts, findings, closed, origin }: Around,
  said: SaidInForm,
): ExpenseModel {
  const { team } = expense;
  const id = { id: expense.id };
  const own = isOwn(viewer, expense);
  const isOpen = closed === undefined;
  const canChange = isOpen && own && editable.includes(expense.state);
  const isBlocked = findings.some(({ effect }) => effect === 'block');
  const can = (transition: Transition) =>
    (isOpen || transition === 'settlement') && judge(viewer, expense, team.second_approval_above, transition).allowed;
  const hrefOf = (transition: Transition, path: string) => (can(transition) ? fillPath(path, id) : '');
  const approval = judge(viewer, expense, team.second_approval_above, 'approval');
  return {
    item: expense.item,
    amount: formatMoney(expense.team_amount_minor, team.currency),
    state: stateOf(expense),
    stateName: expense.state,
    teamLabel: team.label,
    backHref: teamPath(team.id),
    note: expense.note,
    rejected: rejectionOf(expense, steps),
    facts: [
      { name: 'Spent by', value: expense.spender_name },
      ...(isLoggedByAnother(expense) ? [{ name: 'Logged by', value: expense.logged_by_name }] : []),
      { name: 'Day', value: formatDay(expense.spent_on) },
      ...(expense.rate === null ? [] : [{ name: 'Paid', value: paidOf(expense, expense.rate) }]),
      {
        name: 'Category',
        value: categories.find((category) => category.id === expense.category_id)?.label ?? expense.category_id,
      },
      ...(expense.merchant === '' ? [] : [{ name: 'Merchant', value: expense.merchant }]),
      ...(settlement === undefined ? [] : [{ name: 'Reimbursed', value: settlementOf(settlement) }]),
      ...(origin === undefined ? [] : [{ name: 'Imported', value: originOf(origin) }]),
    ],
    version: String(expense.version),
    receipts: receiptsModel(viewer, expense, receipts, isOpen),
    steps: steps.map((step) => ({
      at: step.at,
      when: formatInstant(step.at),
      what: whatHappened(step),
      by: step.person_name,
      comment: step.comment,
    })),
    hrefs: {
      submission: isBlocked ? '' : hrefOf('submission', paths.expenseSubmission),
      withdrawal: hrefOf('withdrawal', paths.expenseWithdrawal),
      approval: hrefOf('approval', paths.expenseApproval),
      rejection: hrefOf('rejection', paths.expenseRejection),
      settlement: hrefOf('settlement', paths.expenseSettlement),
      edit: canChange ? fillPath(paths.expenseEdit, id) : '',
      deletion: canChange && expense.state === 'draft' ? fillPath(paths.expenseDeletion, id) : '',
      repeat: own ? `${fillPath(paths.newExpense, { id: team.id })}?repeat=${expense.id}` : '',
    },
    findings: findingsOf(findings, can('submission'), can('approval') || can('rejection'), own),
    closed: isOpen ? '' : whyClosed(closed),
    whyNot: whyNotOf(viewer, expense, approval),
    fields: saidFields(said),
    approve: approval.allowed && approval.first ? 'Approve (somebody else has to as well)' : 'Approve',
  };
}

/** Each is told to whom it concerns: whoever submits it, then whoever decides; what budgets say, to whoever submitted it as well. */
function findingsOf(findings: readonly Finding[], submits: boolean, decides: boolean, own: boolean): ExpenseModel['findings'] {
  const blocked = findings.some(({ effect }) => effect === 'block');
  const heading = decides
    ? 'Before you decide'
    : blocked
      ? 'It cannot be submitted like this'
      : 'Not submitted yet: read this first';
  if (submits || decides) return { heading, sentences: findings.map(({ sentence }) => sentence) };
  const budgets = own ? findings.filter(({ about }) => about === 'budget') : [];
  return { heading: 'What the budget says', sentences: budgets.map(({ sentence }) => sentence) };
}

function rejectionOf({ state }: VisibleExpense, steps: readonly ExpenseStep[]): ExpenseModel['rejected'] {
  const step = state === 'rejected' ? steps.findLast(({ to_state: to }) => to === 'rejected') : undefined;
  return { by: step?.person_name ?? '', comment: step?.comment ?? '' };
}

/** By name as well: what came out of a file has people who are not known here. */
function isLoggedByAnother({ spender_id: spender, logged_by: logger, ...names }: VisibleExpense): boolean {
  return names.logged_by_name !== names.spender_name || (spender !== null && logger !== null && spender !== logger);
}

function whyNotOf(viewer: Actor, expense: VisibleExpense, approval: Judgement): string {
  const own = isOwn(viewer, expense);
  if (own && editable.includes(expense.state) && !isSpender(viewer, expense))
    return `${expense.spender_name} has spent this, and submits it: it stands among their drafts.`;
  const hasARole = (own && mayDecideOnOthers(viewer, expense)) || expense.first_approved_by === viewer.personId;
  return expense.state === 'submitted' && !approval.allowed && hasARole ? approval.sentence : '';
}

/** Whether it is only that this one is their own. */
function mayDecideOnOthers(viewer: Actor, expense: VisibleExpense): boolean {
  const foreign = { ...expense, spender_id: null, logged_by: null };
  return judge(viewer, foreign, expense.team.second_approval_above, 'approval').allowed;
}

function stateOf({ state, first_approved_by: first }: VisibleExpense): string {
  return state === 'submitted' && first !== null ? 'Approved once, waiting for a second approval' : stateWords[state];
}

/** What was entered, and how it became the team's. */
function paidOf(
  { amount_minor: amount, currency, rate_on: on, rate_source: source, team }: VisibleExpense,
  rate: string,
): string {
  const whose = source === TYPED ? 'typed by whoever logged it' : `of ${formatDay(on ?? '')}, ${source}`;
  return `${formatMoney(amount, currency)}, at ${rate} ${team.currency} for one ${currency} (${whose})`;
}

function originOf({ line, import: { file_name: file, person_name: name, begun_at: at } }: Origin): string {
  return `From ${file}, line ${formatCount(line)}, by ${name} on ${formatDay(at)}`;
}

function settlementOf({ reference, settled_at: at, settled_by_name: by }: Selectable<SettlementTable>): string {
  return `${formatDay(at)} by ${by}${reference === '' ? '' : `, reference ${reference}`}`;
}

function whatHappened({ from_state: from, to_state: to }: ExpenseStep): string {
  if (from === null) return 'Logged as a draft';
  if (from === 'submitted' && to === 'submitted') return 'Approved, first of two';
  const words = {
    draft: 'Draft',
    submitted: 'Submitted',
    approved: 'Approved',
    rejected: 'Rejected',
    withdrawn: 'Withdrawn',
    reimbursed: 'Reimbursed',
  };
  return words[to];
}

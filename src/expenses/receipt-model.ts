import { may } from '../rights/policy.ts';
import { fillPath, paths } from '../web/paths.ts';
import type { VisibleExpense } from './expenses.ts';
import { type Actor, editable, isOwn } from './life.ts';
import { MAX_RECEIPTS } from './receipt-changes.ts';
import { formats } from './receipt-type.ts';
import type { ListedReceipt } from './receipts.ts';

export interface ReceiptsModel {
  readonly receipts: readonly {
    readonly name: string;
    readonly about: string;
    readonly href: string;
    /** Whether it can be drawn on the page itself. */
    readonly shown: boolean;
    /** Empty unless the same file lies in another expense. */
    readonly warning: string;
    /** Empty for whoever may not remove it, or not now. */
    readonly removalHref: string;
  }[];
  readonly uploadHref: string;
  readonly accept: string;
}

/** The receipts of an expense as its page shows them to this viewer. */
export function receiptsModel(viewer: Actor, expense: VisibleExpense, receipts: readonly ListedReceipt[]): ReceiptsModel {
  const id = { id: expense.id };
  const logs = may(viewer, 'log-expense', { teamId: expense.team_id }).allowed && expense.team.archived_at === null;
  const canChange = logs && isOwn(viewer, expense) && editable.includes(expense.state);
  return {
    receipts: receipts.map((receipt) => ({
      name: receipt.name,
      about: `${formats[receipt.type].label}, ${Math.max(1, Math.round(receipt.size / 1_024)).toLocaleString('en')} kB`,
      href: fillPath(paths.expenseReceipt, { ...id, receipt: receipt.id }),
      shown: formats[receipt.type].shown,
      warning: elsewhereOf(receipt.elsewhere),
      removalHref: canChange ? fillPath(paths.expenseReceiptRemoval, { ...id, receipt: receipt.id }) : '',
    })),
    uploadHref: canChange && receipts.length < MAX_RECEIPTS ? fillPath(paths.expenseReceipts, id) : '',
    accept: Object.keys(formats).join(','),
  };
}

function elsewhereOf(count: number): string {
  if (count === 0) return '';
  return `The same file is in ${count === 1 ? 'another expense' : `${count} other expenses`} as well.`;
}

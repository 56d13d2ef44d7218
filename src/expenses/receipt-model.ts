import { may } from '../rights/policy.ts';
import { fillPath, paths } from '../web/paths.ts';
import type { VisibleExpense } from './expenses.ts';
import { type Actor, editable, isOwn } from './life.ts';
import { MAX_FILES, MAX_RECEIPTS } from './receipt-changes.ts';
import { formats } from './receipt-type.ts';
import type { ListedReceipt } from './receipts.ts';
import { formatCount } from '../web/numbers.ts';

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
  /** Undefined for whoever may add none, or not now. */
  readonly upload: (ReceiptField & { readonly href: string }) | undefined;
}

/** Where files are chosen, or dropped. */
export interface ReceiptField {
  readonly label: string;
  readonly hint: string;
  readonly error: string;
  readonly accept: string;
}

export function receiptField(label: string, error = ''): ReceiptField {
  const hint = `JPEG, PNG, WebP, HEIC or PDF, up to 10 MB each and ${MAX_FILES} at a time. They can be dropped here, too.`;
  return { label, hint, error, accept: Object.keys(formats).join(',') };
}

/** The receipts of an expense as its page shows them to this viewer. */
export function receiptsModel(
  viewer: Actor,
  expense: VisibleExpense,
  receipts: readonly ListedReceipt[],
  isOpen: boolean,
): ReceiptsModel {
  const id = { id: expense.id };
  const logs = may(viewer, 'log-expense', { teamId: expense.team_id }).allowed && expense.team.archived_at === null;
  const canChange = isOpen && logs && isOwn(viewer, expense) && editable.includes(expense.state);
  return {
    receipts: receipts.map((receipt) => ({
      name: receipt.name,
      about: `${formats[receipt.type].label}, ${formatCount(Math.max(1, Math.round(receipt.size / 1_024)))} kB`,
      href: fillPath(paths.expenseReceipt, { ...id, receipt: receipt.id }),
      shown: formats[receipt.type].shown,
      warning: elsewhereOf(receipt.elsewhere),
      removalHref: canChange ? fillPath(paths.expenseReceiptRemoval, { ...id, receipt: receipt.id }) : '',
    })),
    upload:
      canChange && receipts.length < MAX_RECEIPTS
        ? { ...receiptField('Add photos or PDFs of receipts'), href: fillPath(paths.expenseReceipts, id) }
        : undefined,
  };
}

function elsewhereOf(count: number): string {
  if (count === 0) return '';
  return `The same file is in ${count === 1 ? 'another expense' : `${count} other expenses`} as well.`;
}

import { formatMoney } from '../expenses/money.ts';
import type { Settlement, SettlementSum } from '../expenses/settlements.ts';
import { type Holder, may } from '../rights/policy.ts';
import { formatDay } from '../web/clock.ts';
import { formatCount } from '../web/numbers.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { describeMissing, type MissingAccount } from './missing-accounts.ts';

/** A settlement as its list shows it. */
export interface SettlementModel {
  readonly id: string;
  /** Empty where none was given. */
  readonly reference: string;
  readonly about: string;
  readonly amount: string;
  /** When and by whom it was first saved for the accountant; empty where it was not. */
  readonly saved: string;
  /** Where it is saved; empty where it cannot be yet, or not by this viewer. */
  readonly saveHref: string;
  /** Whether it would be saved without a payment reference, and then could not get one any more. */
  readonly lacksReference: boolean;
  /** What has no account yet, for whoever could save it otherwise, each with where that is set. */
  readonly missing: readonly { readonly label: string; readonly href: string }[];
  /** How many more there are than these, in words; empty where there are none. */
  readonly missingMore: string;
  /** Where the reference that it lacks is sent to; empty where it lacks none, or nobody here may give it. */
  readonly referenceHref: string;
  /** What was typed as its reference, and what is wrong with that. */
  readonly typed: string;
  readonly mistake: string;
}

/** What is wrong with the reference that was typed for one of them. */
export interface Mistaken {
  readonly id: string;
  readonly typed: string;
  readonly mistake: string;
}

/** How many missing accounts a settlement names. */
const MOST_NAMED = 5;

/** @param after the place of the page in the list, as its address has it. */
export function settlementModel(
  viewer: Holder,
  settlement: Settlement,
  sums: readonly SettlementSum[],
  missing: readonly MissingAccount[],
  after: string,
  mistaken: Mistaken | undefined,
): SettlementModel {
  const { id, reference, settled_by_name: by, settled_at: at, saved_at: savedAt, saved_by_name: savedBy } = settlement;
  const mayChange = may(viewer, 'change-settlements').allowed;
  const mayExport = may(viewer, 'export-settlement').allowed;
  const count = sums.reduce((sum, row) => sum + row.count, 0);
  const isSaved = savedAt !== null;
  const lacking = mayChange && !isSaved ? missing : [];
  const isOwn = mistaken?.id === id;
  const mayFirstSave = mayExport && mayChange && !isSaved && missing.length === 0;
  return {
    id,
    reference,
    about: `${count === 1 ? '1 expense' : `${formatCount(count)} expenses`} · reimbursed by ${by} on ${formatDay(at)}`,
    amount: sums.map(({ amountMinor, currency }) => formatMoney(amountMinor, currency)).join(' · '),
    saved: isSaved ? `Saved for the accountant by ${savedBy ?? 'somebody'} on ${formatDay(savedAt)}` : '',
    saveHref: (mayExport && isSaved) || mayFirstSave ? addressOf(fillPath(paths.settlementFile, { id }), { after }) : '',
    lacksReference: mayFirstSave && reference === '',
    missing: lacking.slice(0, MOST_NAMED).map((pair) => ({
      label: describeMissing(pair),
      href: `${addressOf(paths.accounts, { team: pair.team_id, category: pair.category_id })}#rule`,
    })),
    missingMore: lacking.length > MOST_NAMED ? `and ${lacking.length - MOST_NAMED} more` : '',
    referenceHref:
      mayChange && reference === '' && !isSaved ? addressOf(fillPath(paths.settlementReference, { id }), { after }) : '',
    typed: isOwn ? mistaken.typed : '',
    mistake: isOwn ? mistaken.mistake : '',
  };
}

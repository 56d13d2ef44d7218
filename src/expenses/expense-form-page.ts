import type { Response } from 'express';
import type { Database } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { compilePage, sendPage } from '../web/page.ts';
import type { Field } from '../web/forms.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import { sayBudget } from './budget-warnings.ts';
import { listCategories } from './categories.ts';
import {
  type ExpenseFields,
  type ExpenseMistakes,
  type ExpenseTyped,
  expenseFields,
  latestDay,
  readExpense,
} from './expense-form.ts';
import type { ExpenseContent, VisibleExpense } from './expenses.ts';
import { findClosedMonth, whyClosed } from './months.ts';
import { type ReceiptField, receiptField } from './receipt-model.ts';
import { spenderField } from './spenders.ts';
import { findWorth } from './worth.ts';

/** What a form is about: an expense, or one that is yet to be, under the id that it will have. */
export type About = VisibleExpense | NewAbout;

interface NewAbout {
  readonly team: VisibleTeam;
  readonly newId: string;
  /** For whom else the viewer may log it, by name; undefined for whoever logs their own alone. */
  readonly others: readonly string[] | undefined;
}

interface ExpenseFormModel {
  readonly heading: string;
  readonly team: string;
  readonly backHref: string;
  readonly action: string;
  /** What the form sends along: an id of its own while there is no expense yet, then the version that it shows. */
  readonly hidden: { readonly name: 'id' | 'version'; readonly value: string };
  readonly fields: ExpenseFields;
  /** Undefined for whoever logs their own alone, and once it is logged. */
  readonly spender: Field | undefined;
  /** Undefined for an expense that has a page already: that takes them. */
  readonly receipts: ReceiptField | undefined;
  /** How much of the month's budget is spent; empty while there is enough left. */
  readonly budget: string;
}

const formPage = compilePage<ExpenseFormModel>(new URL('expense-form.ejs', import.meta.url));

export type SentExpense =
  | { readonly content: ExpenseContent; readonly typed: ExpenseTyped }
  | { readonly mistakes: ExpenseMistakes; readonly typed: ExpenseTyped };

/**
 * Reads what was typed, and what it was worth. A day in a closed month, or a rate that nobody knows, is a mistake in the form, so
 * that nothing that was typed is lost.
 */
export async function readSentExpense(db: Database, body: unknown, about: About, now: Date): Promise<SentExpense> {
  const read = readExpense(body, about.team.currency, await listCategories(db), latestDay(now), keptBy(about));
  if ('mistakes' in read) return read;
  const { typed } = read;
  const closed = await findClosedMonth(db, read.content.spentOn);
  if (closed !== undefined) return { typed, mistakes: { spentOn: whyClosed(closed) } };
  const worth = await findWorth(db, read.content, typed.rate, about);
  return 'mistakes' in worth ? { ...worth, typed } : { content: { ...read.content, ...worth }, typed };
}

const dayPattern = /^\d{4}-\d\d-\d\d$/;

/** The form with what was typed in it. The status stays what it was. */
export async function sendExpenseForm(
  res: Response,
  db: Database,
  about: About,
  typed: ExpenseTyped,
  mistakes: ExpenseMistakes & { readonly receipts?: string } = {},
): Promise<void> {
  const { team } = about;
  const fields = expenseFields(typed, mistakes, team.currency, await listCategories(db), keptBy(about));
  const budget = dayPattern.test(typed.spentOn) ? await sayBudget(db, team, typed.spentOn) : '';
  const model: ExpenseFormModel =
    'newId' in about
      ? {
          heading: 'Log an expense',
          team: team.label,
          backHref: teamPath(team.id),
          action: fillPath(paths.teamExpenses, { id: team.id }),
          hidden: { name: 'id', value: about.newId },
          fields,
          spender: about.others && spenderField(typed.spender, mistakes.spender, about.others),
          receipts: receiptField('Photos or PDFs of the receipts', mistakes.receipts),
          budget,
        }
      : {
          heading: 'Correct the expense',
          team: team.label,
          backHref: fillPath(paths.expense, { id: about.id }),
          action: fillPath(paths.expenseEdit, { id: about.id }),
          hidden: { name: 'version', value: String(about.version) },
          fields,
          spender: undefined,
          receipts: undefined,
          budget,
        };
  sendPage(res, formPage, model.heading, model);
}

/** The category that it has already. */
function keptBy(about: About): string | undefined {
  return 'newId' in about ? undefined : about.category_id;
}

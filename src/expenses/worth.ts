import type { Database } from '../database/schema.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatDay } from '../web/clock.ts';
import { convert } from './conversion.ts';
import type { ExpenseMistakes, TypedContent } from './expense-form.ts';
import type { ExpenseContent, VisibleExpense } from './expenses.ts';
import { formatMoney } from './money.ts';
import { MAX_AMOUNT } from './money-input.ts';
import { readRate } from './rate-form.ts';
import { findRate, type Rate, TYPED } from './rates.ts';

type Worth = Pick<ExpenseContent, 'amountMinor' | 'paid'>;

/**
 * What an amount comes to in the team's currency: by the rate that the expense has for its day already, else by the table, else by
 * the one that was typed.
 * @returns or what is wrong, beside the field that it is about.
 */
export async function findWorth(
  db: Database,
  { amountMinor, currency, spentOn }: TypedContent,
  typedRate: string,
  about: VisibleExpense | { readonly team: VisibleTeam },
): Promise<Worth | { readonly mistakes: ExpenseMistakes }> {
  const to = about.team.currency;
  if (currency === to) return { amountMinor, paid: undefined };
  const known = keptRate(about, currency, spentOn) ?? (await findRate(db, currency, to, spentOn));
  const typed = readRate(typedRate);
  if (known === undefined && 'mistake' in typed) {
    const none = `There is no rate for ${currency} in the week before ${formatDay(spentOn)}.`;
    return { mistakes: { rate: typedRate === '' ? `${none} Type it, as the bank or the receipt has it.` : typed.mistake } };
  }
  const rate: Rate = known ?? { rate: 'rate' in typed ? typed.rate : '', on: spentOn, source: TYPED };
  const teamAmount = worthOf(amountMinor, currency, to, rate.rate);
  if (teamAmount === undefined) {
    const field = known === undefined ? 'rate' : 'amount';
    return {
      mistakes: { [field]: `${formatMoney(amountMinor, currency)} at ${rate.rate} is nothing that one expense can be in ${to}.` },
    };
  }
  return { amountMinor: teamAmount, paid: { ...rate, amountMinor, currency } };
}

/** As it was on that day, whatever has been entered since. */
function keptRate(about: VisibleExpense | { readonly team: VisibleTeam }, currency: string, spentOn: string): Rate | undefined {
  if (!('rate' in about) || about.currency !== currency || about.spent_on !== spentOn) return undefined;
  const { rate, rate_on: on, rate_source: source } = about;
  return rate === null || on === null || source === null || source === TYPED ? undefined : { rate, on, source };
}

function worthOf(minor: number, from: string, to: string, rate: string): number | undefined {
  try {
    const worth = convert(minor, from, to, rate);
    return worth > 0 && worth <= MAX_AMOUNT ? worth : undefined;
  } catch {
    return undefined;
  }
}

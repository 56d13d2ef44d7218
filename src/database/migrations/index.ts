import type { Migration } from 'kysely/migration';
import { up as peopleTeamsExpenses } from './0001-people-teams-expenses.ts';
import { up as usedNonces } from './0002-used-nonces.ts';
import { up as sessionsThatEnd } from './0003-sessions-that-end.ts';
import { up as auditRecord } from './0004-audit-record.ts';
import { up as rolesRulesGrants } from './0005-roles-rules-grants.ts';
import { up as lifeOfAnExpense } from './0006-the-life-of-an-expense.ts';
import { up as receipts } from './0007-receipts.ts';
import { up as limitsMonths } from './0008-limits-months.ts';
import { up as exchangeRates } from './0009-exchange-rates.ts';
import { up as accountant } from './0010-accountant.ts';
import { up as imports } from './0011-imports.ts';
import { up as locale } from './0012-locale.ts';
import { up as spendingAndBudgets } from './0013-spending-and-budgets.ts';
import { up as dataVersions } from './0014-data-versions.ts';
import { up as categorySums } from './0015-category-sums.ts';

/** Every migration, by hand and in order; a name that has been released never changes, nor does what stands behind it. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-people-teams-expenses': { up: peopleTeamsExpenses },
  '0002-used-nonces': { up: usedNonces },
  '0003-sessions-that-end': { up: sessionsThatEnd },
  '0004-audit-record': { up: auditRecord },
  '0005-roles-rules-grants': { up: rolesRulesGrants },
  '0006-the-life-of-an-expense': { up: lifeOfAnExpense },
  '0007-receipts': { up: receipts },
  '0008-limits-months': { up: limitsMonths },
  '0009-exchange-rates': { up: exchangeRates },
  '0010-accountant': { up: accountant },
  '0011-imports': { up: imports },
  '0012-locale': { up: locale },
  '0013-spending-and-budgets': { up: spendingAndBudgets },
  '0014-data-versions': { up: dataVersions },
  '0015-category-sums': { up: categorySums },
};

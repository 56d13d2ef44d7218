/** Every address Outlay has, and the only place that spells them. */
export const paths = {
  home: '/',
  login: '/login',
  initiateLogin: '/initiate-login',
  callback: '/authorization-code/callback',
  clientKeys: '/oidc/client-keys.json',
  logout: '/logout',
  backChannelLogout: '/logout/backchannel',
  frontChannelLogout: '/logout/frontchannel',
  theme: '/theme',
  stepUp: '/sign-in-again',
  profile: '/profile',
  sessionEnding: '/sessions/:id/ending',
  sessionsEnding: '/sessions/ending',
  dashboard: '/dashboard',
  team: '/team/:id',
  teamFigures: '/team/:id/figures',
  teamBudgets: '/team/:id/budgets',
  teamBudget: '/team/:id/budgets/:month',
  newExpense: '/team/:id/new-expense',
  teamExpenses: '/team/:id/expenses',
  teamCsv: '/team/:id/expenses.csv',
  teamWorkbook: '/team/:id/expenses.xlsx',
  teamJsonLines: '/team/:id/expenses.jsonl',
  teamImport: '/team/:id/import',
  teamImportFile: '/team/:id/imports/:file',
  teamImportReading: '/team/:id/imports/:file/reading',
  teamImportLanding: '/team/:id/imports/:file/landing',
  teamImportSubmission: '/team/:id/imports/:file/submission',
  teamImportEnding: '/team/:id/imports/:file/ending',
  expense: '/expenses/:id',
  expenseEdit: '/expenses/:id/edit',
  expenseReceipts: '/expenses/:id/receipts',
  expenseReceipt: '/expenses/:id/receipts/:receipt',
  expenseReceiptRemoval: '/expenses/:id/receipts/:receipt/removal',
  expenseDeletion: '/expenses/:id/deletion',
  expenseSubmission: '/expenses/:id/submission',
  expenseWithdrawal: '/expenses/:id/withdrawal',
  expenseApproval: '/expenses/:id/approval',
  expenseRejection: '/expenses/:id/rejection',
  expenseSettlement: '/expenses/:id/settlement',
  waiting: '/waiting',
  waitingApprovals: '/waiting/approvals',
  waitingRejections: '/waiting/rejections',
  waitingSettlements: '/waiting/settlements',
  limits: '/limits',
  newLimit: '/new-limit',
  limit: '/limits/:id',
  limitRemoval: '/limits/:id/removal',
  categories: '/categories',
  category: '/categories/:id',
  categoryRetiring: '/categories/:id/retiring',
  categoryRestoring: '/categories/:id/restoring',
  myData: '/profile/data',
  rates: '/rates',
  rateFile: '/rates/file',
  accounts: '/accounts',
  accountRemoval: '/accounts/removal',
  settlements: '/settlements',
  settlementReference: '/settlements/:id/reference',
  settlementFile: '/settlements/:id/file',
  months: '/months',
  monthClosing: '/months/:id/closing',
  monthOpening: '/months/:id/opening',
  administration: '/admin',
  adminTeams: '/admin/teams',
  adminNewTeam: '/admin/new-team',
  adminTeam: '/admin/teams/:id',
  adminTeamArchiving: '/admin/teams/:id/archiving',
  adminTeamRestoring: '/admin/teams/:id/restoring',
  adminPeople: '/admin/people',
  adminPerson: '/admin/people/:id',
  adminPersonGrants: '/admin/people/:id/grants',
  adminPersonGrantRemoval: '/admin/people/:id/grants/:grant/removal',
  adminPersonSessionsEnding: '/admin/people/:id/sessions/ending',
  adminPersonDisabling: '/admin/people/:id/disabling',
  adminPersonEnabling: '/admin/people/:id/enabling',
  adminRules: '/admin/rules',
  adminNewRule: '/admin/new-rule',
  adminRule: '/admin/rules/:id',
  adminRulePreview: '/admin/rule-preview',
  adminRuleChanges: '/admin/rule-changes',
  audit: '/admin/audit',
  auditExport: '/admin/audit/export',
  adminDoctor: '/admin/doctor',
  styleguide: '/styleguide',
  assets: '/assets',
  health: '/health',
  ready: '/ready',
  metrics: '/metrics',
} as const;

/** A path of ours with its parts filled in, for example `fillPath(paths.adminTeam, { id: 'finance' })`. */
export function fillPath(path: string, parts: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
}

/** With what is not empty in its query. */
export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  return given.size === 0 ? path : `${path}?${given.toString()}`;
}

/** @param returnTo where to go on after signing in. */
export function loginPath(returnTo?: string): string {
  return returnTo === undefined ? paths.login : `${paths.login}?return_to=${encodeURIComponent(returnTo)}`;
}

/** @param after the last expense of the page before. */
export function teamPath(id: string, after?: string): string {
  const path = paths.team.replace(':id', encodeURIComponent(id));
  return after === undefined ? path : `${path}?after=${encodeURIComponent(after)}`;
}

export function sessionEndingPath(id: string): string {
  return paths.sessionEnding.replace(':id', encodeURIComponent(id));
}

/** Longer ones, as a URL parser writes them, are forgotten: the path travels in a cookie while somebody signs in. */
const MAX_RETURN_PATH = 512;

/**
 * Keeps `value` only if it is a path on our own origin, so that signing in never leads anywhere else (RFC 9700 §4.11).
 * @returns path and query as a URL parser writes them, or undefined.
 */
export function ownPath(value: unknown, baseUrl: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Browsers drop tabs and line breaks from addresses and read "\" as "/"; what needs that is not a link of ours.
  if (!value.startsWith('/') || /[\p{Cc}\\]/u.test(value) || !URL.canParse(value, baseUrl)) return undefined;
  const url = new URL(value, baseUrl);
  if (url.origin !== baseUrl || url.pathname.startsWith('//')) return undefined;
  // Express's routes take capitals and a last slash for the same path.
  const route = url.pathname.toLowerCase().replace(/\/$/, '');
  const leadsInCircles = [paths.login, paths.initiateLogin, paths.callback, paths.logout, paths.stepUp].some(
    (path) => path === route,
  );
  const path = url.pathname + url.search;
  return leadsInCircles || path.length > MAX_RETURN_PATH ? undefined : path;
}

import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { auditPages } from './administration/audit-pages.ts';
import { administrationLine } from './administration/frame.ts';
import { peoplePages } from './administration/people-page.ts';
import { personChanges } from './administration/person-changes.ts';
import { personPages } from './administration/person-page.ts';
import { ruleChangePages } from './administration/rule-change-pages.ts';
import { rulePages } from './administration/rule-pages.ts';
import { teamPages } from './administration/team-pages.ts';
import { RefusalRecord } from './audit/refusals.ts';
import type { Database } from './database/schema.ts';
import type { Doctor } from './doctor/doctor.ts';
import { doctorPages } from './doctor/doctor-page.ts';
import { categoryPages } from './expenses/category-pages.ts';
import { editPages } from './expenses/edit-pages.ts';
import { expensePages } from './expenses/expense-page.ts';
import { limitPages } from './expenses/limit-pages.ts';
import { logPages } from './expenses/log-pages.ts';
import { monthPages } from './expenses/month-pages.ts';
import { ratePages } from './expenses/rate-pages.ts';
import type { ReceiptStorages } from './expenses/receipt-places.ts';
import { receiptRoutes } from './expenses/receipt-routes.ts';
import { teamRoutes } from './expenses/team-page.ts';
import { waitingPages } from './expenses/waiting-page.ts';
import { type MonitoringParts, monitoringRoutes } from './monitoring/monitoring-routes.ts';
import { Readiness } from './monitoring/readiness.ts';
import { accountPages } from './exporting/account-pages.ts';
import { accountantRoutes } from './exporting/accountant-routes.ts';
import { exportLinks } from './exporting/export-formats.ts';
import { exportRoutes } from './exporting/export-routes.ts';
import { myDataRoutes } from './exporting/my-data-routes.ts';
import { settlementPages } from './exporting/settlement-pages.ts';
import { importPages } from './importing/import-pages.ts';
import type { ImportParts } from './importing/import-work.ts';
import { budgetPages } from './insights/budget-pages.ts';
import { dashboardRoutes } from './insights/dashboard.ts';
import { frameFor } from './frame.ts';
import { figuresPages } from './insights/figures-pages.ts';
import { type SensitiveToo, withoutFreshSignIn } from './people/fresh-sign-in.ts';
import { recordRefusedRequests } from './people/refused-requests.ts';
import { endOtherSessions, mySessionsRoutes } from './people/my-sessions.ts';
import { profileRoutes } from './people/profile.ts';
import type { SessionLimits } from './people/session-limits.ts';
import { signedInSessions } from './people/signed-in.ts';
import { tokenSeal } from './people/tokens.ts';
import { viewerNow } from './people/viewer.ts';
import { Problem } from './problems.ts';
import { RuleBook } from './rights/rule-book.ts';
import type { AdminSettings } from './rights/rules.ts';
import { Attempts } from './sign-in/attempts.ts';
import { clientKeysRoutes } from './sign-in/client-keys-route.ts';
import { homeRoutes } from './sign-in/home.ts';
import type { IdentityProvider } from './sign-in/provider-contract.ts';
import { providerLogoutRoutes } from './sign-in/provider-logout.ts';
import { revalidation } from './sign-in/revalidation.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { signOutRoutes } from './sign-in/sign-out.ts';
import { StepUp, type StepUpParts } from './sign-in/step-up.ts';
import { assets } from './web/assets.ts';
import { byFirstWord, under } from './web/by-first-word.ts';
import type { Clock } from './web/clock.ts';
import { formBody } from './web/forms.ts';
import { inOrder } from './web/in-order.ts';
import { KeptBodies } from './web/kept-bodies.ts';
import { speakTheirs } from './web/language.ts';
import { loginPath, paths } from './web/paths.ts';
import { notFound, problemHandler } from './web/problem-handler.ts';
import { requestLog } from './web/request-log.ts';
import { sameOriginOnly } from './web/same-origin.ts';
import { createSeal } from './web/seal.ts';
import { noStore, securityHeaders } from './web/security-headers.ts';
import { styleguideRoutes } from './web/styleguide.ts';
import { chosenTheme, themeRoutes } from './web/theme.ts';
import { endUnread } from './web/unread-body.ts';

/** Longest address that is answered, in characters; none of ours comes near. */
const MAX_URL = 4_096;

export interface Parts {
  readonly db: Database;
  readonly provider: IdentityProvider;
  readonly now: Clock;
  readonly log: Logger;
  readonly baseUrl: string;
  readonly sessionSecrets: readonly string[];
  readonly sessionLimits: SessionLimits;
  /** How often the provider is asked again whether a session still holds, in milliseconds; 0 is never. */
  readonly revalidation: number;
  /** For what is sensitive. */
  readonly stepUp: StepUpParts['demand'];
  /** What else is. */
  readonly stepUpFor: SensitiveToo;
  readonly trustProxy: number | string[] | false;
  readonly signInRateLimit: number;
  readonly admitNewPeople: boolean;
  /** Who is an admin by the settings. */
  readonly admin: AdminSettings;
  /** Finds what is wrong with how this process is set up. */
  readonly doctor: Doctor;
  readonly receipts: ReceiptStorages;
  readonly imports: Pick<ImportParts, 'runs' | 'maxSize'>;
  /** How much memory bodies of pages may take; as much as is usual unless given. */
  readonly keptBytes?: number;
  /** Undefined where nobody is to read them. */
  readonly metrics?: MonitoringParts['metrics'];
  /** Follows each request, where traces are wanted. */
  readonly traced?: RequestHandler;
  readonly demonstration: boolean;
  /** Whether the page with all parts of pages is there; for whoever builds Outlay. */
  readonly styleguide: boolean;
}

/** The whole of Outlay as a function of its parts: what a request meets, from top to bottom. */
export function createApp(parts: Parts): Express {
  const { db, provider, now, log, baseUrl, sessionSecrets, sessionLimits: limits, admitNewPeople, demonstration } = parts;
  const https = baseUrl.startsWith('https:');
  const ruleBook = new RuleBook(db, parts.admin);
  const sessions = signedInSessions({
    db,
    ruleBook,
    sessionSecrets,
    https,
    limits,
    revalidation: parts.revalidation,
    admitNewPeople,
    now,
  });
  const attempts = new Attempts(sessionSecrets, https, now);
  const stepUp = new StepUp({
    demand: parts.stepUp,
    provider,
    attempts,
    tickets: createSeal(sessionSecrets, 'step-up', now),
    actions: { 'end-other-sessions': (viewer) => endOtherSessions(db, viewer, now, log) },
    baseUrl,
    now,
  });

  const { first: freshFirst } = parts.stepUpFor.exports ? stepUp : withoutFreshSignIn;
  const fresh = parts.stepUpFor.rights ? stepUp : withoutFreshSignIn;
  const refusals = new RefusalRecord({ db, now, log });

  const app = express();
  app.disable('x-powered-by').set('trust proxy', parts.trustProxy);
  // Whether people come over https is what the operator configured, never what a header says.
  Object.defineProperty(app.request, 'protocol', { value: https ? 'https' : 'http' });

  const revalidate = revalidation({
    db,
    ruleBook,
    provider,
    sessions,
    tokens: tokenSeal(sessionSecrets, now),
    limits,
    interval: parts.revalidation,
    now,
    log,
  });
  app.use(
    inOrder(
      requestLog(log),
      ...(parts.traced === undefined ? [] : [parts.traced]),
      securityHeaders(https, () => provider.endOrigin()),
      byFirstWord(assets()),
      chosenTheme(baseUrl),
      noStore,
      refuseLongUrls,
      sameOriginOnly(baseUrl, [paths.initiateLogin, paths.backChannelLogout]),
      byFirstWord(
        monitoringRoutes({ readiness: new Readiness({ db, reach: () => provider.reach(), now }), metrics: parts.metrics }),
      ),
      under([paths.backChannelLogout, paths.frontChannelLogout], providerLogoutRoutes({ db, provider, now, log })),
      // Before anybody is asked who they are: whoever sends the rest of a form an hour later is who they are then.
      formBody,
      ...sessions.middleware,
      ...(parts.revalidation > 0 ? [revalidate] : []),
      speakTheirs((req) => req.user?.locale),
      frameFor(db, demonstration),
      under(
        [paths.login, paths.initiateLogin, paths.callback],
        signInRoutes({ baseUrl, provider, attempts, stepUp, rateLimit: parts.signInRateLimit, sessions, refusals, log }),
      ),
      byFirstWord(
        homeRoutes(),
        ...(parts.styleguide ? [styleguideRoutes()] : []),
        themeRoutes(baseUrl),
        clientKeysRoutes(provider),
        signOutRoutes({ provider, sessions, log }),
      ),
      // The guest line. Whatever comes below needs a viewer: a new page is closed until somebody opens it on purpose.
      viewersOnly,
    ),
  );

  app.use(paths.administration, administrationLine);
  const kept = new KeptBodies(parts.keptBytes);
  const again = viewerNow(db, ruleBook, limits, now);
  const receipts = { db, storages: parts.receipts, viewerNow: again, now, log };
  app.use(
    byFirstWord(
      stepUp.routes(),
      mySessionsRoutes({ db, now, log, endOthers: stepUp.handler('end-other-sessions') }),
      profileRoutes({ db, limits, now }),
      dashboardRoutes(db, kept, now),
      teamPages({ db, now }),
      peoplePages(db, ruleBook),
      personPages({ db, ruleBook, limits, fresh, now }),
      personChanges({ db, ruleBook, limits, fresh, now, log }),
      auditPages({ db, freshFirst, now }),
      doctorPages(parts.doctor, parts),
      rulePages(db, ruleBook, fresh),
      ruleChangePages({ db, ruleBook, fresh, now, log }),
      limitPages(db, now),
      categoryPages(db, now),
      monthPages(db, now),
      ratePages({ db, viewerNow: again, now }),
      accountPages(db, now),
      settlementPages(db, now),
      accountantRoutes({ db, freshFirst, now }),
      // The first of those below /team: it is opened all day.
      teamRoutes(db, kept, exportLinks),
      logPages({ ...receipts, ruleBook }),
      editPages(db, now),
      waitingPages(db, now),
      expensePages(db, now),
      figuresPages(db, now),
      budgetPages(db, now),
      importPages({ ...parts.imports, db, viewerNow: again, now }),
      exportRoutes({ db, freshFirst, now }),
      receiptRoutes(receipts),
      myDataRoutes({ db, storages: parts.receipts, limits, now }, freshFirst),
    ),
  );

  app.use(notFound);
  app.use(recordRefusedRequests(refusals));
  app.use(endUnread);
  app.use(problemHandler(log));
  return app;
}

/** A guest who asks for a page is sent to sign in and comes back to it; any other request is told why it is refused. */
const viewersOnly: RequestHandler = (req, res, next) => {
  if (req.user !== undefined) return next();
  const wantsPage = (req.method === 'GET' || req.method === 'HEAD') && req.accepts('html');
  if (wantsPage) return res.redirect(303, loginPath(req.originalUrl));
  throw new Problem('sign-in-needed', 'You need to sign in first.');
};

const refuseLongUrls: RequestHandler = (req, _res, next) => {
  if (req.originalUrl.length <= MAX_URL) return next();
  throw new Problem('too-long', 'This address is longer than any of Outlay’s. Start again from the home page.');
};

import express, { type Request, type Response, type Router } from 'express';
import type { Selectable } from 'kysely';
import type { Logger } from 'pino';
import { type AuditAction, recordAudit } from '../audit/record.ts';
import { madeId } from '../database/ids.ts';
import type { Database, PersonTable, Transaction } from '../database/schema.ts';
import { type EndAccessOptions, endAccess } from '../people/access.ts';
import { audited, auditedViewer } from '../people/audited.ts';
import { disablePerson, enablePerson } from '../people/directory.ts';
import { type FreshSignInFirst, withoutFreshSignIn } from '../people/fresh-sign-in.ts';
import { displayNameOf, type Viewer } from '../people/viewer.ts';
import { Problem } from '../problems.ts';
import { withGrants } from '../rights/everybody.ts';
import { findTeamLabels } from '../rights/explain.ts';
import { addGrant, removeGrant } from '../rights/grants.ts';
import type { Given } from '../rights/rights.ts';
import { type Changer, changeRights } from '../rights/rule-book.ts';
import { describeGiven } from '../rights/words.ts';
import { listTeamEntries } from '../teams/team-changes.ts';
import { onlyMethods } from '../web/methods.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { type Notice, viewerWho, withNotice } from './frame.ts';
import { type PersonPageParts, personOf, sendPerson } from './person-page.ts';
import { readGrant } from './rule-form.ts';

export interface PersonChangeParts extends PersonPageParts {
  readonly log: Logger;
}

type Person = Selectable<PersonTable>;

/** What an admin does to one person: gives, takes back, signs out, keeps out, lets in again. */
export function personChanges(parts: PersonChangeParts): Router {
  const { db, ruleBook, fresh, now, log } = parts;
  const router = express.Router();

  /** A POST of an admin about somebody; it says on the person's page what came of it. */
  function post(path: string, act: Act, first: FreshSignInFirst = fresh.first): void {
    router
      .route(path)
      .post(async (req, res) => {
        const viewer = viewerWho(req, 'change-people');
        const person = await personOf(db, req);
        const [by, reference] = [auditedViewer(viewer), referenceOf(res)];
        const record = async (
          transaction: Transaction,
          action: AuditAction,
          detail: Readonly<Record<string, string | number>> = {},
        ) => {
          await recordAudit(transaction, { action, by, about: audited(person), detail, reference }, now);
        };
        const changer = { personId: viewer.personId, action: 'change-people' } as const;
        const page = fillPath(paths.adminPerson, { id: person.id });
        await first(req, res, page, async () => {
          const ending = (channel: string) => end(person, { channel, by, reference });
          const notice = await act({ req, res, person, viewer, changer, end: ending, record });
          if (notice !== 'answered') res.redirect(303, withNotice(page, notice));
        });
      })
      .all(onlyMethods('POST'));
  }

  post(paths.adminPersonGrants, async ({ req, res, person, viewer, changer, record }) => {
    const teams = await listTeamEntries(db);
    const read = readGrant(req.body, new Set(teams.map(({ id }) => id)));
    if ('mistakes' in read) {
      res.status(422);
      await sendPerson(parts, req, res, person, read);
      return 'answered';
    }
    const { gives } = read;
    const what = await wordsOf(gives);
    return changeRights(db, ruleBook, changer, async (transaction) => {
      if ((await addGrant(transaction, person.id, gives, displayNameOf(viewer), now())) === undefined) return 'grant-known';
      await record(transaction, 'grant-added', { what });
      return 'grant-added';
    });
  });

  post(paths.adminPersonGrantRemoval, async ({ req, person, changer, end, record }) => {
    const id = req.params['grant'];
    const removed =
      typeof id === 'string' && madeId.test(id)
        ? await removeGrant(db, ruleBook, changer, person.id, id, async (transaction, { gives }) =>
            record(transaction, 'grant-removed', { what: await wordsOf(gives, transaction) }),
          )
        : undefined;
    if (removed === undefined) throw noSuchPage();
    const [left] = await withGrants(db, [person]);
    const { rules } = await ruleBook.now();
    // Whoever has nothing left is out, with whatever their sessions hold.
    if (left !== undefined && rules.rightsOf(left).length === 0) await end('grants');
    return 'grant-removed';
  });

  // Where a laptop was stolen, nobody is to look for their second factor first.
  const { first: atOnce } = withoutFreshSignIn;
  const endSessions: Act = async ({ end }) => {
    await end('admin');
    return 'sessions-ended';
  };
  post(paths.adminPersonSessionsEnding, endSessions, atOnce);

  const disable: Act = async ({ person, viewer, changer, end, record }) => {
    if (person.id === viewer.personId) {
      throw new Problem('conflict', 'You cannot disable yourself. Ask another admin to do it.', { heading: 'That is you' });
    }
    await disablePerson(db, ruleBook, changer, person.id, now(), (transaction) => record(transaction, 'person-disabled'));
    // Also where somebody else has disabled them already: what was asked for is that they are out.
    await end('disabled');
    return 'person-disabled';
  };
  post(paths.adminPersonDisabling, disable, atOnce);

  post(paths.adminPersonEnabling, async ({ person, changer, record }) => {
    await changeRights(db, ruleBook, changer, async (transaction) => {
      if ((await enablePerson(transaction, person.id)) !== undefined) await record(transaction, 'person-enabled');
    });
    return 'person-enabled';
  });

  async function end(
    { issuer, subject }: Person,
    how: Required<Pick<EndAccessOptions, 'channel' | 'reference' | 'by'>>,
  ): Promise<void> {
    const ended = await endAccess(db, { issuer, subject }, now, how);
    const { channel, reference } = how;
    log.info({ event: 'access-ended', channel, reference, issuer, subject, ended }, 'access ended');
  }

  async function wordsOf(gives: Given, database: Database = db): Promise<string> {
    return describeGiven(gives, await findTeamLabels(database, [gives]));
  }

  return router;
}

/** @returns what the person's page is to say; `answered` where it was sent already. */
type Act = (change: Change) => Promise<Notice | 'answered'>;

interface Change {
  readonly req: Request;
  readonly res: Response;
  readonly person: Person;
  readonly viewer: Viewer;
  readonly changer: Changer;
  readonly end: (channel: string) => Promise<void>;
  readonly record: (
    transaction: Transaction,
    action: AuditAction,
    detail?: Readonly<Record<string, string | number>>,
  ) => Promise<void>;
}

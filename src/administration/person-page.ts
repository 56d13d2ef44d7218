import express, { type Request, type Response, type Router } from 'express';
import type { Selectable } from 'kysely';
import type { Database, PersonTable, TeamTable } from '../database/schema.ts';
import { findPerson } from '../people/directory.ts';
import type { FreshSignIn } from '../people/fresh-sign-in.ts';
import type { SessionLimits } from '../people/session-limits.ts';
import { listSessions, type Session } from '../people/sessions.ts';
import { type Viewer, viewerOf } from '../people/viewer.ts';
import { type KnownPerson, withGrants } from '../rights/everybody.ts';
import {
  type ClaimInWords,
  explainClaims,
  explainRights,
  explainTeam,
  type RightInWords,
  type TeamExplained,
} from '../rights/explain.ts';
import { may } from '../rights/policy.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import { describeGiven, describeGroups } from '../rights/words.ts';
import { listTeamEntries } from '../teams/team-changes.ts';
import { type Clock, formatInstant } from '../web/clock.ts';
import type { SelectField } from '../web/forms.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { noticeOf, type Tab, tabsAt, viewerWho } from './frame.ts';
import { type GrantMistakes, type GrantTyped, roleField, teamField } from './rule-form.ts';

interface PersonModel {
  readonly tabs: readonly Tab[];
  readonly notice: string;
  readonly backHref: string;
  readonly name: string;
  readonly disabled: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly rightsHeading: string;
  readonly rights: readonly RightInWords[];
  readonly grants: readonly { readonly what: string; readonly removalHref: string }[];
  readonly claims: readonly ClaimInWords[];
  readonly groups: string;
  readonly sessions: readonly { readonly device: string; readonly about: string }[];
  readonly auditHref: string;
  readonly whyAction: string;
  readonly whyTeam: SelectField;
  /** Undefined unless a team was asked about. */
  readonly why: TeamExplained | undefined;
  /** Whether the viewer is asked to sign in again before a role is given or taken back. */
  readonly asksFirst: boolean;
  /** Undefined for whoever may only read. */
  readonly actions: PersonActions | undefined;
}

interface PersonActions {
  readonly grantsHref: string;
  readonly role: SelectField;
  readonly team: SelectField;
  readonly sessionsEndingHref: string;
  /** Empty where the viewer looks at themselves, or there is nothing to do. */
  readonly disablingHref: string;
  readonly enablingHref: string;
}

const personPage = compilePage<PersonModel>(new URL('person.ejs', import.meta.url));

export interface PersonPageParts {
  readonly db: Database;
  readonly ruleBook: RuleBook;
  readonly limits: SessionLimits;
  /** For what gives somebody more, or takes a role away. */
  readonly fresh: FreshSignIn;
  readonly now: Clock;
}

/** One person: what they may do and why, what the provider said of them, where they are signed in. */
export function personPages(parts: PersonPageParts): Router {
  const router = express.Router();
  router
    .route(paths.adminPerson)
    .get(async (req, res) => {
      viewerWho(req, 'see-organisation');
      await sendPerson(parts, req, res, await personOf(parts.db, req));
    })
    .all(onlyMethods('GET'));
  return router;
}

/** @throws Problem `not-found`, for any id that is not one as well. */
export async function personOf(db: Database, req: Request): Promise<Selectable<PersonTable>> {
  const person = await findPerson(db, String(req.params['id']));
  if (person === undefined) throw noSuchPage();
  return person;
}

/** The role that somebody wanted to give, as they typed it, and what is wrong with it. */
interface WantedGrant {
  readonly typed: GrantTyped;
  readonly mistakes: GrantMistakes;
}

const noGrantYet: WantedGrant = { typed: { role: 'member', team: '' }, mistakes: {} };

/** The page about somebody; also where a role could not be given to them as it was typed. */
export async function sendPerson(
  { db, ruleBook, limits, fresh, now }: PersonPageParts,
  req: Request,
  res: Response,
  row: Selectable<PersonTable>,
  wanted: WantedGrant = noGrantYet,
): Promise<void> {
  const viewer = viewerOf(req);
  const [[person], teams, { rules }, sessions] = await Promise.all([
    withGrants(db, [row]),
    listTeamEntries(db),
    ruleBook.now(),
    listSessions(db, { personId: row.id }, limits, now),
  ]);
  if (person === undefined) throw new TypeError('A person that was found has rights');
  const labelOf = (teamId: string) => teams.find(({ id }) => id === teamId)?.label;
  const asked = teams.find(({ id }) => id === req.query['team']);
  sendPage(res, personPage, person.name ?? 'Person', {
    tabs: tabsAt(paths.adminPeople),
    notice: noticeOf(req),
    backHref: paths.adminPeople,
    name: person.name ?? person.email ?? 'Somebody without a name',
    disabled:
      row.disabled_at === null
        ? ''
        : `Disabled since ${formatInstant(row.disabled_at)}: cannot sign in, whatever the rules give.`,
    facts: factsAbout(row),
    rightsHeading: row.disabled_at === null ? 'What they can see, and why' : 'What they would see, and why',
    rights: await explainRights(db, rules.rightsOf(person)),
    grants: person.grants.map(({ id, gives }) => ({
      what: describeGiven(gives, labelOf),
      removalHref: fillPath(paths.adminPersonGrantRemoval, { id: person.id, grant: id }),
    })),
    claims: explainClaims(person),
    groups: describeGroups(person.claims),
    sessions: sessions.map(aboutSession),
    auditHref: addressOf(paths.audit, { person: person.id }),
    whyAction: fillPath(paths.adminPerson, { id: person.id }),
    whyTeam: { ...teamField(asked?.id ?? '', '', teams, 'Choose a team'), hint: '' },
    why: asked && explainTeam(rules, person, asked),
    asksFirst: fresh.asks(viewer),
    actions: may(viewer, 'change-people').allowed ? actionsFor(viewer, person, teams, sessions.length, wanted) : undefined,
  });
}

function factsAbout(row: Selectable<PersonTable>): PersonModel['facts'] {
  const verified = row.email_verified === 1 ? 'verified' : 'not verified, so no rule counts for it';
  return [
    { name: 'E-mail', value: row.email === null ? 'none was sent' : `${row.email} (${verified})` },
    { name: 'First signed in', value: formatInstant(row.admitted_at) },
    { name: 'Last signed in', value: formatInstant(row.signed_in_at) },
    { name: 'At the provider', value: `${row.subject} (${row.issuer})` },
  ];
}

function aboutSession(session: Session): PersonModel['sessions'][number] {
  return {
    device: session.device,
    about: `Signed in ${formatInstant(session.started_at)} from ${session.address}, last used ${formatInstant(session.seen_at)}`,
  };
}

function actionsFor(
  viewer: Viewer,
  person: KnownPerson,
  teams: readonly Selectable<TeamTable>[],
  sessions: number,
  { typed, mistakes }: WantedGrant,
): PersonActions {
  const id = { id: person.id };
  const themselves = viewer.personId === person.id;
  return {
    grantsHref: fillPath(paths.adminPersonGrants, id),
    role: roleField(typed.role, mistakes.role),
    team: teamField(typed.team, mistakes.team, teams),
    sessionsEndingHref: sessions === 0 ? '' : fillPath(paths.adminPersonSessionsEnding, id),
    disablingHref: themselves || person.disabledAt !== undefined ? '' : fillPath(paths.adminPersonDisabling, id),
    enablingHref: person.disabledAt === undefined ? '' : fillPath(paths.adminPersonEnabling, id),
  };
}

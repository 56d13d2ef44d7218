import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import { searchable } from '../people/people.ts';
import { may } from '../rights/policy.ts';
import { currencies } from '../expenses/money.ts';
import { readMoney, typedMoney } from '../expenses/money-input.ts';
import {
  changeTeam,
  createTeam,
  findTeamEntry,
  listTeamEntries,
  setArchived,
  suggestTeamId,
  type TeamEntry,
} from '../teams/team-changes.ts';
import { teamIdPattern } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { oneLine, readForm } from '../web/forms.ts';
import { isSeen } from '../web/unseen.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { noticeOf, searchOf, tabsAt, viewerWho, withNotice } from './frame.ts';
import { newTeamModel, type TeamFormModel, type TeamsModel, teamModel, teamsModel } from './team-models.ts';

const teamsPage = compilePage<TeamsModel>(new URL('teams.ejs', import.meta.url));
const teamFormPage = compilePage<TeamFormModel>(new URL('team-form.ejs', import.meta.url));

const shared = {
  label: z
    .string()
    .trim()
    .min(1, 'Give the team a name.')
    .max(100, 'A name has 100 characters at most.')
    .refine(isSeen, 'There is something invisible in this name. Type it instead of pasting it.'),
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .refine((code) => currencies.has(code), 'Give the three letters of a currency, such as EUR or USD.'),
};
const changedTeam = z.object({ ...shared, secondAbove: oneLine(60) });
const newTeam = z.object({
  ...shared,
  id: z
    .string()
    .trim()
    .regex(/^$|^[a-z0-9][a-z0-9-]{0,63}$/, 'Use lower-case letters, digits and hyphens, 64 at most, a hyphen never first.'),
});

const noAddress = 'This name has no letters that can stand in an address. Give one here.';
const addressTaken = 'There is a team at this address already. Choose another one.';

export interface TeamPagesParts {
  readonly db: Database;
  readonly now: Clock;
}

/** Teams, for admins to change and auditors to read. */
export function teamPages({ db, now }: TeamPagesParts): Router {
  const router = express.Router();

  router
    .route(paths.adminTeams)
    .get(async (req, res) => {
      const viewer = viewerWho(req, 'see-organisation');
      const wanted = searchable(searchOf(req));
      const teams = (await listTeamEntries(db)).filter(({ id, label }) => searchable(`${label} ${id}`).includes(wanted));
      sendPage(res, teamsPage, 'Teams', {
        ...teamsModel(teams, req),
        tabs: tabsAt(paths.adminTeams),
        notice: noticeOf(req),
        newHref: may(viewer, 'change-teams').allowed ? paths.adminNewTeam : '',
      });
    })
    .post(async (req, res) => {
      const viewer = viewerWho(req, 'change-teams');
      const form = readForm(newTeam, req.body);
      if (!('values' in form)) return refuse(res, newTeamModel(form.typed, form.mistakes));
      const { label, currency, id } = form.values;
      const team = { label, currency, id: id === '' ? suggestTeamId(label) : id };
      if (team.id === '') return refuse(res, newTeamModel(form.typed, { id: noAddress }));
      const added = await db.transaction().execute(async (transaction) => {
        if (!(await createTeam(transaction, team))) return false;
        const about = { kind: 'team', id: team.id, name: team.label };
        const entry = { action: 'team-added', by: auditedViewer(viewer), about, detail: { currency: team.currency } } as const;
        await recordAudit(transaction, { ...entry, reference: referenceOf(res) }, now);
        return true;
      });
      if (!added) return refuse(res, newTeamModel(form.typed, { id: addressTaken }));
      return res.redirect(303, withNotice(fillPath(paths.adminTeam, { id: team.id }), 'team-added'));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.adminNewTeam)
    .get((req, res) => {
      viewerWho(req, 'change-teams');
      sendPage(res, teamFormPage, 'New team', newTeamModel({ label: '', currency: '', id: '' }, {}));
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.adminTeam)
    .get(async (req, res) => {
      const viewer = viewerWho(req, 'see-organisation');
      const team = await teamOf(req);
      const mayChange = may(viewer, 'change-teams').allowed;
      sendPage(res, teamFormPage, team.label, { ...teamModel(team, typedOf(team), {}, mayChange), notice: noticeOf(req) });
    })
    .post(async (req, res) => {
      const viewer = viewerWho(req, 'change-teams');
      const team = await teamOf(req);
      const form = readForm(changedTeam, req.body);
      if (!('values' in form)) return refuse(res, teamModel(team, form.typed, form.mistakes, true));
      const { secondAbove, ...values } = form.values;
      const above = secondAbove === '' ? undefined : readMoney(secondAbove, values.currency);
      if (above !== undefined && 'mistake' in above)
        return refuse(res, teamModel(team, form.typed, { secondAbove: above.mistake }, true));
      const limit = above?.minor ?? null;
      await db.transaction().execute(async (transaction) => {
        const was = await changeTeam(transaction, team.id, { ...values, second_approval_above: limit });
        if (was === undefined) throw noSuchPage();
        const detail = {
          labelWas: was.label,
          currencyWas: was.currency,
          currency: values.currency,
          secondApprovalAboveWas: was.second_approval_above,
          secondApprovalAbove: limit,
        };
        const about = { kind: 'team', id: team.id, name: values.label };
        const entry = { action: 'team-changed', by: auditedViewer(viewer), about, detail } as const;
        await recordAudit(transaction, { ...entry, reference: referenceOf(res) }, now);
      });
      return res.redirect(303, withNotice(fillPath(paths.adminTeam, { id: team.id }), 'team-changed'));
    })
    .all(onlyMethods('GET', 'POST'));

  for (const [path, action] of [
    [paths.adminTeamArchiving, 'team-archived'],
    [paths.adminTeamRestoring, 'team-restored'],
  ] as const) {
    router
      .route(path)
      .post(async (req, res) => {
        const viewer = viewerWho(req, 'change-teams');
        const team = await teamOf(req);
        await db.transaction().execute(async (transaction) => {
          const changed = await setArchived(transaction, team.id, action === 'team-archived' ? now().toISOString() : null);
          // Somebody did it already; doing it twice is doing it once.
          if (changed === undefined) return;
          const about = { kind: 'team', id: team.id, name: team.label };
          await recordAudit(transaction, { action, by: auditedViewer(viewer), about, reference: referenceOf(res) }, now);
        });
        res.redirect(303, withNotice(fillPath(paths.adminTeam, { id: team.id }), action));
      })
      .all(onlyMethods('POST'));
  }

  async function teamOf(req: Request): Promise<TeamEntry> {
    const id = req.params['id'];
    const team = typeof id === 'string' && teamIdPattern.test(id) ? await findTeamEntry(db, id) : undefined;
    if (team === undefined) throw noSuchPage();
    return team;
  }

  return router;
}

function typedOf({ label, currency, second_approval_above: above }: TeamEntry) {
  return { label, currency, secondAbove: above === null ? '' : typedMoney(above, currency) };
}

/** The form again, with what was typed and what is wrong (RFC 9110 §15.5.21). */
function refuse(res: Response, model: TeamFormModel): void {
  res.status(422);
  sendPage(res, teamFormPage, model.heading, model);
}

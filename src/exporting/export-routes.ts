/* The room exporting: what goes out as a file. */
import express, { type Request, type Response, type Router } from 'express';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import type { FreshSignInFirst } from '../people/fresh-sign-in.ts';
import { displayNameOf, viewerOf } from '../people/viewer.ts';
import { assertMay } from '../rights/policy.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import type { Clock } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { addressOf, teamPath } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { sendBytes } from '../web/send-bytes.ts';
import { describeFilter, exportName, inOneLine } from './export-filter.ts';
import { type ExportFormat, exportFormats } from './export-formats.ts';
import { openExport } from './export-rows.ts';
import { type Asked, readAsked, sortWords, toFilter, withoutPlace } from '../expenses/filter-form.ts';
import { sumUp } from '../expenses/list.ts';

export interface ExportRoutesParts {
  readonly db: Database;
  /** Before anything is saved as a file. */
  readonly freshFirst: FreshSignInFirst;
  readonly now: Clock;
}

/** A team's list as a file: the same address as the page's but for its end, the same query, and the same expenses. */
export function exportRoutes(parts: ExportRoutesParts): Router {
  const router = express.Router();
  for (const format of exportFormats) {
    router
      .route(format.path)
      .get(async (req, res) => prepare(parts, format, req, res))
      .all(onlyMethods('GET'));
  }
  return router;
}

async function prepare(parts: ExportRoutesParts, format: ExportFormat, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(req);
  const team = await findVisibleTeam(parts.db, viewer, String(req.params['id']));
  if (team === undefined) throw noSuchPage();
  assertMay(viewer, 'export-expenses', { teamId: team.id });
  const asked = readAsked(req.query);
  const page = addressOf(teamPath(team.id), withoutPlace(asked));
  // Exporting is itself an entry of the audit record, and no link of another site may cause one: it leads to the page.
  if (!['same-origin', 'none', undefined].includes(req.get('Sec-Fetch-Site'))) return res.redirect(303, page);
  return parts.freshFirst(req, res, page, () => sendExport(parts, { team, asked, format }, req, res));
}

async function sendExport(
  { db, now }: ExportRoutesParts,
  { team, asked, format }: { readonly team: VisibleTeam; readonly asked: Asked; readonly format: ExportFormat },
  req: Request,
  res: Response,
): Promise<void> {
  const viewer = viewerOf(req);
  const { filter } = toFilter(asked, team.currency);
  const narrowings = await describeFilter(db, team, filter);
  const at = now().toISOString();
  const headers = {
    'Content-Type': format.type,
    'Content-Disposition': `attachment; filename="${exportName(team, narrowings, asked, at.slice(0, 10), format.extension)}"`,
  };
  if (req.method === 'HEAD') return void res.set(headers).end();
  const { count } = await sumUp(db, team, viewer, filter);
  const batches = await openExport(db, team, viewer, { filter, sort: asked.sort });
  // Before the first byte: an export that is left in the middle has been one as well.
  await recordAudit(
    db,
    {
      action: 'expenses-exported',
      by: auditedViewer(viewer),
      about: { kind: 'team', id: team.id, name: team.label },
      detail: { format: format.label, filter: inOneLine(narrowings), order: sortWords[asked.sort], count },
      reference: referenceOf(res),
    },
    now,
  );
  const about = { narrowings, order: sortWords[asked.sort], at, by: displayNameOf(viewer) };
  await sendBytes(res, format.write(team, batches, about), headers);
}

/* The room importing: what comes in as a file. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { ImportState } from '../database/schema-imports.ts';
import { listCategories } from '../expenses/categories.ts';
import { countDraftsOf } from '../expenses/incoming.ts';
import { cleanName } from '../expenses/receipt-name.ts';
import { displayNameOf, viewerOf } from '../people/viewer.ts';
import { Problem, statusOf } from '../problems.ts';
import { findVisibleTeam, type VisibleTeam } from '../teams/teams.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { referenceOf } from '../web/request-log.ts';
import { endUnreadBody } from '../web/unread-body.ts';
import { noFile, readArrivingForm, type UploadLimits } from '../web/upload.ts';
import { shortened } from './choices.ts';
import { readBeginning } from './file-pieces.ts';
import { type FileModel, fileModel } from './file-model.ts';
import { beginLanding, beginLook, beginSubmission, type ImportParts, movedOn } from './import-work.ts';
import { clearStopped, findImport, findSameFile, type Import, listImports, moveImport } from './imports.ts';
import { assertMayImport, kindsFor } from './may-import.ts';
import { nothingYet } from './outcome.ts';
import { readReadingForm } from './reading-form.ts';
import { receive } from './receive.ts';
import { recogniseAs } from '../spreadsheets/recognise.ts';
import { type StartModel, startModel } from './start-model.ts';

const startPage = compilePage<StartModel>(new URL('import.ejs', import.meta.url));
const filePage = compilePage<FileModel>(new URL('import-file.ejs', import.meta.url));

/** How long somebody waits for the page of a file before it shows progress instead, in milliseconds. */
const PATIENCE = 2_000;
/** After how many seconds a page that shows progress looks again. */
const LOOK_AGAIN = 2;

const landing = z.object({ rows: z.enum(['all', 'good']).catch('all') });

/** Bringing a file in: choosing it, how it is read, what is in it, and what came of it. */
export function importPages(parts: ImportParts): Router {
  const { db, runs, viewerNow, now, maxSize } = parts;
  // An hour over a slow line, as long as something comes.
  const limits: UploadLimits = { size: maxSize, files: 1, time: 60 * 60_000, silence: 30_000 };
  const router = express.Router();

  router
    .route(paths.teamImport)
    .get(async (req, res) => sendStart(req, res, await teamOf(req)))
    .post(async (req, res) => {
      // Before anything of it is read.
      const team = await teamOf(req);
      try {
        const about = await take(req, team);
        await beginLook(parts, await viewerNow(viewerOf(req)), team, about);
        return res.redirect(303, addressOf(about));
      } catch (error) {
        if (!(error instanceof Problem && ['invalid', 'too-large', 'conflict'].includes(error.kind))) throw error;
        endUnreadBody(req, res);
        return sendStart(req, res.status(statusOf[error.kind]), team, error.message);
      }
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.teamImportFile)
    .get(async (req, res) => {
      const { team, about } = await fileOf(req);
      await runs.patience(about.id, PATIENCE);
      await sendFile(res, team, (await findImport(db, viewerOf(req), team, about.id)) ?? about);
    })
    .all(onlyMethods('GET'));

  router
    .route(paths.teamImportReading)
    .post(async (req, res) => {
      const { team, about } = await fileOf(req, ['arrived', 'checked']);
      const beginning = await readBeginning(db, about.id);
      const chosen = readReadingForm(req.body, about, await listCategories(db));
      const recognised = recogniseAs(beginning, about.size <= beginning.length, chosen.reading);
      if ('mistake' in recognised) return sendFile(res.status(422), team, about, recognised.mistake);
      const choices = { ...chosen, ...recognised, examples: recognised.examples.map(shortened) };
      const changed = { state: 'arrived', choices, outcome: nothingYet } as const;
      if (!(await moveImport(db, about, ['arrived', 'checked'], changed, now()))) throw movedOn();
      await beginLook(parts, viewerOf(req), team, { ...about, choices });
      return res.redirect(303, addressOf(about));
    })
    .all(onlyMethods('POST'));

  router
    .route(paths.teamImportLanding)
    .post(async (req, res) => {
      const { team, about } = await fileOf(req, ['checked', 'landing', 'landed']);
      const onlyGood = landing.parse(req.body ?? {}).rows === 'good';
      // A form that was sent twice leads to what came of the first.
      if (about.state === 'checked') await beginLanding(parts, viewerOf(req), team, about, onlyGood, referenceOf(res));
      return res.redirect(303, addressOf(about));
    })
    .all(onlyMethods('POST'));

  router
    .route(paths.teamImportSubmission)
    .post(async (req, res) => {
      const { about } = await fileOf(req, ['landed']);
      beginSubmission(parts, viewerOf(req), about, referenceOf(res));
      res.redirect(303, addressOf(about));
    })
    .all(onlyMethods('POST'));

  router
    .route(paths.teamImportEnding)
    .post(async (req, res) => {
      const { team, about } = await fileOf(req);
      const outcome = { ...nothingYet, why: 'You have cancelled it. Nothing was imported.' };
      const open: ImportState[] = ['arriving', 'arrived', 'checking', 'checked', 'landing'];
      await moveImport(db, about, open, { state: 'ended', outcome }, now());
      // Where it is being written in this process, that sees to the rest.
      if (!runs.isRunning(about.id)) await clearStopped(db, now());
      res.redirect(303, about.state === 'landing' ? addressOf(about) : fillPath(paths.teamImport, { id: team.id }));
    })
    .all(onlyMethods('POST'));

  /** @throws Problem as reading a form and `receive` do. */
  async function take(req: Request, team: VisibleTeam): Promise<Import> {
    const viewer = viewerOf(req);
    const form = await readArrivingForm(req, limits);
    const kinds = kindsFor(viewer, team);
    const kind = kinds.find((one) => one === form.fields['kind']) ?? kinds[0];
    if (kind === undefined) throw noSuchPage();
    const { value: file } = await form.files.next();
    if (file === undefined) throw noFile();
    const about = {
      kind,
      personId: viewer.personId,
      personName: displayNameOf(viewer),
      fileName: cleanName(file.name) || 'file.csv',
    };
    const arrived = await receive(db, team, about, file.bytes, await listCategories(db), now);
    // What is wrong with the rest of the form is said as well.
    await form.files.next();
    return arrived;
  }

  async function sendStart(req: Request, res: Response, team: VisibleTeam, mistake = ''): Promise<void> {
    const viewer = viewerOf(req);
    const past = await listImports(db, viewer.personId, team);
    sendPage(res, startPage, 'Import', startModel(team, kindsFor(viewer, team), past, maxSize, mistake));
  }

  async function sendFile(res: Response, team: VisibleTeam, about: Import, mistake = ''): Promise<void> {
    const isUnderWay = ['arriving', 'checking', 'landing'].includes(about.state) || runs.isRunning(about.id);
    if (isUnderWay) res.set('Refresh', String(LOOK_AGAIN));
    const [same, drafts, categories] = await Promise.all([
      findSameFile(db, about),
      about.state === 'landed' && about.kind === 'own' ? countDraftsOf(db, about.id) : 0,
      listCategories(db),
    ]);
    const around = { same, drafts, categories, isUnderWay, mistake };
    sendPage(res, filePage, about.file_name, fileModel(team, about, around));
  }

  async function teamOf(req: Request): Promise<VisibleTeam> {
    const viewer = viewerOf(req);
    const team = await findVisibleTeam(db, viewer, String(req.params['id']));
    if (team === undefined) throw noSuchPage();
    if (kindsFor(viewer, team).length === 0) assertMayImport(viewer, team, 'own');
    return team;
  }

  async function fileOf(req: Request, states?: readonly ImportState[]): Promise<{ team: VisibleTeam; about: Import }> {
    const viewer = viewerOf(req);
    const team = await findVisibleTeam(db, viewer, String(req.params['id']));
    const about = team && (await findImport(db, viewer, team, String(req.params['file'])));
    if (team === undefined || about === undefined) throw noSuchPage();
    if (about.state !== 'landed') assertMayImport(viewer, team, about.kind);
    if (states !== undefined && !states.includes(about.state)) throw movedOn();
    return { team, about };
  }

  return router;
}

function addressOf({ id: file, team_id: id }: Import): string {
  return fillPath(paths.teamImportFile, { id, file });
}

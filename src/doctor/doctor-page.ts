import express, { type Request, type Router } from 'express';
import { type Tab, tabsAt, viewerWho } from '../administration/frame.ts';
import { formatInstant } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { formatCount } from '../web/numbers.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { paths } from '../web/paths.ts';
import type { Doctor } from './doctor.ts';
import type { Finding } from './finding.ts';
import { judgeRequest, type Reached } from './request.ts';
import { bySeverity, summary } from './text.ts';

interface Shown {
  readonly mark: string;
  readonly kind: Finding['kind'];
  readonly what: string;
  readonly why: string;
  readonly say: string;
  readonly paste: readonly string[];
  readonly where: readonly string[];
}

interface DoctorModel {
  readonly tabs: readonly Tab[];
  readonly summary: string;
  readonly at: string;
  readonly when: string;
  readonly againHref: string;
  readonly complaints: readonly Shown[];
  readonly well: readonly Shown[];
  readonly wellCount: string;
}

const doctorPage = compilePage<DoctorModel>(new URL('doctor.ejs', import.meta.url));

const marks = { wrong: 'Wrong', weak: 'Weak', good: 'Good' } as const;

/** What the doctor finds in the running process and in the request itself, for admins and auditors. */
export function doctorPages(doctor: Doctor, reached: Reached): Router {
  const router = express.Router();

  router
    .route(paths.adminDoctor)
    .get(async (req, res) => {
      viewerWho(req, 'see-organisation');
      const { findings, at } = await doctor.examination();
      const all = bySeverity([...findings, ...judgeRequest(arrivedWith(req), reached)]);
      const well = all.filter(({ kind }) => kind === 'good').map(inWords);
      sendPage(res, doctorPage, 'Doctor', {
        tabs: tabsAt(paths.adminDoctor),
        summary: summary(all),
        at: at.toISOString(),
        when: formatInstant(at.toISOString()),
        againHref: paths.adminDoctor,
        complaints: all.filter(({ kind }) => kind !== 'good').map(inWords),
        well,
        wellCount: formatCount(well.length),
      });
    })
    .all(onlyMethods('GET'));

  return router;
}

function inWords({ kind, what, why, remedy }: Finding): Shown {
  const paste = remedy.paste.split('\n').filter((line) => line !== '');
  return { mark: marks[kind], kind, what, why, say: remedy.say, paste, where: remedy.where };
}

/** To be looked at and never believed: where we are is what the settings say. */
function arrivedWith(req: Request) {
  return {
    host: req.get('Host'),
    forwardedProto: req.get('X-Forwarded-Proto'),
    forwardedHost: req.get('X-Forwarded-Host'),
    forwardedFor: req.get('X-Forwarded-For'),
    cookie: req.get('Cookie'),
  };
}

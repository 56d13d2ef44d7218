import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Response, type Router } from 'express';
import { z } from 'zod';
import { type AuditEntry, type AuditFilter, listAudit, streamAudit } from '../audit/entries.ts';
import { auditActions, recordAudit } from '../audit/record.ts';
import { madeId } from '../database/ids.ts';
import type { Database } from '../database/schema.ts';
import { auditedViewer } from '../people/audited.ts';
import type { FreshSignInFirst } from '../people/fresh-sign-in.ts';
import { findPerson } from '../people/directory.ts';
import type { Viewer } from '../people/viewer.ts';
import { type Clock, formatInstant } from '../web/clock.ts';
import type { Field, SelectField } from '../web/forms.ts';
import { jsonLine } from '../web/json-lines.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { referenceOf } from '../web/request-log.ts';
import { actionWords, describeAction, describeDetail } from './audit-words.ts';
import { type Tab, tabsAt, viewerWho } from './frame.ts';
import type { PagedModel } from './paging.ts';

interface AuditModel {
  readonly tabs: readonly Tab[];
  readonly action: string;
  readonly exportAction: string;
  readonly fields: { readonly action: SelectField; readonly from: Field; readonly to: Field };
  /** Whose entries these are; empty where everybody's are shown. */
  readonly person: { readonly id: string; readonly name: string };
  readonly allHref: string;
  readonly pager: PagedModel['pager'];
  readonly entries: readonly {
    readonly at: string;
    readonly when: string;
    readonly what: string;
    readonly by: string;
    readonly byHref: string;
    readonly about: string;
    /** Empty where it has no page, or none that certainly stays. */
    readonly aboutHref: string;
    readonly detail: string;
    readonly chain: string;
  }[];
}

const auditPage = compilePage<AuditModel>(new URL('audit.ejs', import.meta.url));

export interface AuditPagesParts {
  readonly db: Database;
  /** Before the record is saved as a file. */
  readonly freshFirst: FreshSignInFirst;
  readonly now: Clock;
}

/** The audit record, for admins and auditors: by person, action and day, and as a file of the same. */
export function auditPages({ db, freshFirst, now }: AuditPagesParts): Router {
  const router = express.Router();

  router
    .route(paths.audit)
    .get(async (req, res) => {
      viewerWho(req, 'see-audit');
      const asked = readAsked(req.query);
      const { entries, next } = await listAudit(db, toFilter(asked), asked.after === '' ? undefined : asked.after);
      const { after, ...filter } = asked;
      const person = asked.person === '' ? undefined : await findPerson(db, asked.person);
      sendPage(res, auditPage, 'Audit record', {
        tabs: tabsAt(paths.audit),
        action: paths.audit,
        exportAction: paths.auditExport,
        fields: fieldsOf(asked),
        person: {
          id: asked.person,
          name: person?.name ?? person?.email ?? (asked.person === '' ? '' : 'somebody who is not here'),
        },
        allHref: addressOf(paths.audit, { ...filter, person: '' }),
        pager: {
          first: 'Newest',
          firstHref: after === '' ? '' : addressOf(paths.audit, filter),
          next: 'Older entries',
          nextHref: next === undefined ? '' : addressOf(paths.audit, { ...filter, after: next }),
        },
        entries: entries.map(inWords),
      });
    })
    .all(onlyMethods('GET'));

  // A POST, because exporting is itself an entry, and no link of another site may cause one.
  router
    .route(paths.auditExport)
    .post(async (req, res) => {
      const viewer = viewerWho(req, 'export-audit');
      const asked = readAsked(req.body);
      const { after: _, ...filter } = asked;
      await freshFirst(req, res, addressOf(paths.audit, filter), () => sendExport(res, viewer, asked));
    })
    .all(onlyMethods('POST'));

  async function sendExport(res: Response, viewer: Viewer, asked: Asked): Promise<void> {
    const { person, action, from, to } = asked;
    const about = { kind: 'audit', id: 'audit', name: null };
    const detail = { person, action, from, to };
    await recordAudit(
      db,
      { action: 'audit-exported', by: auditedViewer(viewer), about, detail, reference: referenceOf(res) },
      now,
    );
    // In this order: `attachment` would guess a type by the name's end.
    res.attachment('outlay-audit.jsonl').type('application/jsonl');
    const filter = toFilter(asked);
    // The record as it is now: whoever reads slowly may be allowed to see less by the time that they are through.
    const afterNow = new Date(now().getTime() + 1);
    const until = filter.to !== undefined && filter.to < afterNow ? filter.to : afterNow;
    await pipeline(Readable.from(linesOf(streamAudit(db, { ...filter, to: until }))), res);
  }

  return router;
}

async function* linesOf(batches: AsyncIterable<readonly AuditEntry[]>): AsyncGenerator<string> {
  for await (const entries of batches) yield entries.map(jsonLine).join('');
}

const uuid = z.string().regex(madeId).catch('');
const day = z.iso.date().catch('');
/** What nobody gave out, or no day is, counts as not asked for. */
const asking = z.object({
  person: uuid,
  action: z.enum(auditActions).or(z.literal('')).catch(''),
  from: day,
  to: day,
  after: uuid,
});
type Asked = z.infer<typeof asking>;

function readAsked(given: unknown): Asked {
  return asking.parse({ ...(given as object | undefined) });
}

/** Whole days, in UTC: the last one counts to its end. */
function toFilter({ person, action, from, to }: Asked): AuditFilter {
  return {
    personId: person === '' ? undefined : person,
    action: action === '' ? undefined : action,
    from: from === '' ? undefined : new Date(from),
    to: to === '' ? undefined : new Date(Date.parse(to) + 24 * 60 * 60_000),
  };
}

function fieldsOf({ action, from, to }: Asked): AuditModel['fields'] {
  const plain = { error: '', hint: '' };
  return {
    action: {
      ...plain,
      name: 'action',
      label: 'What',
      value: action,
      options: [{ value: '', label: 'Anything' }, ...auditActions.map((value) => ({ value, label: actionWords[value] }))],
    },
    from: { ...plain, name: 'from', label: 'From', value: from },
    to: { ...plain, name: 'to', label: 'To', value: to },
  };
}

function hrefOf(about: AuditEntry['about']): string {
  const page = about?.kind === 'person' ? paths.adminPerson : about?.kind === 'team' ? paths.adminTeam : undefined;
  return about === null || page === undefined ? '' : fillPath(page, { id: about.id });
}

function inWords(entry: AuditEntry): AuditModel['entries'][number] {
  const { by, about } = entry;
  const name = about?.name ?? (about?.kind === 'audit' ? '' : about?.id);
  return {
    at: entry.at,
    when: Number.isNaN(Date.parse(entry.at)) ? entry.at : formatInstant(entry.at),
    what: describeAction(entry.action),
    by: by === null ? 'nobody in Outlay' : (by.name ?? by.id),
    byHref: by === null ? '' : fillPath(paths.adminPerson, { id: by.id }),
    about: about === null || about.id === by?.id ? '' : (name ?? ''),
    aboutHref: hrefOf(about),
    detail: describeDetail(entry),
    chain: entry.seq === null ? 'not in the chain yet' : `no. ${entry.seq} ${entry.hash?.slice(0, 12) ?? ''}`,
  };
}

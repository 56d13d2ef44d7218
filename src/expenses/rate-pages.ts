import express, { type Request, type Response, type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { viewerOf, type ViewerNow } from '../people/viewer.ts';
import { assertMay, may } from '../rights/policy.ts';
import { type Clock, formatDay } from '../web/clock.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { paths } from '../web/paths.ts';
import { noFile, readArrivingForm, type Upload, type UploadLimits } from '../web/upload.ts';
import { latestDay } from './expense-form.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from './limit-frame.ts';
import { type RateFields, rateFields, type RateMistakes, readRateForm, type RateTyped } from './rate-form.ts';
import { readRateFile } from './rate-file.ts';
import { cleanName } from './receipt-name.ts';
import { describeConversion, replacedBy, saidBeside } from './rate-words.ts';
import { findEntered, keepRates, listConversions, listRates } from './rates.ts';
import { listTeamCurrencies } from '../teams/teams.ts';

interface RateModel {
  readonly says: string;
  readonly day: string;
  readonly source: string;
}

interface RatesModel extends LimitFrame {
  /** What a conversion today uses, by the currency of teams that it leads into. */
  readonly conversions: readonly { readonly into: string; readonly rates: readonly RateModel[] }[];
  /** As they were entered. */
  readonly rates: readonly RateModel[];
  readonly mayChange: boolean;
  readonly action: string;
  readonly fields: RateFields;
  readonly fileAction: string;
  /** What is wrong with the file that was sent; empty where none was. */
  readonly fileMistakes: readonly string[];
}

const ratesPage = compilePage<RatesModel>(new URL('rates.ejs', import.meta.url));

/** All the rates of the European Central Bank since 1999 are a tenth of it. */
const limits: UploadLimits = { size: 10 * 1024 * 1024, files: 1, time: 120_000, silence: 20_000 };
const SOURCE = 'European Central Bank';

export interface RatePagesParts {
  readonly db: Database;
  readonly viewerNow: ViewerNow;
  readonly now: Clock;
}

/** Exchange rates, for finance to enter by form or by file, and for auditors and admins to read. */
export function ratePages({ db, viewerNow, now }: RatePagesParts): Router {
  const router = express.Router();

  router
    .route(paths.rates)
    .get(async (req, res) => {
      viewerWho(req, 'see-rates');
      await send(req, res, blank());
    })
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-rates', now);
      const read = readRateForm(req.body, latestDay(doing.at));
      if ('mistakes' in read) return send(req, res.status(422), read.typed, read.mistakes);
      const was = await db.transaction().execute(async (transaction) => {
        const before = await findEntered(transaction, read.rate);
        await keepRates(transaction, [read.rate], '', doing);
        return before;
      });
      return res.redirect(303, withNotice(paths.rates, 'rate-kept', replacedBy(read.rate, was)));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.rateFile)
    .post(async (req, res) => {
      // Before anything of it is read.
      viewerWho(req, 'change-rates');
      const { files } = await readArrivingForm(req, limits);
      const sent = await takeOne(files);
      const doing = { ...doingWho(req, res, 'change-rates', now), viewer: await viewerNow(viewerOf(req)) };
      assertMay(doing.viewer, 'change-rates');
      const read = readRateFile(sent.bytes, latestDay(doing.at), SOURCE);
      if ('mistakes' in read) return send(req, res.status(422), blank(), {}, read.mistakes);
      await db.transaction().execute(async (transaction) => keepRates(transaction, read.rates, sent.name, doing));
      const days = [...new Set(read.rates.map(({ day }) => day))].toSorted();
      const kept = { count: String(read.rates.length), first: days[0] ?? '', last: days.at(-1) ?? '', days: String(days.length) };
      return res.redirect(303, withNotice(paths.rates, 'rates-kept', kept));
    })
    .all(onlyMethods('POST'));

  const blank = (): RateTyped => ({ base: '', currency: '', rate: '', day: now().toISOString().slice(0, 10) });

  async function send(
    req: Request,
    res: Response,
    typed: RateTyped,
    mistakes: RateMistakes = {},
    fileMistakes: readonly string[] = [],
  ): Promise<void> {
    const today = latestDay(now());
    const [rates, into] = await Promise.all([listRates(db, today), listTeamCurrencies(db)]);
    const conversions = await listConversions(db, today, into);
    const frame = frameAt(paths.rates, req);
    sendPage(res, ratesPage, 'Exchange rates', {
      ...frame,
      notice: frame.notice === '' ? '' : [frame.notice, ...saidBeside(req.query)].join(' '),
      conversions: [...Map.groupBy(conversions, ({ to }) => to)].map(([to, some]) => ({
        into: to,
        rates: some.map(describeConversion),
      })),
      rates: rates.map(({ base, currency, rate, day, source }) => ({
        says: `1 ${base} = ${rate} ${currency}`,
        day: formatDay(day),
        source,
      })),
      mayChange: may(viewerOf(req), 'change-rates').allowed,
      action: paths.rates,
      fields: rateFields(typed, mistakes),
      fileAction: paths.rateFile,
      fileMistakes,
    });
  }

  return router;
}

/** @throws Problem `invalid` where there is no file; and what reading the form throws. */
async function takeOne(files: AsyncIterable<Upload>): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  let taken: { name: string; bytes: Uint8Array } | undefined;
  for await (const { name, bytes } of files)
    taken = { name: cleanName(name), bytes: Buffer.concat(await Array.fromAsync(bytes)) };
  if (taken === undefined) throw noFile();
  return taken;
}

import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Database } from '../database/schema.ts';
import { searchable } from '../people/people.ts';
import { viewerOf } from '../people/viewer.ts';
import { may } from '../rights/policy.ts';
import { type Clock, formatDay } from '../web/clock.ts';
import { type Field, oneLine, readForm } from '../web/forms.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { fillPath, paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import { type Category, listCategories } from './categories.ts';
import { addCategory, findCategory, renameCategory, setRetired } from './category-changes.ts';
import { doingWho, frameAt, type LimitFrame, viewerWho, withNotice } from './limit-frame.ts';

interface CategoriesModel extends LimitFrame {
  readonly categories: readonly { readonly label: string; readonly href: string; readonly retired: string }[];
  readonly action: string;
  readonly label: Field;
  readonly mayChange: boolean;
}

interface CategoryModel extends LimitFrame {
  readonly heading: string;
  readonly retired: string;
  readonly backHref: string;
  readonly action: string;
  readonly label: Field;
  readonly mayChange: boolean;
  /** Where the one of both leads that can be done. */
  readonly turnHref: string;
  readonly turn: string;
}

const categoriesPage = compilePage<CategoriesModel>(new URL('categories.ejs', import.meta.url));
const categoryPage = compilePage<CategoryModel>(new URL('category.ejs', import.meta.url));

const form = z.object({ label: oneLine(60).refine((text) => text !== '', 'Give the category a name.') });

/** What an expense can be for: finance and admins name the categories, and auditors read them. */
export function categoryPages(db: Database, now: Clock): Router {
  const router = express.Router();

  router
    .route(paths.categories)
    .get(async (req, res) => {
      viewerWho(req, 'see-limits');
      await sendList(req, res);
    })
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-limits', now);
      const read = await readLabel(req);
      if ('mistake' in read) {
        res.status(422);
        return sendList(req, res, read.typed, read.mistake);
      }
      await db.transaction().execute(async (transaction) => addCategory(transaction, read.label, doing));
      return res.redirect(303, withNotice(paths.categories, 'category-added'));
    })
    .all(onlyMethods('GET', 'POST'));

  router
    .route(paths.category)
    .get(async (req, res) => {
      viewerWho(req, 'see-limits');
      sendOne(req, res, await categoryOf(req));
    })
    .post(async (req, res) => {
      const doing = doingWho(req, res, 'change-limits', now);
      const category = await categoryOf(req);
      const read = await readLabel(req, category);
      if ('mistake' in read) {
        res.status(422);
        return sendOne(req, res, category, read.typed, read.mistake);
      }
      await db.transaction().execute(async (transaction) => renameCategory(transaction, category, read.label, doing));
      return res.redirect(303, withNotice(paths.categories, 'category-renamed'));
    })
    .all(onlyMethods('GET', 'POST'));

  for (const [path, notice] of [
    [paths.categoryRetiring, 'category-retired'],
    [paths.categoryRestoring, 'category-restored'],
  ] as const) {
    router
      .route(path)
      .post(async (req, res) => {
        const doing = doingWho(req, res, 'change-limits', now);
        const category = await categoryOf(req);
        const retired = notice === 'category-retired';
        await db.transaction().execute(async (transaction) => setRetired(transaction, category, retired, doing));
        res.redirect(303, withNotice(paths.categories, notice));
      })
      .all(onlyMethods('POST'));
  }

  async function categoryOf(req: Request): Promise<Category> {
    const category = await findCategory(db, String(req.params['id']));
    if (category === undefined) throw noSuchPage();
    return category;
  }

  /** Two of one name could not be told apart in a choice. */
  async function readLabel(req: Request, own?: Category) {
    const read = readForm(form, req.body);
    const typed = read.typed.label;
    if (!('values' in read)) return { typed, mistake: read.mistakes.label ?? '' };
    const { label } = read.values;
    const taken = (await listCategories(db)).some(
      (other) => other.id !== own?.id && searchable(other.label) === searchable(label),
    );
    return taken ? { typed, mistake: 'There is a category of this name already; it may be a retired one.' } : { label };
  }

  async function sendList(req: Request, res: Response, typed = '', mistake = ''): Promise<void> {
    const categories = await listCategories(db);
    sendPage(res, categoriesPage, 'Categories', {
      ...frameAt(paths.categories, req),
      categories: categories.map((category) => ({
        label: category.label,
        href: fillPath(paths.category, { id: category.id }),
        retired: retiredOf(category),
      })),
      action: paths.categories,
      label: labelField('New category', typed, mistake),
      mayChange: may(viewerOf(req), 'change-limits').allowed,
    });
  }

  return router;
}

function sendOne(req: Request, res: Response, category: Category, typed = category.label, mistake = ''): void {
  const id = { id: category.id };
  const isRetired = category.retired_at !== null;
  sendPage(res, categoryPage, category.label, {
    ...frameAt(paths.categories, req),
    heading: category.label,
    retired: retiredOf(category),
    backHref: paths.categories,
    action: fillPath(paths.category, id),
    label: labelField('Name', typed, mistake),
    mayChange: may(viewerOf(req), 'change-limits').allowed,
    turnHref: fillPath(isRetired ? paths.categoryRestoring : paths.categoryRetiring, id),
    turn: isRetired ? 'Bring the category back' : 'Retire the category',
  });
}

function retiredOf({ retired_at: at }: Category): string {
  return at === null ? '' : `No longer offered since ${formatDay(at)}`;
}

function labelField(label: string, value: string, error: string): Field {
  return { name: 'label', label, value, error, hint: 'Such as “Client gifts”.' };
}

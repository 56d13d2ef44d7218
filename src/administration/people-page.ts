import express, { type Router } from 'express';
import type { Database } from '../database/schema.ts';
import { listPeople } from '../people/directory.ts';
import { withGrants } from '../rights/everybody.ts';
import { findTeamLabels } from '../rights/explain.ts';
import type { RuleBook } from '../rights/rule-book.ts';
import { describeGiven } from '../rights/words.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { noticeOf, searchOf, type Tab, tabsAt, viewerWho } from './frame.ts';
import type { PagedModel } from './paging.ts';

interface PeopleModel extends PagedModel {
  readonly tabs: readonly Tab[];
  readonly notice: string;
  readonly people: readonly {
    readonly name: string;
    readonly email: string;
    readonly rights: string;
    readonly href: string;
    readonly disabled: boolean;
  }[];
}

const peoplePage = compilePage<PeopleModel>(new URL('people.ejs', import.meta.url));

/** How many rights of one person are spelled out in the list. */
const NAMED = 3;

/** Everybody who has ever signed in, with what they may do, for admins and auditors. */
export function peoplePages(db: Database, ruleBook: RuleBook): Router {
  const router = express.Router();
  router
    .route(paths.adminPeople)
    .get(async (req, res) => {
      viewerWho(req, 'see-organisation');
      const search = searchOf(req);
      const after = typeof req.query['after'] === 'string' ? req.query['after'] : undefined;
      const [{ people, next }, { rules }] = await Promise.all([listPeople(db, search, after), ruleBook.now()]);
      const known = (await withGrants(db, people)).map((person) => ({ person, rights: rules.rightsOf(person) }));
      const labelOf = await findTeamLabels(
        db,
        known.flatMap(({ rights }) => rights.map(({ given }) => given)),
      );
      sendPage(res, peoplePage, 'People', {
        tabs: tabsAt(paths.adminPeople),
        notice: noticeOf(req),
        search: { action: paths.adminPeople, label: 'Name or e-mail address', value: search },
        pager: {
          first: 'First page',
          firstHref: after === undefined ? '' : addressOf(paths.adminPeople, { q: search }),
          next: 'Next page',
          nextHref: next === undefined ? '' : addressOf(paths.adminPeople, { q: search, after: next }),
        },
        people: known.map(({ person, rights }) => ({
          name: person.name ?? person.email ?? 'Somebody without a name',
          email: person.email ?? '',
          rights: inShort(rights.map(({ given }) => describeGiven(given, labelOf))),
          href: fillPath(paths.adminPerson, { id: person.id }),
          disabled: person.disabledAt !== undefined,
        })),
      });
    })
    .all(onlyMethods('GET'));
  return router;
}

function inShort(given: readonly string[]): string {
  const once = [...new Set(given)];
  const more = once.length - NAMED;
  if (once.length === 0) return 'Sees nothing';
  return once.slice(0, NAMED).join('; ') + (more > 0 ? ` and ${more} more` : '');
}

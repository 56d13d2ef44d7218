import type { Request } from 'express';
import { addressOf } from '../web/paths.ts';
import { searchOf } from './frame.ts';

/** How many rows one page of a list shows. */
export const ROWS = 50;

/** What `search.ejs` and `pager.ejs` need. */
export interface PagedModel {
  readonly search: { readonly action: string; readonly label: string; readonly value: string };
  readonly pager: { readonly firstHref: string; readonly first: string; readonly nextHref: string; readonly next: string };
}

/** A page of a list that is in memory, by its number; a number that nobody gave out is the first page. */
export function pageOf<Row>(
  rows: readonly Row[],
  req: Request,
  path: string,
  label: string,
): PagedModel & { readonly shown: readonly Row[] } {
  const { page } = req.query;
  const wanted = typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
  const at = (wanted - 1) * ROWS < rows.length ? wanted : 1;
  const q = searchOf(req);
  return {
    shown: rows.slice((at - 1) * ROWS, at * ROWS),
    search: { action: path, label, value: q },
    pager: {
      first: 'First page',
      firstHref: at === 1 ? '' : addressOf(path, { q }),
      next: 'Next page',
      nextHref: at * ROWS < rows.length ? addressOf(path, { q, page: String(at + 1) }) : '',
    },
  };
}

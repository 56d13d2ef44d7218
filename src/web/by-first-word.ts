import type { RequestHandler, Router } from 'express';
import { inOrder, type Leading } from './in-order.ts';

/**
 * Many routers as one that knows by the first word of an address which of them have routes that begin with it: "team" in
 * `/team/finance`. So a request costs the same however many features there are.
 * @throws TypeError for a router with anything but routes whose address begins with a word, or is `/`.
 */
export function byFirstWord(...routers: readonly Router[]): Leading {
  const byWord = new Map<string, Router[]>();
  for (const router of routers) {
    for (const word of new Set(router.stack.map(({ route }) => firstWordOf(route?.path)))) {
      const known = byWord.get(word);
      if (known === undefined) byWord.set(word, [router]);
      else known.push(router);
    }
  }
  const handlers = new Map([...byWord].map(([word, found]) => [word, inOrder(...found)]));
  const handle: RequestHandler = (req, res, next) => {
    const handler = handlers.get(wordIn(req.path));
    if (handler === undefined) next();
    else handler(req, res, next);
  };
  return Object.assign(handle, { stack: routers.flatMap(({ stack }) => stack) });
}

/** A router for those requests alone whose address has the first word of one of these. */
export function under(addresses: readonly string[], router: Router): Leading {
  const words = new Set(addresses.map(firstWordOf));
  const handle: RequestHandler = (req, res, next) => {
    if (words.has(wordIn(req.path))) router(req, res, next);
    else next();
  };
  return Object.assign(handle, { stack: router.stack });
}

/** As Express compares: capitals count for nothing. */
function wordIn(path: string): string {
  const end = path.indexOf('/', 1);
  return path.slice(1, end === -1 ? undefined : end).toLowerCase();
}

function firstWordOf(path: unknown): string {
  if (typeof path !== 'string' || !/^\/(?:$|[a-z][a-z.-]*(?:\/|$))/.test(path))
    throw new TypeError(`"${String(path)}" does not begin with a word`);
  return wordIn(path);
}

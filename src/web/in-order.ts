import type { RequestHandler, Router } from 'express';

/** With the routes that it leads to, as a router of Express has them. */
export interface Leading extends RequestHandler {
  readonly stack: Router['stack'];
}

/**
 * These one after the other, as one: Express passes by it once, and not by each of them with every request. What one of them throws or
 * rejects with goes on as an error.
 */
export function inOrder(...handlers: readonly (RequestHandler | Leading)[]): Leading {
  const stack = handlers.flatMap((handler) => ('stack' in handler ? handler.stack : []));
  const handle: RequestHandler = (req, res, next) => {
    const go = (at: number): void => {
      const handler = handlers[at];
      if (handler === undefined) return next();
      const fail = (error: unknown) => next(error);
      try {
        const answer: unknown = handler(req, res, (error?: unknown) => (error == null ? go(at + 1) : next(error)));
        if (answer instanceof Promise) answer.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    go(0);
  };
  return Object.assign(handle, { stack });
}

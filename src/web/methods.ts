import type { RequestHandler } from 'express';
import { Problem } from '../problems.ts';

/** The last handler of a route: any other method is a 405 that names the right ones (RFC 9110 §15.5.6). */
export function onlyMethods(...methods: readonly ('GET' | 'POST')[]): RequestHandler {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return () => {
    throw new Problem('wrong-method', 'This address cannot be used in that way.', { headers: { Allow: allow } });
  };
}

/** The first handler of a route that only a GET may reach: not even a HEAD, because it has an effect. */
export const getOnly: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET') return next();
  throw new Problem('wrong-method', 'This address cannot be used in that way.', { headers: { Allow: 'GET' } });
};

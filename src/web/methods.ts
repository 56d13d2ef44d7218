import type { RequestHandler } from 'express';
import { Problem } from '../problems.ts';

/** The last handler of a route: any other method is a 405 that names the right ones (RFC 9110 §15.5.6). */
export function onlyMethods(...methods: readonly ('GET' | 'POST')[]): RequestHandler {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return () => {
    throw new Problem('wrong-method', 'This address cannot be used in that way.', { headers: { Allow: allow } });
  };
}

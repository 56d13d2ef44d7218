import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { type Measured, tell } from '../measured.ts';
import { newReference } from './page.ts';
import { paths } from './paths.ts';

/**
 * Gives every request its reference and logs it once it is answered. The query is left out: during sign-in it carries
 * the authorization code and the state (RFC 9700 §4.2).
 */
export function requestLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const began = performance.now();
    res.locals['reference'] = newReference();
    res.on('close', () => {
      const milliseconds = performance.now() - began;
      tell('request', () => ({ ...describeRequest(req, res), seconds: milliseconds / 1_000 }));
      log[isByProgram(req) ? 'debug' : 'info'](
        {
          event: 'request',
          reference: referenceOf(res),
          method: req.method,
          path: pathOf(req),
          status: res.statusCode,
          milliseconds: Math.round(milliseconds * 10) / 10,
          address: clientAddress(req),
          complete: res.writableFinished,
        },
        'request',
      );
    });
    next();
  };
}

/** What programs ask every few seconds, which would fill the log. */
const byPrograms: ReadonlySet<string> = new Set([paths.health, paths.ready, paths.metrics]);

export function isByProgram(req: Request): boolean {
  return byPrograms.has(pathOf(req));
}

/** An answered request in our own words alone: nothing that whoever asked could make up. */
export function describeRequest(req: Request, res: Response): Omit<Measured['request'], 'seconds'> {
  return { method: methodOf(req), route: routeOf(req), status: res.statusCode };
}

/** Anybody can make up a method; each would be counted by itself. */
function methodOf({ method }: Request): string {
  return ['GET', 'HEAD', 'POST'].includes(method) ? method : 'other';
}

/** Express has the route, as it is written, where one knew the address. */
function routeOf(req: Request): string {
  const path: unknown = (req.route as { readonly path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'none';
}

/** Who asks, as far as TRUST_PROXY lets anybody say so; an IPv4 address as one, also where it came by IPv6 (RFC 4291 §2.5.5.2). */
export function clientAddress({ ip }: Request): string | undefined {
  return ip?.replace(/^::ffff:(?=\d+\.)/i, '');
}

export function referenceOf(res: Response): string {
  return String(res.locals['reference']);
}

/**
 * What the log line of a failure says besides, should this request fail: for example that its event is a refused sign-in.
 * @param describe called only then, with what was thrown.
 */
export function onFailureLog(res: Response, describe: (error: unknown) => Readonly<Record<string, unknown>>): void {
  res.locals['describeFailureOf'] = describe;
}

export function failureFields(res: Response, error: unknown): Readonly<Record<string, unknown>> {
  const describe = res.locals['describeFailureOf'] as ((error: unknown) => Readonly<Record<string, unknown>>) | undefined;
  return describe?.(error) ?? {};
}

function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '';
}

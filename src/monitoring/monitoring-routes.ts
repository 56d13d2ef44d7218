/* The room monitoring: for programs that watch. */
import { hash, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, type Router } from 'express';
import { onlyMethods } from '../web/methods.ts';
import { paths } from '../web/paths.ts';
import { notFound } from '../web/problem-handler.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';

export interface MonitoringParts {
  readonly readiness: Readiness;
  /** Undefined where nobody is to read them. */
  readonly metrics: { readonly source: Metrics; readonly token: string } | undefined;
}

/** For whoever watches over Outlay: programs, without a session. Nothing that is told to everybody is about anybody. */
export function monitoringRoutes({ readiness, metrics }: MonitoringParts): Router {
  const router = express.Router();
  router
    .route(paths.health)
    .get((_req, res) => void res.type('text').send('alive\n'))
    .all(onlyMethods('GET'));
  router
    .route(paths.ready)
    .get(async (_req, res) => {
      const state = await readiness.now();
      res.status(state.status === 'unavailable' ? 503 : 200).json(state);
    })
    .all(onlyMethods('GET'));
  router
    .route(paths.metrics)
    .get(
      metrics === undefined ? notFound : withToken(metrics.token),
      async (_req, res) => void res.type('text/plain; version=0.0.4').send(await metrics?.source.text()),
    )
    .all(onlyMethods('GET'));
  return router;
}

/** Lets in whoever bears this token (RFC 6750 §2.1). */
function withToken(token: string): RequestHandler {
  const expected = hash('sha256', token, 'buffer');
  return (req, res, next) => {
    const [, given = ''] = /^Bearer ([\x21-\x7e]+)$/i.exec(req.get('Authorization') ?? '') ?? [];
    if (timingSafeEqual(hash('sha256', given, 'buffer'), expected)) return next();
    res
      .status(401)
      .set('WWW-Authenticate', 'Bearer realm="metrics"')
      .type('text')
      .send('The token of METRICS_TOKEN is needed here.\n');
  };
}

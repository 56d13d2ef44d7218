import express, { type Router } from 'express';
import { onlyMethods } from '../web/methods.ts';
import { paths } from '../web/paths.ts';
import { noSuchPage } from '../web/problem-handler.ts';
import type { IdentityProvider } from './provider-contract.ts';

/** How long a provider may keep our keys, in seconds: short, so that a new one is known soon. */
const MAX_AGE = 300;

/** Our public keys, where the provider is told to find them (`jwks_uri`, RFC 7591 §2). */
export function clientKeysRoutes(provider: IdentityProvider): Router {
  const router = express.Router();
  router
    .route(paths.clientKeys)
    .get(async (_req, res) => {
      const published = await provider.publishedKeys();
      if (published === undefined) throw noSuchPage();
      res.set('Cache-Control', `public, max-age=${MAX_AGE}`).json(published);
    })
    .all(onlyMethods('GET'));
  return router;
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { paths } from './paths.ts';

const bootstrap = dirname(createRequire(import.meta.url).resolve('bootstrap/dist/css/bootstrap.min.css'));
const own = fileURLToPath(new URL('assets', import.meta.url));

const files = {
  'bootstrap.min.css': join(bootstrap, 'bootstrap.min.css'),
  'outlay.css': join(own, 'outlay.css'),
  'lists-and-forms.css': join(own, 'lists-and-forms.css'),
  'expenses.css': join(own, 'expenses.css'),
  'figures.css': join(own, 'figures.css'),
  'icon.svg': join(own, 'icon.svg'),
} as const;

/** Part of every asset's address, so that browsers may keep a file for good and still see a new one at once. */
const fingerprint = createHash('sha256')
  .update(Buffer.concat(Object.values(files).map((file) => readFileSync(file))))
  .digest('base64url')
  .slice(0, 10);

export function assetPath(name: keyof typeof files): string {
  return `${paths.assets}/${fingerprint}/${name}`;
}

/** Style sheets and icons, all from our own origin. */
export function assets(): Router {
  const router = express.Router();
  for (const [name, file] of Object.entries(files)) {
    router.get(`${paths.assets}/:fingerprint/${name}`, (req, res, next) => {
      // Kept for good only under its own name: another release's may come by the same way while an upgrade is rolling.
      const keep = req.params['fingerprint'] === fingerprint ? { maxAge: '1y', immutable: true } : { maxAge: 0 };
      res.sendFile(file, keep, (error) => {
        if (error != null) next(error);
      });
    });
  }
  // Browsers ask for it unasked; without this line the question would begin a sign-in.
  router.get('/favicon.ico', (_req, res) => res.redirect(301, assetPath('icon.svg')));
  return router;
}

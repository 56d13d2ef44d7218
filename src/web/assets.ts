import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import express, { type Request, type Router } from 'express';
import { iconSheet } from './icons.ts';
import { paths } from './paths.ts';

const bootstrap = dirname(createRequire(import.meta.url).resolve('bootstrap/dist/css/bootstrap.min.css'));
const own = fileURLToPath(new URL('assets', import.meta.url));

/** In their order, as one: a page that waits for one file is there sooner than one that waits for five. */
const sheets = [
  join(bootstrap, 'bootstrap.min.css'),
  ...['outlay.css', 'lists-and-forms.css', 'expenses.css', 'figures.css', 'styleguide.css'].map((name) => join(own, name)),
];

/** Smaller by a fifth than what gzip makes of it, and there in a hundredth of a second; a better quality takes a whole one. */
const BROTLI_QUALITY = 5;

const encodings = {
  br: (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes: Buffer) => gzipSync(bytes),
  identity: (bytes: Buffer) => bytes,
} as const;
type Encoding = keyof typeof encodings;

interface Asset {
  readonly type: string;
  /** Compressed ahead, once. */
  readonly bodies: Readonly<Record<Encoding, Buffer>>;
}

/** @param made what stands in no file, at the end. */
function assetOf(type: string, files: readonly string[], made = ''): Asset {
  const bytes = Buffer.concat([...files.flatMap((file) => [readFileSync(file), Buffer.from('\n')]), Buffer.from(made)]);
  return { type, bodies: { br: encodings.br(bytes), gzip: encodings.gzip(bytes), identity: bytes } };
}

const files = {
  'styles.css': assetOf('text/css; charset=utf-8', sheets, iconSheet()),
  'icon.svg': assetOf('image/svg+xml', [join(own, 'icon.svg')]),
} as const;

/** Part of every asset's address, so that browsers may keep a file for good and still see a new one at once. */
const fingerprint = createHash('sha256')
  .update(Buffer.concat(Object.values(files).map(({ bodies }) => bodies.identity)))
  .digest('base64url')
  .slice(0, 10);

export function assetPath(name: keyof typeof files): string {
  return `${paths.assets}/${fingerprint}/${name}`;
}

/** Style sheets and icons, all from our own origin. */
export function assets(): Router {
  const router = express.Router();
  for (const [name, { type, bodies }] of Object.entries(files)) {
    router.get(`${paths.assets}/:fingerprint/${name}`, (req, res) => {
      const encoding = encodingFor(req);
      res.set({
        // Kept for good only under its own name: another release's may come by the same way while an upgrade is rolling.
        'Cache-Control': req.params['fingerprint'] === fingerprint ? 'public, max-age=31536000, immutable' : 'public, max-age=0',
        'Content-Type': type,
        ETag: `"${fingerprint}-${encoding}"`,
        Vary: 'Accept-Encoding',
      });
      if (encoding !== 'identity') res.set('Content-Encoding', encoding);
      res.send(bodies[encoding]);
    });
  }
  // Browsers ask for it unasked; without this line the question would begin a sign-in.
  router.get('/favicon.ico', (_req, res) => res.redirect(301, assetPath('icon.svg')));
  return router;
}

/** The smallest that the browser takes (RFC 9110 §12.5.3). */
function encodingFor(req: Request): Encoding {
  if (req.acceptsEncodings('br') !== false) return 'br';
  return req.acceptsEncodings('gzip') === false ? 'identity' : 'gzip';
}

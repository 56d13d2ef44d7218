import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Those in use, by their names in Bootstrap Icons (docs/decisions/0030). */
export const icons = [
  'bar-chart-line',
  'circle-half',
  'download',
  'exclamation-triangle',
  'moon-stars',
  'plus-lg',
  'sun',
  'upload',
] as const;

/**
 * A style sheet with a class and a variable for each, read at start: `<span class="icon icon-plus-lg" aria-hidden="true"></span>`
 * in a template, or `mask-image: var(--icon-plus-lg)` in a style sheet. `.icon` itself is in outlay.css.
 */
export function iconSheet(): string {
  const { resolve } = createRequire(import.meta.url);
  const variables = icons.map((name) => `--icon-${name}:url("${addressOf(resolve(`bootstrap-icons/icons/${name}.svg`))}")`);
  const classes = icons.map((name) => `.icon-${name}{mask-image:var(--icon-${name})}`);
  return `:root{${variables.join(';')}}\n${classes.join('\n')}\n`;
}

/** The picture itself as a `data:` address (RFC 2397); of its bytes, those are encoded that an address in CSS must not have. */
function addressOf(file: string): string {
  const svg = readFileSync(file, 'utf8').replace(/\s+/g, ' ').replaceAll('"', "'").trim();
  return `data:image/svg+xml,${svg.replace(/[^\w '=:/.,()-]/g, encodeURIComponent)}`;
}

/* The room web: what every page needs. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import type { Response } from 'express';
import { assetPath } from './assets.ts';
import { ownBytes } from './own-bytes.ts';
import { paths } from './paths.ts';
import { randomBytes } from './random.ts';

/** What the layout shows around every page. */
export interface Frame {
  /** Undefined for a guest; the empty string never. */
  readonly personName?: string | undefined;
  /** Whether the way to teams, people and rules is shown. */
  readonly mayAdminister?: boolean;
  /** Whether the way to limits, categories and months is shown. */
  readonly seesLimits?: boolean;
  /** How many expenses wait for them; undefined for whoever decides on nothing. */
  readonly waiting?: string | undefined;
  /** True while the demonstration provider is on, and anyone can sign in as anyone. */
  readonly demonstration: boolean;
  /** Undefined for as the system is. */
  readonly theme?: 'light' | 'dark' | undefined;
}

interface LayoutModel extends Frame {
  readonly title: string;
  readonly body: string;
  readonly paths: typeof paths;
  readonly asset: typeof assetPath;
  /** Not beside a form to fill in, nor on the answer to one: choosing leads away, and what was typed would be gone. */
  readonly offersTheme: boolean;
}

/** A template that takes one kind of model. */
export type Page<Model extends object> = (model: Model) => string;

/**
 * Compiles the EJS file beside a module, and its parts, at start, so that a broken template never waits for a visitor.
 * In the template the model's fields are properties of `page`; printing one that does not exist throws. `page.part('field.ejs', {…})`
 * is a part: another template, by its path from this one, that gets what it is given and nothing else.
 */
export function compilePage<Model extends object>(file: URL): Page<Model> {
  return compileFile(fileURLToPath(file));
}

/** Every template, once. */
const compiled = new Map<string, Page<object>>();

function compileFile(file: string): Page<object> {
  const known = compiled.get(file);
  if (known !== undefined) return known;
  const source = readFileSync(file, 'utf8');
  const template = ejs.compile(source, {
    filename: file,
    strict: true,
    _with: false,
    localsName: 'page',
    escape: escapeText,
  });
  // EJS's own way to parts looks for the file, and copies all that the page has, each time that one is printed.
  const parts = new Map(
    [...source.matchAll(/\bpage\.part\('([^']+)'/g)].map(([, name = '']) => [name, compileFile(join(dirname(file), name))]),
  );
  const part = (name: string, model: object) => {
    const found = parts.get(name);
    if (found === undefined) throw new TypeError(`A template has no part "${name}"`);
    return found(model);
  };
  const page = (model: object) => template({ ...model, part });
  compiled.set(file, page);
  return page;
}

const layout = compilePage<LayoutModel>(new URL('layout.ejs', import.meta.url));

/** Sends a whole page. The status stays what it was, 200 unless set before. */
export function sendPage<Model extends object>(res: Response, page: Page<Model>, title: string, model: Model): void {
  const body = page(model);
  send(res, title, Buffer.from(body), !body.includes(TO_FILL_IN));
}

/** The same with what stands in the layout made already, in which there is no form to fill in. */
export function sendBody(res: Response, title: string, body: Buffer): void {
  send(res, title, body, true);
}

/** What every form to fill in has. Nothing that is printed into a template has a quotation mark in it. */
const TO_FILL_IN = ' class="form"';

function send(res: Response, title: string, body: Buffer, offersTheme: boolean): void {
  const { before, after } = around(title, frameOf(res), offersTheme && res.req.method !== 'POST');
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Length', before.length + body.length + after.length);
  res.cork();
  res.write(before);
  res.write(body);
  res.end(after);
}

interface Around {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** By all that they follow from; people see the same frame on page after page. */
const frames = new Map<string, Around>();
const MOST_FRAMES = 500;
/** Longest that is kept, in characters: a title may say anything. */
const LONGEST_KEPT = 1_000;
/** Stands where the body will. Nothing that is printed into a template has a "<" in it. */
const PLACE = '<!-- body -->';

function around(title: string, frame: Frame, offersTheme: boolean): Around {
  const key = JSON.stringify([title, frame, offersTheme]);
  const known = frames.get(key);
  if (known !== undefined) return known;
  const page = layout({ ...frame, title, body: PLACE, paths, asset: assetPath, offersTheme });
  const [before, after] = page.split(PLACE).map(ownBytes);
  if (before === undefined || after === undefined) throw new TypeError('The layout has no place for a page');
  const [oldest] = frames.keys();
  if (frames.size >= MOST_FRAMES && oldest !== undefined) frames.delete(oldest);
  if (key.length <= LONGEST_KEPT) frames.set(key, { before, after });
  return { before, after };
}

/** Tells the layout whom it is for, as far as is known: `theme.ts` before all else, `app.ts` once it is known who asks. */
export function setFrame(res: Response, frame: Frame): void {
  res.locals['frame'] = frame;
}

/** What `setFrame` said, or a guest's frame where the request failed before that. */
export function frameOf(res: Response): Frame {
  return (res.locals['frame'] as Frame | undefined) ?? { demonstration: false };
}

/** The reference on an error page and in the log: short enough to read out, from an alphabet without look-alikes. */
export function newReference(): string {
  const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
  return Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new TypeError('A template prints a field that its page does not have');
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

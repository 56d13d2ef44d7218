import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';

/** Longest tag that is read, in characters; RFC 5646 §4.4.1 asks for 35 at least. */
const MAX_TAG = 60;
/** Longest Accept-Language that is read, in characters, and how many tags of it. */
const MAX_HEADER = 1_000;
const MAX_TAGS = 20;
/** How many languages are remembered at once, and how many formats of each; whoever makes up more has others made anew. */
const MOST_LANGUAGES = 50;
const MOST_FORMATS = 100;

/**
 * What can be typed again, and found in a file or in the address: the digits 0 to 9, and the calendar of every date that is kept
 * (docs/decisions/0031).
 */
const digits = { numberingSystem: 'latn' } as const;
const calendar = { ...digits, calendar: 'gregory', timeZone: 'UTC' } as const;

/** Those written from right to left; a date in them inside an English sentence is held together as one piece. */
const rightToLeft = new Set(['Adlm', 'Arab', 'Aran', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);

/** How numbers and dates are written in one language. */
export class Language {
  readonly #numberTag: string;
  readonly #dateTag: string;
  readonly #isRightToLeft: boolean;
  /** Two with the same write everything alike. */
  readonly key: string;
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #dates = new Map<string, Intl.DateTimeFormat>();

  /** @throws RangeError for what is no language tag. */
  constructor(numberTag: string, dateTag = numberTag) {
    this.#numberTag = numberTag;
    this.#dateTag = dateTag;
    this.key = `${numberTag} ${dateTag}`;
    this.#isRightToLeft = rightToLeft.has(new Intl.Locale(dateTag).maximize().script ?? '');
  }

  /**
   * @param key whatever has the same has the same options.
   * @throws RangeError where an option is none.
   */
  numbers(key: string, optionsOf: (key: string) => Intl.NumberFormatOptions): Intl.NumberFormat {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const format = new Intl.NumberFormat(this.#numberTag, { ...optionsOf(key), ...digits });
    return keep(this.#numbers, key, format, MOST_FORMATS);
  }

  /** A date in UTC. @param key whatever has the same has the same options. */
  date(at: Date, key: string, options: Intl.DateTimeFormatOptions): string {
    const format =
      this.#dates.get(key) ??
      keep(this.#dates, key, new Intl.DateTimeFormat(this.#dateTag, { ...options, ...calendar }), MOST_FORMATS);
    const text = format.format(at);
    return this.#isRightToLeft ? `\u2068${text}\u2069` : text;
  }
}

/** English as Outlay's own sentences have it: days as in Britain, and "$" for US dollars alone. */
const english = new Language('en', 'en-GB');

const languages = new Map<string, Language>();
/** Of whole headers, because browsers of one kind send the same. */
const byHeader = new Map<string, Language>();
const spoken = new AsyncLocalStorage<Language>();

/** The language of whoever asked for what is going on; English where nobody did. */
export function currentLanguage(): Language {
  return spoken.getStore() ?? english;
}

/** For what is kept or goes to a program: it must not depend on who happened to ask for it. */
export function inEnglish<T>(work: () => T): T {
  return spoken.run(english, work);
}

/**
 * Numbers and dates of an answer follow this language, else one that the browser asks for (RFC 9110 §12.5.4), else English.
 * @param localeOf the signed-in person's own, as `readLocale` gave it.
 */
export function speakTheirs(localeOf: (req: Request) => string | undefined): RequestHandler {
  return (req, _res, next) => {
    const locale = localeOf(req);
    const own = locale === undefined ? undefined : findLanguage(locale);
    spoken.run(own ?? languageOfBrowser(req.get('Accept-Language') ?? ''), next);
  };
}

function languageOfBrowser(header: string): Language {
  const known = byHeader.get(header);
  if (known !== undefined) return known;
  const [language = english] = readAcceptLanguage(header).flatMap((tag) => findLanguage(tag) ?? []);
  return header.length > MAX_HEADER ? language : keep(byHeader, header, language, MOST_LANGUAGES);
}

/**
 * A language tag (BCP 47) that came from outside, be it with underscores, as its language, script and region: extensions would
 * choose other digits and calendars. It may be one that this Node has no formats for.
 * @returns undefined for what is none.
 */
export function readLocale(text: string): string | undefined {
  if (text.length > MAX_TAG || !/^[a-z]{2,3}(?:[-_][a-z\d]{1,8})*$/i.test(text)) return undefined;
  try {
    const { language, script, region } = new Intl.Locale(text.replaceAll('_', '-'));
    return [language, script, region].filter((part) => part !== undefined).join('-');
  } catch {
    return undefined;
  }
}

/** The languages that a browser asks for (RFC 9110 §12.5.4), the most wanted first. What is not one is left out. */
export function readAcceptLanguage(header: string): string[] {
  if (header.length > MAX_HEADER) return [];
  return header
    .split(',', MAX_TAGS)
    .flatMap((part) => {
      const [range = '', weight, ...rest] = part.split(';', 3).map((text) => text.trim());
      // Whatever there is: that is what Outlay's own sentences have.
      const tag = range === '*' ? 'en' : readLocale(range);
      const quality = readWeight(weight);
      return tag === undefined || rest.length > 0 || quality === 0 ? [] : [{ tag, quality }];
    })
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/** RFC 9110 §12.4.2. @returns 0, which stands for "not wanted", for what is no weight. */
function readWeight(text = 'q=1'): number {
  const [, weight = '0'] = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i.exec(text) ?? [];
  return Number(weight);
}

/** @param tag as `readLocale` gives it. @returns undefined where this Node has no formats for it. */
function findLanguage(tag: string): Language | undefined {
  const known = languages.get(tag);
  if (known !== undefined) {
    // Last used, last to go.
    languages.delete(tag);
    return keep(languages, tag, known, MOST_LANGUAGES);
  }
  if (Intl.DateTimeFormat.supportedLocalesOf(tag).length === 0 || Intl.NumberFormat.supportedLocalesOf(tag).length === 0)
    return undefined;
  // A region that does not change anything, and one that there is not, are left out.
  const { locale } = new Intl.DateTimeFormat(tag).resolvedOptions();
  const isOurs = locale === 'en' || locale === 'en-GB';
  return keep(languages, tag, isOurs ? english : new Language(locale), MOST_LANGUAGES);
}

/** What was put in first goes where there are too many. */
function keep<Value>(into: Map<string, Value>, key: string, value: Value, most: number): Value {
  const [oldest] = into.keys();
  if (into.size >= most && oldest !== undefined) into.delete(oldest);
  into.set(key, value);
  return value;
}

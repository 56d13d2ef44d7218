import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import express from 'express';
import * as fc from 'fast-check';
import { formatMoney } from '../expenses/money.ts';
import { formatDay, formatInstant, formatMonth } from './clock.ts';
import { inEnglish, readAcceptLanguage, readLocale, speakTheirs } from './language.ts';
import { formatCount, formatPercent } from './numbers.ts';
import { serve } from './server.ts';

const at = '2026-01-05T15:03:00.000Z';
const everything = () => [
  formatMoney(123_450, 'EUR'),
  formatMoney(-5, 'USD'),
  formatCount(12_345),
  formatPercent(0.42),
  formatDay(at),
  formatInstant(at),
  formatMonth('2026-01'),
];
const british = ['€1,234.50', '-$0.05', '12,345', '42%', '5 January 2026', '5 January 2026 at 15:03 UTC', 'January 2026'];

/** What somebody is shown whose provider said this and whose browser asks for that. */
function shownTo<T>(locale: string | undefined, header: string | undefined, show: () => T): T {
  let shown: { readonly value: T } | undefined;
  const req = { get: () => header } as unknown as express.Request;
  speakTheirs(() => locale)(req, {} as express.Response, () => (shown = { value: show() }));
  return (shown ?? assert.fail()).value;
}

describe('numbers and dates', () => {
  it('are English where nobody asks, and where English is asked for without saying whose, or the British one', () => {
    assert.deepEqual(everything(), british);
    for (const header of [undefined, '', '*', 'en', 'EN', 'en-GB', 'en-GB,en;q=0.9', 'en-ZZ', 'de;q=0', 'xx,*;q=0.5'])
      assert.deepEqual(shownTo(undefined, header, everything), british, header);
  });

  it('are those of the language that is asked for', () => {
    assert.deepEqual(shownTo('de-DE', undefined, everything), [
      '1.234,50\u00a0€',
      '-0,05\u00a0$',
      '12.345',
      '42\u00a0%',
      '5. Januar 2026',
      '5. Januar 2026 um 15:03 UTC',
      'Januar 2026',
    ]);
    assert.equal(
      shownTo('en-US', undefined, () => formatDay(at)),
      'January 5, 2026',
    );
    assert.equal(
      shownTo('ja', undefined, () => formatMonth('2026-01')),
      '2026年1月',
    );
  });

  it('are what the provider says before what the browser asks for, if it is a language that there are formats for', () => {
    const day = () => formatDay(at);
    assert.equal(shownTo('fr', 'de', day), '5 janvier 2026');
    assert.equal(shownTo(undefined, 'de', day), '5. Januar 2026');
    assert.equal(shownTo('xx', 'de', day), '5. Januar 2026');
    assert.equal(shownTo('en', 'de', day), '5 January 2026');
    assert.equal(shownTo('xx', 'tlh, yy;q=0.9', day), '5 January 2026');
  });

  it('have the digits 0 to 9 and the year that is kept, in every language', () => {
    for (const locale of ['ar-EG', 'fa', 'th', 'hi', 'bn', 'my', 'ne', 'ur', 'he', 'ja', 'zh-TW', 'mr', 'am', 'de-AT']) {
      const shown = shownTo(locale, undefined, () => [...everything(), formatDay('2026-12-31')]);
      for (const text of shown) assert.doesNotMatch(text, /(?![0-9])\p{Nd}/u, locale);
      assert.ok(
        shown.slice(4).every((text) => text.includes('2026')),
        `${locale}: ${shown.join(' | ')}`,
      );
      assert.equal(shown[0]?.replace(/\D/g, ''), '123450', locale);
    }
  });

  it('written from right to left are one piece of a sentence', () => {
    assert.match(
      shownTo('ar', undefined, () => formatDay(at)),
      /^\u2068[^\u2068]*\u2069$/,
    );
  });

  it('are English for what is kept, whoever asks', () => {
    assert.deepEqual(
      shownTo('de', undefined, () => inEnglish(everything)),
      british,
    );
  });

  it('are each one’s own where several are answered at once, over one connection and while they wait', async () => {
    const app = express();
    app.use(speakTheirs((req) => req.get('x-locale')));
    app.post('/', express.text(), async (req, res) => {
      for (let waits = 0; waits < 5; waits += 1) await setImmediate();
      res.send([String(req.body), formatDay(at), formatCount(12_345)].join('|'));
    });
    await using server = await serve(0, 'localhost', () => app);
    const want = {
      de: '5. Januar 2026|12.345',
      fr: '5 janvier 2026|12\u202f345',
      en: '5 January 2026|12,345',
      xx: '5. Januar 2026|12.345',
    };
    const asked = Array.from({ length: 10 }, () => Object.entries(want)).flat();
    const answers = await Promise.all(
      asked.map(async ([locale]) => {
        const headers = { 'x-locale': locale, 'accept-language': 'de', 'content-type': 'text/plain' };
        return (await fetch(`http://localhost:${server.port}/`, { method: 'POST', body: locale, headers })).text();
      }),
    );
    assert.deepEqual(
      answers,
      asked.map(([locale, shown]) => `${locale}|${shown}`),
    );
  });

  it('are right also for more languages and currencies than are remembered', () => {
    const currencies = Intl.supportedValuesOf('currency');
    const tags = ['de', 'fr', 'en'].flatMap((language) =>
      currencies.slice(0, 60).map((name) => `${language}-${name.slice(0, 2)}`),
    );
    for (const tag of [...tags, ...tags]) shownTo(tag, `${tag}, en;q=0.1`, everything);
    for (const currency of currencies) assert.ok(shownTo('de', undefined, () => formatMoney(100, currency)).length > 0);
    assert.equal(
      shownTo('de', undefined, () => formatMoney(123_450, 'EUR')),
      '1.234,50\u00a0€',
    );
    assert.deepEqual(shownTo(undefined, 'en', everything), british);
  });
});

describe('a language tag from outside', () => {
  it('is read as language, script and region, in their usual spelling', () => {
    for (const [text, tag] of [
      ['de', 'de'],
      ['DE-at', 'de-AT'],
      ['pt_BR', 'pt-BR'],
      ['zh-hant-tw', 'zh-Hant-TW'],
      ['sr-Latn', 'sr-Latn'],
      ['iw', 'he'],
      ['es-419', 'es-419'],
      ['ar-u-nu-arab-ca-islamic', 'ar'],
      ['de-DE-1996', 'de-DE'],
      ['en-x-private', 'en'],
      ['xx', 'xx'],
    ] as const)
      assert.equal(readLocale(text), tag, text);
  });

  it('is left out where it is none', () => {
    const junk = [
      '',
      ' ',
      'd',
      '*',
      'de DE',
      'de-',
      '-de',
      'de--AT',
      'de_DE.UTF-8',
      'german',
      'x-y',
      'i-klingon',
      'de;q=1',
      'dé',
      'de\0',
      '1',
      'de-u',
      'de-a',
    ];
    for (const text of [...junk, `de${'-abcdefgh'.repeat(8)}`, 'a'.repeat(100_000)])
      assert.equal(readLocale(text), undefined, text);
  });

  it('is a tag or nothing, whatever it is', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('adeuxTR14-_')), maxLength: 30 }));
    fc.assert(
      fc.property(text, (typed) => {
        const tag = readLocale(typed);
        if (tag !== undefined) assert.deepEqual(Intl.getCanonicalLocales(tag), [tag]);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('what a browser asks for', () => {
  it('is read by weight, and in order where that is the same', () => {
    for (const [header, tags] of [
      ['', []],
      ['de', ['de']],
      ['en-US,en;q=0.9,de;q=0.8', ['en-US', 'en', 'de']],
      ['en;q=0.1, de;q=0.9 , fr', ['fr', 'de', 'en']],
      ['de ; Q=0.5, fr;q=0.50', ['de', 'fr']],
      ['da, en-gb;q=0.8, *;q=0.1', ['da', 'en-GB', 'en']],
      ['de;q=0, fr;q=0.0, it;q=0.001', ['it']],
      ['de;q=1.000,fr;q=1.', ['de', 'fr']],
      [',, ,de,', ['de']],
    ] as const)
      assert.deepEqual(readAcceptLanguage(header), tags, header);
  });

  it('is left out where it is no language, or has no weight that is one', () => {
    for (const header of [
      'de;q=2',
      'de;q=-1',
      'de;q=0.1234',
      'de;q=abc',
      'de;q',
      'de;level=1',
      'de;q=1;q=1',
      'q=1',
      ';',
      '<script>',
      'de DE',
      '\u202e',
    ])
      assert.deepEqual(readAcceptLanguage(header), [], header);
    assert.deepEqual(readAcceptLanguage('nonsense!, de;q=0.1'), ['de']);
  });

  it('is read within bounds', () => {
    assert.equal(readAcceptLanguage(Array.from({ length: 100 }, () => 'de').join()).length, 20);
    assert.deepEqual(readAcceptLanguage(`de,${' '.repeat(1_000)}`), []);
    assert.deepEqual(readAcceptLanguage('de;q=0.'.repeat(2_000)), []);
  });

  it('never fails, whatever it is', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('deq=,;.01*- ')), maxLength: 60 }));
    fc.assert(
      fc.property(text, (header) => {
        readAcceptLanguage(header);
        assert.match(
          shownTo(readLocale(header), header, () => formatMoney(100, 'EUR')),
          /1/,
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

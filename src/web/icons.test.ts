import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { icons, iconSheet } from './icons.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const texts = globSync('**/*.{ejs,css}', { cwd: source }).map((file) => readFileSync(`${source}/${file}`, 'utf8'));

describe('an icon', () => {
  it('that a template or a style sheet names is there, and each that is there is named', () => {
    const named = texts.flatMap((text) => [...text.matchAll(/\bicon-([a-z-]+)/g)].map(([, name = '']) => name));
    assert.deepEqual([...new Set(named)].toSorted(), [...icons].toSorted());
  });

  it('is not read out', () => {
    for (const text of texts)
      for (const [tag] of text.matchAll(/<\w+ class="icon .{0,80}/g))
        assert.match(tag, /^<span class="icon (?:icon-[a-z-]+|<%= icon %>)" aria-hidden="true"><\/span>/);
  });

  it('is drawn by the style sheet and by no template', () => {
    for (const text of texts) assert.doesNotMatch(text, /<svg[^>]*viewBox="0 0 16 16"/);
  });

  it('comes within the style sheet, as a picture that is whole', () => {
    const sheet = iconSheet();
    for (const name of icons) {
      assert.ok(sheet.includes(`.icon-${name}{mask-image:var(--icon-${name})}`));
      const [, address = ''] = new RegExp(`--icon-${name}:url\\("data:image/svg\\+xml,([^"]+)"\\)`).exec(sheet) ?? [];
      assert.match(decodeURIComponent(address), /^<svg xmlns='http:\/\/www\.w3\.org\/2000\/svg'.*<path .*<\/svg>$/);
    }
    assert.doesNotMatch(sheet, /url\("(?!data:)/, 'nothing is fetched for it');
  });
});

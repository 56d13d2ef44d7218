import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const sheet = readFileSync(new URL('assets/outlay.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...sheet.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark },
  ]),
);
const series = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'];
const schemes = ['light', 'dark'] as const;

function colour(name: string, scheme: 'light' | 'dark'): string {
  const token = tokens.get(name);
  assert.ok(token !== undefined, name);
  return token[scheme];
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** CIE L*, for all but the very darkest. */
const lightness = (hex: string) => 116 * Math.cbrt(luminance(hex)) - 16;

describe('the colours', () => {
  for (const scheme of schemes) {
    it(`of charts stand out from what they are drawn on, in the ${scheme}`, () => {
      for (const name of series)
        for (const ground of ['sheet', 'paper'])
          assert.ok(contrast(colour(name, scheme), colour(ground, scheme)) >= 3, `${name} on ${ground}`);
      for (const name of ['near', 'over', 'accent'])
        for (const ground of ['sheet', 'line'])
          assert.ok(contrast(colour(name, scheme), colour(ground, scheme)) >= 3, `${name} on ${ground}`);
    });

    it(`of neighbours in a chart differ in lightness, not in hue alone, in the ${scheme}`, () => {
      for (const [at, name] of series.entries()) {
        const next = series[(at + 1) % series.length] ?? '';
        const apart = Math.abs(lightness(colour(name, scheme)) - lightness(colour(next, scheme)));
        assert.ok(apart >= 13, `${name} and ${next}: ${apart}`);
      }
    });
  }

  it('of a box stand out from its white tick, and from the sheet, in both', () => {
    for (const scheme of schemes)
      for (const other of ['#ffffff', colour('sheet', scheme)]) assert.ok(contrast(colour('ticked', scheme), other) >= 3, scheme);
  });

  it('are told in one place, and once for both schemes', () => {
    const others = ['lists-and-forms.css', 'expenses.css', 'figures.css'].map((name) =>
      readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8'),
    );
    assert.doesNotMatch([sheet, ...others].join('\n'), /prefers-color-scheme/);
    for (const text of others) assert.doesNotMatch(text, /(?<!%23|url\()#[\da-f]{3,8}\b/i);
  });

  it('of a list’s arrow stands out on a sheet in both', () => {
    const [, arrow = ''] =
      /stroke='%23([\da-f]{6})'/.exec(readFileSync(new URL('assets/lists-and-forms.css', import.meta.url), 'utf8')) ?? [];
    for (const scheme of schemes) assert.ok(contrast(`#${arrow}`, colour('sheet', scheme)) >= 3, scheme);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { stateWords } from '../expenses/life.ts';
import { columnsByName, knownHeadings } from './column-names.ts';
import { namesTotal, totalWords } from './totals.ts';

const page = readFileSync(new URL('../../docs/importing.md', import.meta.url), 'utf8');
const listed = (text = '') => new Set(text.split(',').map((name) => name.replace(/\s+/g, ' ').trim()));

describe('docs/importing.md', () => {
  it('lists the headings that are recognised, each by what it is taken for, and no other', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$/gm)];
    assert.deepEqual(
      rows.map(([, target]) => target),
      [...knownHeadings.keys()],
    );
    for (const [, target, names] of rows) {
      assert.deepEqual(listed(names), [...knownHeadings].find(([one]) => one === target)?.[1], target);
      for (const name of listed(names)) assert.deepEqual(columnsByName([name]), [target], name);
    }
  });

  it('lists the states, and the words by which a line is a total', () => {
    for (const [state, word] of Object.entries(stateWords)) assert.ok(page.includes(`| \`${state}\` | ${word} |`), state);
    const [, words] = /^Words of totals: ([^\n]+)\.$/m.exec(page) ?? [];
    assert.deepEqual(listed(words), totalWords);
    for (const word of listed(words)) assert.ok(namesTotal(word), word);
  });
});

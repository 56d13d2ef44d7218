import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { secretSettings, settings } from './config-settings.ts';

const names = Object.keys(settings.shape);
const fileNames = secretSettings.map((name) => `${name}_FILE`);

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

describe('docs/configuration.md', () => {
  const rows = () => namesIn(read('docs/configuration.md'), /^\| `([A-Z][A-Z0-9_]*)` \|/gm);

  it('has a row for every setting', () => {
    assert.deepEqual(new Set(names).difference(new Set(rows())), new Set());
  });

  it('has no row for a setting that there is not, and none twice', () => {
    assert.deepEqual(new Set(rows()).difference(new Set([...names, ...fileNames])), new Set());
    assert.equal(new Set(rows()).size, rows().length);
  });

  it('says of every secret that it may come from a file', () => {
    const words = new Set(read('docs/configuration.md').match(/\w+/g));
    assert.deepEqual(new Set(fileNames).difference(words), new Set());
  });
});

describe('.env.example', () => {
  const lines = () => namesIn(read('.env.example'), /^(?:# )?([A-Z][A-Z0-9_]*)=/gm);

  it('has a line for every setting', () => {
    assert.deepEqual(new Set(names).difference(new Set(lines())), new Set());
  });

  it('has no line for a setting that there is not', () => {
    assert.deepEqual(new Set(lines()).difference(new Set([...names, ...fileNames])), new Set());
  });
});

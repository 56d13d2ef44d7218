import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { Command } from '../src/cli/command.ts';
import { secretSettings } from '../src/config-settings.ts';

const documents = [...globSync('*.md'), ...globSync('docs/*.md')];
const inCode = /```[^\n]*\n.*?```/gs;

const read = (path: string) => readFileSync(path, 'utf8');

function allIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

/** What a heading is called in an address, as GitHub makes it. */
function anchorOf(heading: string): string {
  const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return plain.trim().replaceAll(' ', '-');
}

/** Every word of the code, and of what a release is made of. */
const words = new Set(
  globSync(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'deploy/*', 'package.json', '.oxlintrc.json'], {
    exclude: ['**/node_modules/**'],
  })
    .map((path) => read(path))
    .join('\n')
    .match(/\w+/g),
);

/** Where a secret may come from instead. */
const files = secretSettings.map((name) => `${name}_FILE`);

describe('a document', () => {
  for (const document of documents) {
    it(`${document}: each link leads somewhere`, () => {
      const links = allIn(read(document).replace(inCode, ''), /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));
      const lost = links.filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? document : join(dirname(document), path);
        if (!existsSync(target)) return true;
        if (anchor === undefined) return false;
        return !allIn(read(target).replace(inCode, ''), /^#+ (.*)$/gm).some((heading) => anchorOf(heading) === anchor);
      });
      assert.deepEqual(lost, []);
    });

    it(`${document}: each command is one that there is, with options that it has`, async () => {
      const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
      const text = read(document);
      assert.deepEqual(
        allIn(text, /npm run (?:-s )?([\w-]+(?::[\w-]+)?)/g).filter((script) => !(script in scripts)),
        [],
      );
      for (const words of allIn(text, /(?:npx |^|`)outlay (?!<)([^\n`|#→]*)/gm)) {
        const known = await commandFor(words);
        for (const option of allIn(words, /(--[a-z-]+)/g))
          assert.ok(option === '--help' || known?.includes(option), `outlay ${words}: ${option}`);
      }
    });

    it(`${document}: each setting is one that there is`, () => {
      const text = read(document);
      const named = allIn(text, /(?:`|^)([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`\n]*)?(?:`|$)/gm);
      assert.deepEqual(
        [...new Set(named)].filter((name) => !words.has(name) && !files.includes(name)),
        [],
      );
    });
  }

  /** The help of the command that these words begin with; undefined for those about all of them. */
  async function commandFor(words: string): Promise<string | undefined> {
    const [first = '', second = ''] = words.trim().split(/\s+/);
    if (first.startsWith('--')) return undefined;
    const file = [`${first}-${second}`, first].map((name) => join('src/cli', `${name}.ts`)).find((path) => existsSync(path));
    assert.ok(file !== undefined, `outlay ${words}`);
    const commands = Object.values((await import(join(import.meta.dirname, '..', file))) as Record<string, Command>);
    return commands.map(({ help }) => help).join('\n');
  }
});

describe('docs/architecture.md', () => {
  const text = read('docs/architecture.md');
  const folders = globSync('src/*/').map((path) => basename(path));

  it('has each room, with what its first file says that it is for', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)\/` \| (.*?) \| `([a-z-]+\.ts)` \|$/gm)];
    assert.equal(rows.length, folders.length);
    assert.deepEqual(new Set(rows.map(([, room]) => room)), new Set(folders));
    for (const [, room = '', purpose = '', first = ''] of rows)
      assert.match(
        read(join('src', room, first)).replace(/^#!.*\n/, ''),
        new RegExp(`^/\\* The room ${room}: ${RegExp.escape(purpose)}\\. \\*/\n`),
      );
  });

  for (const document of ['docs/architecture.md', 'docs/changing.md']) {
    it(`${document} speaks of nothing that is not in the code`, () => {
      const names = allIn(read(document).replace(inCode, ''), /`([A-Za-z]\w+)(?:\([^`]*\))?`/g);
      assert.deepEqual(
        [...new Set(names)].filter((name) => !words.has(name)),
        [],
      );
    });
  }
});

describe('docs/rooms.md', () => {
  const blocks = read('docs/rooms.md').split(/^(?=src\/[a-z-]+\/ )/m);

  for (const room of globSync('src/*/').map((path) => basename(path))) {
    it(`says what is in ${room}, and of nothing else`, () => {
      const [block = ''] = blocks.find((one) => one.startsWith(`src/${room}/ `))?.split(/\n\n/) ?? [];
      const named = new Set(allIn(block, /\b([\w-]+\.ts)\b/g));
      const there = new Set(globSync(`src/${room}/*.ts`).map((path) => basename(path)));
      const own = new Set([...there].filter((file) => !file.endsWith('.test.ts')));
      assert.deepEqual(own.difference(named), new Set(), 'not named');
      assert.deepEqual(named.difference(there), new Set(), 'not there');
    });
  }
});

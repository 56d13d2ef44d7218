import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { faults } from '../hostile-provider/catalogue.ts';
import { variations } from '../hostile-provider/variations.ts';
import { duties, modules } from './duties.ts';
import { BEGIN, dutiesOf, listNamedTests, makeTable, withTable } from './table.ts';

describe('docs/security.md', () => {
  const tests = listNamedTests();
  const named = new Set([...tests.flatMap(({ name }) => dutiesOf(name)), ...faults.map(({ requirement }) => requirement)]);

  it('has a test for every duty', () => {
    assert.deepEqual(
      Object.keys(duties).filter((id) => !named.has(id)),
      [],
    );
  });

  it('has its table of duties and tests as it would be written now; `npm run requirements` writes it', () => {
    const document = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
    assert.ok(document.includes(BEGIN));
    assert.equal(document, withTable(document, makeTable()));
  });

  it('knows the duties that faults and variations name, or that have their place elsewhere', () => {
    const elsewhere = new Set(['ACCEPT', 'SMG-1']);
    const unknown = [...faults, ...variations].filter(
      ({ requirement }) => !(requirement in duties) && !elsewhere.has(requirement),
    );
    assert.deepEqual(unknown, []);
  });
});

describe('the table of OWASP ASVS in docs/security.md', () => {
  it('names duties and test files that there are, or says what is not met', () => {
    const document = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
    const rows = [...document.matchAll(/^\| (\d+\.\d+\.\d+) \| [123] \| [^|]+ \| ([^|]+) \|$/gm)];
    assert.ok(rows.length > 60);
    assert.equal(new Set(rows.map(([, id]) => id)).size, rows.length);
    for (const [row, , heldBy = ''] of rows) {
      if (/^Not met: .+\.$/.test(heldBy)) continue;
      const ids = heldBy.match(/[A-Z]{3}-\d+/g) ?? [];
      const files = [...heldBy.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) => file);
      assert.ok(ids.length + files.length > 0, row);
      for (const id of ids) assert.ok(id in duties, row);
      for (const file of files) assert.ok(existsSync(file), row);
    }
  });
});

describe('the OpenID Foundation’s modules', () => {
  it('are each a test of its own, profile by profile', () => {
    const files = ['openid-conformance', 'openid-logout-conformance'];
    const text = files.map((file) => readFileSync(new URL(`../walks/${file}.test.ts`, import.meta.url), 'utf8')).join('');
    const [before = '', ...profiles] = text.split(/^describe\('/m);
    // The Basic profile's stand in a table before its tests.
    const blocks = [`${profiles[0] ?? ''}${before}`, ...profiles.slice(1)];
    for (const [profile, count] of Object.entries(modules)) {
      const block = blocks.find((one) => one.startsWith(profile)) ?? '';
      const names = [...block.matchAll(/'oidcc-client-test[\w-]*/g)].map(([name]) => name.slice(1));
      assert.equal(new Set(names).size, count, profile);
      assert.equal(names.length, count, profile);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseStrictJson } from './strict-json.ts';

const parse = (json: string) => parseStrictJson(Buffer.from(json), 'answer');

describe('IDT-12 JSON from a provider', () => {
  it('is read as JSON is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        // Whoever writes a value as JSON names no member twice.
        const written = JSON.stringify(JSON.parse(json));
        assert.deepEqual(parse(written), JSON.parse(written));
      }),
    );
  });

  it('that names a member twice is refused, at whatever depth and however it is written', () => {
    for (const json of [
      '{"sub":"a","sub":"b"}',
      '{"sub":"a", "sub" : "b"}',
      '{"sub":"a","\\u0073ub":"b"}',
      '{"a":{"b":1,"b":1}}',
      '[{"b":[]},{"a":{},"a":[]}]',
      '{"a":"{","a":"}"}',
      '{"\\"":1,"\\"":2}',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      assert.throws(() => parse(json), { code: 'answer-member-twice' }, json);
    }
  });

  it('may name a member again in another object, or as a value', () => {
    for (const json of [
      '{"a":{"a":{"a":1}},"b":"a"}',
      '[{"a":1},{"a":1}]',
      '{"a":"a\\":1,","b":["a","a"]}',
      '"a"',
      '{"a:":1,"a":2}',
    ]) {
      assert.deepEqual(parse(json), JSON.parse(json));
    }
  });

  it('that is none, or no UTF-8, is refused', () => {
    for (const json of ['', '{', 'undefined', '{a:1}', '{"a":1}x', '\uFEFF'])
      assert.throws(() => parse(json), { code: 'answer-not-json' });
    assert.throws(() => parseStrictJson(new Uint8Array([0x22, 0xff, 0x22]), 'answer'), { code: 'answer-not-json' });
  });
});

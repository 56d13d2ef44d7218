import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { TestClock } from '../../test/told.ts';
import { createSeal, deriveKey } from './seal.ts';

const secret = 'a secret of at least thirty-two characters';
const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Another character whose first bit differs, so that no change falls into bits that base64url leaves unused. */
function changed(character: string): string {
  return base64url[base64url.indexOf(character) ^ 32] ?? 'A';
}

describe('what was sealed', () => {
  const { now } = new TestClock();
  const seal = createSeal([secret], 'test', now);

  it('opens to what it was', async () => {
    const content = { text: 'ü 💸 "quoted"', number: 1.5, list: [1, null, { deep: true }], empty: '' };
    assert.deepEqual(await seal.open(await seal.seal(content)), content);
  });

  it('opens in another process that has the same secret', async () => {
    assert.deepEqual(await createSeal([secret], 'test', now).open(await seal.seal({ a: 1 })), { a: 1 });
  });

  it('does not open for another purpose or with another secret', async () => {
    const sealed = await seal.seal({ a: 1 });
    assert.equal(await createSeal([secret], 'test2', now).open(sealed), undefined);
    assert.equal(await createSeal([secret], '', now).open(sealed), undefined);
    assert.equal(await createSeal([`${secret}x`], 'test', now).open(sealed), undefined);
    assert.equal(await createSeal([secret.toUpperCase()], 'test', now).open(sealed), undefined);
  });

  it('shows nothing of its content and looks different each time', async () => {
    const content = { state: 'the-state-of-this-attempt' };
    const [one, two] = await Promise.all([seal.seal(content), seal.seal(content)]);
    assert.notEqual(one, two);
    for (const sealed of [one, two]) {
      const readable = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
      assert.doesNotMatch(readable.join(), /the-state/);
    }
  });

  it('fits into a cookie as it stands', async () => {
    assert.match(await seal.seal({ text: 'ü;, "' }), /^[\w.-]+$/);
  });

  it('does not open when any one character is another', async () => {
    const sealed = await seal.seal({ person: 'alice' }, 60);
    for (let at = 0; at < sealed.length; at += 1) {
      const forged = sealed.slice(0, at) + changed(sealed.charAt(at)) + sealed.slice(at + 1);
      assert.equal(await seal.open(forged), undefined, `character ${at} of ${sealed}`);
    }
  });

  it('does not open when a part is missing, longer, or from another', async () => {
    const [one, two] = await Promise.all([seal.seal({ a: 1 }), seal.seal({ a: 2 })]);
    const [parts, others] = [one.split('.'), two.split('.')];
    for (let at = 0; at < one.length; at += 1) assert.equal(await seal.open(one.slice(0, at)), undefined);
    for (const at of [2, 3, 4]) {
      assert.equal(await seal.open(parts.with(at, others[at] ?? '').join('.')), undefined);
      assert.equal(await seal.open(parts.with(at, `${parts[at]}AAAA`).join('.')), undefined);
      assert.equal(await seal.open(parts.with(at, '').join('.')), undefined);
    }
    assert.equal(await seal.open(`${one}.`), undefined);
  });

  it('was sealed here: nothing else opens, and nothing makes opening fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String()).map((parts) => parts.join('.')),
        ),
        async (text) => {
          assert.equal(await seal.open(text), undefined);
        },
      ),
    );
    const [, , iv, text, tag] = (await seal.seal({ a: 1 })).split('.');
    const headers = [
      'null',
      '[]',
      '1',
      '{}',
      '{"alg":"none"}',
      '{"alg":"dir","enc":"A128GCM"}',
      '{"alg":"RSA-OAEP","enc":"A256GCM"}',
    ];
    for (const header of [
      ...headers,
      '{"alg":"dir","enc":"A256GCM","crit":["x"]}',
      '{"alg":"dir","enc":"A256GCM","zip":"DEF"}',
    ]) {
      const forged = [Buffer.from(header).toString('base64url'), '', iv, text, tag].join('.');
      assert.equal(await seal.open(forged), undefined, header);
    }
  });
});

describe('a seal with a time', () => {
  it('opens until its time has come and not after', async () => {
    const clock = new TestClock();
    const seal = createSeal([secret], 'test', clock.now);
    const sealed = await seal.seal({ a: 1 }, 600);
    clock.advance(599_000);
    assert.equal((await seal.open(sealed))?.['a'], 1);
    clock.advance(1_000);
    assert.equal(await seal.open(sealed), undefined);
    clock.advance(365 * 24 * 60 * 60_000);
    assert.equal(await seal.open(sealed), undefined);
  });

  it('without one opens for good', async () => {
    const clock = new TestClock();
    const seal = createSeal([secret], 'test', clock.now);
    const sealed = await seal.seal({ a: 1 });
    clock.advance(10 * 365 * 24 * 60 * 60_000);
    assert.deepEqual(await seal.open(sealed), { a: 1 });
  });
});

describe('a key', () => {
  it('has 256 bits, is the same each time, and is one per secret and purpose', () => {
    const keys = [deriveKey(secret, 'a'), deriveKey(secret, 'b'), deriveKey('another', 'a'), deriveKey(secret, 'a')].map((key) =>
      Buffer.from(key).toString('hex'),
    );
    for (const key of keys) assert.equal(key.length, 64);
    assert.equal(keys[0], keys[3]);
    assert.equal(new Set(keys).size, 3);
  });
});

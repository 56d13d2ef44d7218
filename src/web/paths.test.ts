import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { loginPath, ownPath, teamPath } from './paths.ts';

const base = 'https://outlay.example.com';

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** What must hold whatever comes in. */
function assertOwn(value: unknown): void {
  const path = ownPath(value, base);
  if (path === undefined) return;
  assert.match(path, /^\/(?![/\\])/, 'begins with one slash');
  assert.equal(new URL(path, base).origin, base);
  assert.equal(new URL(path, base).pathname + new URL(path, base).search, path, 'a browser reads it as we wrote it');
  assert.match(path, /^[\x21-\x7e]+$/, 'fits a header as it stands');
  assert.ok(path.length <= 512);
}

describe('a return path', () => {
  it('is kept as it is where it is one of ours', () => {
    for (const path of words('/ /dashboard /profile /team/finance /team/finance?after=2026-01-05T08:00:00.000Z_01 /a?b=//c')) {
      assert.equal(ownPath(path, base), path);
    }
  });

  it('is kept as a URL parser writes it', () => {
    for (const [given, kept] of [
      ['/team/ü', '/team/%C3%BC'],
      ['/team/finance#part', '/team/finance'],
      ['/a/../dashboard', '/dashboard'],
      ['/./dashboard', '/dashboard'],
      ['/%2e%2e/dashboard', '/dashboard'],
      ['/with space', '/with%20space'],
      ['/\uD800', '/%EF%BF%BD'],
      ['/"<script>', '/%22%3Cscript%3E'],
      ['/dashboard?', '/dashboard'],
    ] as const) {
      assert.equal(ownPath(given, base), kept);
    }
  });

  it('may look like another site’s address where no browser reads it as one', () => {
    for (const path of words(`
      /%5cevil.example /%2f%2fevil.example /%2fevil.example /%5c%5cevil.example /https://evil.example /@evil.example /:80
      /user:password@evil.example /javascript:alert(1) /evil.example// /a//evil.example /?//evil.example /.evil.example
      /?return_to=https://evil.example /%09/evil.example /%0d%0aSet-Cookie:x=y /%00 /*/evil.example /[::1] /%u002f/evil.example
    `)) {
      assert.equal(ownPath(path, base), path);
      assertOwn(path);
    }
  });

  it('that leads to another site is forgotten', () => {
    for (const value of words(`
      //evil.example //evil.example/dashboard ///evil.example ////evil.example //evil.example:443 //evil%2eexample //[::1] //%00
      //outlay.example.com@evil.example //\u3002evil.example //evil\u3002example /.//evil.example /..//evil.example
      /%2e//evil.example /%2E%2e//evil.example /a/..//evil.example /a/%2e%2e//evil.example /../..//evil.example /.///
      https://evil.example https://evil.example/dashboard http://outlay.example.com/dashboard https:evil.example
      https:/evil.example https:///evil.example HTTPS://evil.example https://outlay.example.com@evil.example
      https://outlay.example.com.evil.example https://outlay.example.com:8443/ https://user:password@outlay.example.com/
      javascript:alert(1) JaVaScRiPt:alert(1) javascript://outlay.example.com/%0aalert(1) data:text/html,<script>alert(1)</script>
      vbscript:x file:///etc/passwd blob:https://outlay.example.com/x about:blank mailto:somebody@example.com ws://evil.example
    `)) {
      assert.equal(ownPath(value, base), undefined, value);
    }
    assert.equal(ownPath('java\nscript:alert(1)', base), undefined);
  });

  it('that does not begin with a slash is forgotten, also where it is our own address', () => {
    const others = ['', ' ', ' /dashboard', '\uFEFF/dashboard', '\u2028/dashboard', '\u2215dashboard', '\uFF0Fdashboard'];
    for (const value of [...others, ...words(`dashboard ./dashboard ../ . ?x #x %2fdashboard @evil.example ${base} ${base}/`)]) {
      assert.equal(ownPath(value, base), undefined, value);
    }
  });

  it('with a backslash is forgotten', () => {
    const values = String.raw`/\evil.example \\evil.example \/evil.example /\/evil.example /a\b /dashboard?x=\ /#\ /\ /a/..\/evil`;
    for (const value of words(values)) assert.equal(ownPath(value, base), undefined, value);
  });

  it('with a control character is forgotten, wherever it stands', () => {
    for (const code of [0, 1, 8, 9, 10, 11, 12, 13, 27, 31, 127, 0x80, 0x85, 0x9f]) {
      const control = String.fromCharCode(code);
      for (const before of ['', '/', '/dashboard', '/?a=', '/#']) {
        assert.equal(ownPath(`${before}${control}/evil.example`, base), undefined, `${code} after "${before}"`);
        assert.equal(ownPath(`/x${before}${control}`, base), undefined, `${code} at the end`);
      }
    }
  });

  it('that leads back into signing in or out is forgotten, however it is written', () => {
    for (const value of words(`
      /login /login?return_to=/dashboard /login#x /login/ /LOGIN /Login/ /a/../login /./login /logout /logout?x /Logout/
      /authorization-code/callback /authorization-code/callback?code=x&state=y /authorization-code/callback/
      /Authorization-Code/Callback
    `)) {
      assert.equal(ownPath(value, base), undefined, value);
    }
    assert.equal(ownPath('/login-help', base), '/login-help');
  });

  it('that is too long is forgotten, also where it becomes so only when it is written out', () => {
    assert.equal(ownPath(`/${'a'.repeat(511)}`, base)?.length, 512);
    assert.equal(ownPath(`/${'a'.repeat(512)}`, base), undefined);
    assert.equal(ownPath(`/${'€'.repeat(500)}`, base), undefined);
  });

  it('that is not text is forgotten', () => {
    for (const value of [undefined, null, 1, true, {}, [], ['/dashboard'], ['/a', '/b'], { toString: () => '/dashboard' }]) {
      assert.equal(ownPath(value, base), undefined);
    }
  });

  it('is forgotten or one of ours, whatever it is', () => {
    const nasty = ['\t', '\n', '\0', ' ', ...words(String.raw`/ \ // . .. : @ ? # % %2f %5c %2e %0a https: evil.example login`)];
    const piece = fc.oneof(fc.constantFrom(...nasty, '\u3002', '\u2028', '\uD800'), fc.string({ unit: 'grapheme' }));
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(text, assertOwn), { numRuns: 1_000 });
    fc.assert(
      fc.property(text, (rest) => assertOwn(`/${rest}`)),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(fc.anything(), assertOwn));
  });

  it('that was kept is kept again unchanged', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (path, query) => {
        const kept = ownPath(`/${path}?${query}`, base);
        assert.equal(ownPath(kept, base), kept);
      }),
    );
  });
});

describe('an address of ours', () => {
  it('carries whatever return path there is to the login page', () => {
    assert.equal(loginPath(), '/login');
    fc.assert(
      fc.property(fc.string(), (path) => {
        assert.equal(new URL(loginPath(path), base).searchParams.get('return_to'), path);
      }),
    );
  });

  it('of a team is one step below /team, whatever the id', () => {
    assert.equal(teamPath('finance'), '/team/finance');
    assert.equal(teamPath('finance', '2026_x'), '/team/finance?after=2026_x');
    assert.equal(teamPath('a/b?c#d', 'e&f'), '/team/a%2Fb%3Fc%23d?after=e%26f');
  });
});

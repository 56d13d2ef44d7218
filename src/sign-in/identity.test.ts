import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { usualGroups } from '../config-provider.ts';
import { parseIdentity } from './identity.ts';
import { toldClaims } from './told-claims.ts';

const required = { iss: 'https://id.example.com', sub: 'sub-alice' };
const verified = { email: 'alice@example.com', email_verified: true };

function identityFrom(claims: object, userInfo: object = {}) {
  return parseIdentity({ ...required, ...claims }, userInfo, { idToken: 'the-id-token' });
}

/** Everything that is none of these claims' types. */
const wrong: readonly unknown[] = [null, 1, true, {}, [], ['x'], { toString: () => 'x' }, ''];

describe('an identity', () => {
  it('has what the ID Token says', () => {
    const proof = { acr: 'mfa', amr: ['pwd', 'otp'], auth_time: 1_767_600_000 };
    const claims = { ...verified, name: 'Alice Archer', locale: 'de-AT', sid: 'sid-1', ...proof };
    assert.deepEqual(identityFrom(claims), {
      issuer: 'https://id.example.com',
      subject: 'sub-alice',
      name: 'Alice Archer',
      email: 'alice@example.com',
      emailVerified: true,
      locale: 'de-AT',
      claims: toldClaims({ locale: 'de-AT' }, {}, usualGroups),
      sid: 'sid-1',
      authTime: new Date('2026-01-05T08:00:00.000Z'),
      acr: 'mfa',
      amr: ['pwd', 'otp'],
      idToken: 'the-id-token',
      refreshToken: undefined,
      sessionExpiry: undefined,
    });
  });

  it('needs issuer and subject only', () => {
    const { issuer, subject, idToken, ...rest } = identityFrom({});
    assert.deepEqual({ issuer, subject, idToken }, { issuer: required.iss, subject: required.sub, idToken: 'the-id-token' });
    const nothing = {
      name: undefined,
      email: undefined,
      locale: undefined,
      sid: undefined,
      authTime: undefined,
      acr: undefined,
      amr: [],
    };
    const absent = { refreshToken: undefined, sessionExpiry: undefined };
    assert.deepEqual(rest, { ...nothing, ...absent, emailVerified: false, claims: toldClaims({}, {}, usualGroups) });
  });

  it('has from UserInfo what the ID Token leaves out', () => {
    const identity = identityFrom({}, { sub: 'sub-alice', name: 'Alice Archer', ...verified });
    assert.equal(identity.name, 'Alice Archer');
    assert.equal(identity.email, 'alice@example.com');
    assert.equal(identity.emailVerified, true);
  });

  it('has what the ID Token says where UserInfo says otherwise', () => {
    const { name, email } = identityFrom(
      { name: 'Token', email: 'token@example.com' },
      { name: 'Info', email: 'info@example.com' },
    );
    assert.deepEqual({ name, email }, { name: 'Token', email: 'token@example.com' });
  });

  it('never has issuer, subject or session from UserInfo', () => {
    const told = { iss: 'https://evil.example', sub: 'sub-mallory', sid: 'x', acr: 'x', auth_time: 1 };
    const { issuer, subject, sid, acr, authTime } = identityFrom({}, told);
    assert.deepEqual({ issuer, subject }, { issuer: required.iss, subject: required.sub });
    assert.deepEqual([sid, acr, authTime], [undefined, undefined, undefined]);
    assert.throws(() => parseIdentity({ iss: required.iss }, { sub: 'sub-mallory' }, { idToken: 'x' }));
  });

  it('has the name that somebody goes by where there is no other', () => {
    assert.equal(identityFrom({ preferred_username: 'alice' }).name, 'alice');
    assert.equal(identityFrom({ preferred_username: 'alice' }, { name: 'Alice Archer' }).name, 'Alice Archer');
    assert.equal(identityFrom({ name: '', preferred_username: 'alice' }).name, 'alice');
    assert.equal(identityFrom({}, { preferred_username: 'alice' }).name, 'alice');
  });

  it('leaves out what is of another type, and reads on', () => {
    for (const value of wrong) {
      const claims = { name: value, preferred_username: value, email: value, sid: value, acr: value, auth_time: String(value) };
      const { name, email, emailVerified, sid, acr, authTime } = identityFrom({ ...claims, email_verified: true });
      assert.deepEqual(
        [name, email, emailVerified, sid, acr, authTime],
        [undefined, undefined, false, undefined, undefined, undefined],
      );
      assert.equal(identityFrom(claims, { name: 'Alice Archer' }).name, 'Alice Archer');
    }
  });

  it('leaves out what is longer than any honest value', () => {
    const text = 'x'.repeat(1_001);
    const { name, sid, acr } = identityFrom({ name: text, sid: text, acr: text });
    assert.deepEqual([name, sid, acr], [undefined, undefined, undefined]);
    assert.equal(identityFrom({ name: 'x'.repeat(1_000) }).name?.length, 1_000);
  });

  it('has the language tag that the provider gave, be it with an underscore, without what would choose other digits', () => {
    assert.equal(identityFrom({ locale: 'de_CH' }).locale, 'de-CH');
    assert.equal(identityFrom({}, { locale: 'ar-EG-u-nu-arab-ca-islamic' }).locale, 'ar-EG');
    assert.equal(identityFrom({ locale: 'nonsense!' }, { locale: 'fr' }).locale, 'fr');
    for (const locale of [...wrong, 'x', 'de DE', 'de,fr', 'de-'.repeat(500), '../de', 'de\u0000'])
      assert.equal(identityFrom({ locale }).locale, undefined, JSON.stringify(locale));
  });

  it('leaves out a time of signing in that is none', () => {
    for (const time of [0, -1, 1.5, NaN, Infinity, 1e15, '1767600000', null]) {
      assert.equal(identityFrom({ auth_time: time }).authTime, undefined, String(time));
    }
    assert.ok(!Number.isNaN(identityFrom({ auth_time: 8_640_000_000_000 }).authTime?.getTime()));
  });

  it('is refused without a usable issuer or subject', () => {
    for (const sub of [undefined, '', ...wrong]) assert.throws(() => identityFrom({ sub }), String(sub));
    for (const iss of [undefined, null, 1, {}]) assert.throws(() => identityFrom({ iss }), JSON.stringify(iss));
  });

  it('is refused with a subject of more than 255 characters, or with others than ASCII shows', () => {
    assert.equal(identityFrom({ sub: 'x'.repeat(255) }).subject.length, 255);
    for (const sub of ['x'.repeat(256), 'a\0', 'a\nb', '\u007F', 'ü', '\u202Ea', 'a\n', '💸'])
      assert.throws(() => identityFrom({ sub }), sub);
  });

  it('keeps the subject to the letter', () => {
    for (const sub of ['Sub', 'sub', ' sub ', 'auth0|1234', "o'hara", '00u1', '%00', '__proto__']) {
      assert.equal(identityFrom({ sub }).subject, sub);
    }
  });
});

describe('an e-mail address', () => {
  it('is verified where the source that names it says exactly true', () => {
    assert.equal(identityFrom(verified).emailVerified, true);
    for (const value of ['true', 'True', 1, '1', {}, [true], null, undefined, false, '']) {
      assert.equal(identityFrom({ ...verified, email_verified: value }).emailVerified, false, JSON.stringify(value));
      assert.equal(identityFrom({}, { ...verified, email_verified: value }).emailVerified, false, JSON.stringify(value));
    }
  });

  it('is not verified by what is said of another address', () => {
    const other = { email: 'dana@example.com', email_verified: true };
    for (const [claims, userInfo] of [
      [{ email: 'alice@example.com' }, other],
      [{ email: 'alice@example.com', email_verified: false }, other],
      [{ email: 'alice@example.com' }, { email_verified: true }],
      [{ email: 'Dana@example.com' }, other],
      [{ email_verified: true }, { email: 'alice@example.com' }],
      [{ ...other, email: 'not an address' }, { email: 'alice@example.com' }],
      [
        { ...other, email: null },
        { email: 'alice@example.com', email_verified: 'true' },
      ],
    ] as const) {
      assert.equal(identityFrom(claims, userInfo).emailVerified, false, JSON.stringify([claims, userInfo]));
    }
  });

  it('is verified where the other source says so of the same address', () => {
    assert.equal(identityFrom({ email: 'alice@example.com' }, verified).emailVerified, true);
    assert.equal(identityFrom(verified, { email: 'alice@example.com' }).emailVerified, true);
  });

  it('is never verified where there is none', () => {
    assert.equal(identityFrom({ email_verified: true }).emailVerified, false);
    assert.equal(identityFrom({ email_verified: true }, { email_verified: true }).emailVerified, false);
  });

  it('is left out where it is none', () => {
    for (const email of [
      'alice',
      '@example.com',
      'alice@',
      'a@b@c',
      'a b@example.com',
      'a@exam\nple.com',
      'a\0@example.com',
      'a\u202E@example.com',
      'a@exam\u200Bple.com',
      ' @ ',
    ]) {
      assert.equal(identityFrom({ ...verified, email }).email, undefined, JSON.stringify(email));
    }
    assert.equal(identityFrom({ email: `${'x'.repeat(242)}@example.com` }).email?.length, 254);
    assert.equal(identityFrom({ email: `${'x'.repeat(243)}@example.com` }).email, undefined);
  });

  it('is believed only as far as its source goes, whatever the sources say', () => {
    const source = fc.record(
      { email: fc.constantFrom('a@x.com', 'b@x.com', 'A@x.com', '', 1), email_verified: fc.constantFrom(true, false, 'true', 1) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(source, source, (claims, userInfo) => {
        const { email, emailVerified } = identityFrom(claims, userInfo);
        const vouched = [claims, userInfo].some((told) => told.email === email && told.email_verified === true);
        assert.equal(emailVerified, email !== undefined && vouched);
      }),
    );
  });
});

describe('the provider’s session and how somebody signed in', () => {
  it('are left out where they could not be stored or compared', () => {
    for (const text of ['a\0b', 'a\nb', '', 'x'.repeat(1_001), 5, null]) {
      const { sid, acr } = identityFrom({ sid: text, acr: text });
      assert.deepEqual({ sid, acr }, { sid: undefined, acr: undefined });
    }
    assert.equal(identityFrom({ sid: 'a b' }).sid, 'a b');
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { identityOf, TestClock } from '../../test/told.ts';
import type { Database } from '../database/schema.ts';
import { normalizeEmail } from '../rights/rules.ts';
import { admit } from './people.ts';

describeOnBothEngines('a person', (engine) => {
  let fresh: FreshDatabase;
  let db: Database;
  const clock = new TestClock();
  before(async () => {
    fresh = await openFreshDatabase(engine);
    ({ db } = fresh);
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function count(): Promise<number> {
    const { people } = await db
      .selectFrom('person')
      .select((select) => select.fn.countAll<number>().as('people'))
      .executeTakeFirstOrThrow();
    return people;
  }

  it('is made at the first sign-in, with what the provider told', async () => {
    const at = clock.now().toISOString();
    const person = await admit(
      db,
      identityOf({ subject: 'first', email: 'Alice@Example.com', locale: 'de-AT' }),
      true,
      clock.now,
    );
    assert.deepEqual(
      { ...person },
      {
        id: person.id,
        issuer: 'https://id.example.com',
        subject: 'first',
        name: 'Alice Archer',
        email: 'alice@example.com',
        email_verified: 1,
        locale: 'de-AT',
        admitted_at: at,
        signed_in_at: at,
        claims: '[]',
        groups_state: 'absent',
        groups_told_at: null,
        disabled_at: null,
        sort_name: 'alice archer alice@example.com',
      },
    );
    assert.deepEqual(await db.selectFrom('person').selectAll().where('id', '=', person.id).executeTakeFirst(), person);
  });

  it('is found again by issuer and subject, and keeps what the provider tells now', async () => {
    const first = await admit(db, identityOf({ subject: 'again' }), true, clock.now);
    const before = await count();
    clock.advance(60_000);
    const told = { subject: 'again', name: 'Alice Bishop', email: 'bishop@example.com', emailVerified: false };
    const second = await admit(db, identityOf(told), true, clock.now);
    assert.equal(await count(), before);
    assert.deepEqual(
      { ...second },
      {
        ...first,
        name: 'Alice Bishop',
        email: 'bishop@example.com',
        email_verified: 0,
        signed_in_at: clock.now().toISOString(),
        sort_name: 'alice bishop bishop@example.com',
      },
    );
  });

  it('loses name and e-mail that the provider tells no more', async () => {
    await admit(db, identityOf({ subject: 'loses' }), true, clock.now);
    const told = { subject: 'loses', name: undefined, email: undefined, emailVerified: false };
    const { name, email, email_verified: verified } = await admit(db, identityOf(told), true, clock.now);
    assert.deepEqual({ name, email, verified }, { name: null, email: null, verified: 0 });
  });

  it('is never found by e-mail: one address at two providers is two people', async () => {
    const one = await admit(db, identityOf({ issuer: 'https://one.example.com', subject: 'x' }), true, clock.now);
    const two = await admit(db, identityOf({ issuer: 'https://two.example.com', subject: 'x' }), true, clock.now);
    const three = await admit(db, identityOf({ issuer: 'https://one.example.com', subject: 'y' }), true, clock.now);
    assert.equal(new Set([one.id, two.id, three.id]).size, 3);
    assert.equal(new Set([one.email, two.email, three.email]).size, 1);
  });

  it('is another one where issuer or subject differ by anything at all', async () => {
    const subjects = ['same', 'Same', 'SAME', 'same ', ' same', 'samé', 'same\u0301', "same'--", '%', '_', 'ſame'];
    const issuers = ['https://id.example.com', 'https://id.example.com/', 'https://ID.example.com'];
    const ids = new Set<string>();
    for (const issuer of issuers) {
      for (const subject of subjects) ids.add((await admit(db, identityOf({ issuer, subject }), true, clock.now)).id);
    }
    assert.equal(ids.size, issuers.length * subjects.length);
  });

  it('is one, also when two first sign-ins arrive at once', async () => {
    const people = await Promise.all(
      Array.from({ length: 8 }, () => admit(db, identityOf({ subject: 'at-once' }), true, clock.now)),
    );
    assert.equal(new Set(people.map(({ id }) => id)).size, 1);
  });

  it('has a name without control and direction marks, cut to 200 characters and not through the middle of one', async () => {
    for (const [told, kept] of [
      ['  Alice\u0000 Archer\r\n', 'Alice Archer'],
      ['\u202Egnp.exe\u202C \u2066x\u2069\u200F', 'gnp.exe x'],
      ['zero\u200Bwidth\uFEFF\u00AD', 'zerowidth'],
      ['line\u2028break\u2029', 'linebreak'],
      ['\u001B[31mred', '[31mred'],
      ['<b>José 李 💸</b>', '<b>José 李 💸</b>'],
      ['\u200B \u0007', null],
      ['نیک\u200Cنام', 'نیک\u200Cنام'],
      ['x'.repeat(300), 'x'.repeat(200)],
      ['💸'.repeat(300), '💸'.repeat(200)],
    ] as const) {
      const { name } = await admit(db, identityOf({ subject: 'named', name: told }), true, clock.now);
      assert.equal(name, kept);
    }
  });
});

describe('an e-mail address', () => {
  it('is the same in capitals and with space around it', () => {
    assert.equal(normalizeEmail('  Alice.Archer+X@EXAMPLE.Com\n'), 'alice.archer+x@example.com');
  });

  it('is another one with letters that only look or fold alike', () => {
    for (const email of [
      'boo\u212Aer@example.com',
      '\u0130@example.com',
      'STRASSE\u1E9E@example.com',
      'ÄÖÜ@example.com',
      'ſ@x.com',
    ]) {
      assert.equal(normalizeEmail(email).replace(/[a-z]/g, ''), email.replace(/[A-Za-z]/g, ''), 'only A to Z change');
    }
    assert.notEqual(normalizeEmail('boo\u212Aer@example.com'), normalizeEmail('booKer@example.com'));
  });

  it('changes in the letters A to Z only, and once is enough', () => {
    const address = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `x${text}x`);
    fc.assert(
      fc.property(address, (email) => {
        const kept = normalizeEmail(email);
        assert.equal(kept.length, email.length);
        assert.equal(normalizeEmail(kept), kept);
        for (let index = 0; index < email.length; index += 1) {
          const letter = email.charAt(index);
          assert.equal(kept.charAt(index), /[A-Z]/.test(letter) ? letter.toLowerCase() : letter);
        }
      }),
    );
  });
});

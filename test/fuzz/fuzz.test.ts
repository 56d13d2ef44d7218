import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engines } from '../databases.ts';
import { describeFinding } from './report.ts';
import { fuzz } from './fuzz.ts';
import { Known } from './known.ts';
import { Memory } from './memory.ts';

/** Few enough for a second or two; `npm run fuzz` goes on for as long as one likes. */
const REQUESTS = 60;
const SEED = 20_261_129;

describe('what nobody should send', () => {
  for (const engine of engines) {
    it(`is answered by every route and form as it should be, whoever sends it (${engine})`, async () => {
      const { requests, routes, findings } = await fuzz(engine, SEED, { time: 60_000, requests: REQUESTS }, () => {});
      assert.deepEqual(
        findings.map((finding) => describeFinding(finding, engine, SEED)),
        [],
      );
      assert.equal(requests, REQUESTS);
      assert.ok(routes.reached.length > 15, `only ${routes.reached.length} routes were reached`);
    });
  }

  it('is put into the forms and addresses that pages lead to', () => {
    const known = new Known(['/', '/team/:id', '/team/:id/expenses']);
    known.see(
      '/team/one',
      '<a href="/team/two">x</a><a href="https://elsewhere.example/team/three">x</a><form method="post" action="/team/one/expenses"><textarea name="note">x</textarea><button name="next" value="draft">x</button></form>',
      'alice',
    );
    assert.deepEqual(
      [known.address(0, 0), known.address(1, 0), known.address(2, 0)].map(({ address }) => address),
      ['/', '/team/two', '/'],
    );
    assert.deepEqual(known.form(0, 0)?.fields, { note: '', next: 'draft' });
  });

  it('costs no memory: what grows steadily is found, and what is filled once is not', () => {
    const seen = (numbers: readonly number[]) => {
      const memory = new Memory();
      memory.samples.push(...numbers);
      return memory.mistakes().length;
    };
    const numbers = Array.from({ length: 16 }, (_, index) => index);
    assert.equal(seen(numbers.map((at) => 100 + 8 * at)), 1);
    assert.equal(seen(numbers.map((at) => (at < 3 ? 100 : 180 + (at % 3)))), 0);
  });
});

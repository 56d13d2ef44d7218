import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Problem } from '../problems.ts';
import { bottomCause, describeFailure } from './failure.ts';

const planted = 'planted-secret';

function logged(error: unknown): string {
  return JSON.stringify(describeFailure(error));
}

/** A stack without its first lines, which say the message again. */
const placesOf = (error: Error) => error.stack?.slice(error.stack.indexOf('    at '));

describe('a failure in the log', () => {
  it('has name, message, code and stack, and the same of what caused it', () => {
    const cause = Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' });
    const error = new Error('It did not work', { cause });
    assert.deepEqual(describeFailure(error), {
      name: 'Error',
      message: 'It did not work',
      stack: placesOf(error),
      cause: { name: 'TypeError', message: 'fetch failed', code: 'ECONNREFUSED', stack: placesOf(cause) },
    });
  });

  it('has the provider’s error code, if it is one', () => {
    assert.equal(describeFailure(Object.assign(new Error('x'), { error: 'invalid_grant' }))['oauth_error'], 'invalid_grant');
    for (const error of ['', 'Invalid', 'invalid grant', 'a'.repeat(61), 'line\nbreak', 'invalid_grant ', '<b>', 1, {}, null]) {
      assert.ok(!('oauth_error' in describeFailure(Object.assign(new Error('x'), { error }))), JSON.stringify(error));
    }
  });

  it('has no other property of an error, at any depth', () => {
    const told = {
      body: { access_token: planted },
      response: { headers: { authorization: planted } },
      error_description: planted,
      config: { clientSecret: planted },
      [Symbol('secret')]: planted,
      toJSON: () => planted,
    };
    const deepest = Object.assign(new Error('c'), told, { code: { planted } });
    const deeper = Object.assign(new Error('b', { cause: deepest }), told, { code: 42 });
    const error = Object.assign(new Error('a', { cause: deeper }), told, { error: planted });
    assert.ok(!logged(error).includes(planted));
    assert.match(logged(error), /"message":"c"/);
  });

  it('has nothing of a cause that is not an error, such as a callback’s parameters', () => {
    for (const cause of [
      new URLSearchParams({ code: planted, state: planted }),
      new URL(`https://outlay.example.com/callback?code=${planted}`),
      new Response(planted, { headers: { 'set-cookie': planted } }),
      { access_token: planted },
      [planted],
      planted,
    ]) {
      const text = logged(new Error('x', { cause }));
      assert.ok(!text.includes(planted), text);
      assert.ok(!text.includes('"cause"'));
    }
  });

  it('has nothing of the errors that were collected in it', () => {
    assert.ok(!logged(new AggregateError([new Error(planted)], 'All of them failed')).includes(planted));
  });

  it('that is no error is told by its type only', () => {
    for (const [thrown, type] of [
      [planted, 'string'],
      [{ message: planted }, 'object'],
      [undefined, 'undefined'],
      [null, 'object'],
      [() => planted, 'function'],
    ] as const) {
      assert.deepEqual(describeFailure(thrown), { type });
    }
  });

  it('ends, also where errors cause each other', () => {
    const one = new Error('one');
    const two = new Error('two', { cause: one });
    one.cause = two;
    assert.equal(logged(one).match(/"message"/g)?.length, 6);
  });

  it('has a problem’s own cause', () => {
    const failure = describeFailure(new Problem('unavailable', 'A sentence.', { cause: new Error('behind it') }));
    assert.equal(failure['name'], 'Problem');
    assert.match(JSON.stringify(failure['cause']), /behind it/);
  });

  it('never has more than its six fields, whatever was thrown', () => {
    const allowed = new Set(['name', 'message', 'code', 'oauth_error', 'stack', 'cause']);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.anything(), (properties, cause) => {
        const error = new Error('x', { cause });
        for (const [name, value] of Object.entries(properties)) Object.defineProperty(error, name, { value, enumerable: true });
        for (const name of Object.keys(describeFailure(error))) assert.ok(allowed.has(name), name);
      }),
    );
  });
});

describe('what lies at the bottom of a failure', () => {
  it('is the message of the last error in the chain of causes', () => {
    const error = new Error('a', { cause: new Error('b', { cause: new Error('c', { cause: 'not an error' }) }) });
    assert.equal(bottomCause(error), 'c');
  });

  it('is the code where several connections failed and there is no message', () => {
    const failed = Object.assign(new AggregateError([new Error(planted)], ''), { code: 'ECONNREFUSED' });
    assert.equal(bottomCause(new Error('a', { cause: failed })), 'ECONNREFUSED');
  });

  it('is nothing where there is no cause, or one that is no error', () => {
    assert.equal(bottomCause(new Error('a')), undefined);
    assert.equal(bottomCause(new Error('a', { cause: planted })), undefined);
  });

  it('is found also where errors cause each other', () => {
    const error = new Error('a');
    error.cause = error;
    assert.equal(bottomCause(error), 'a');
  });
});

describe('a parser’s failure in the log', () => {
  it('does not quote what could not be parsed', () => {
    let failure: unknown;
    try {
      JSON.parse('{"access_token": PLANTED-TOKEN');
    } catch (error) {
      failure = error;
    }
    assert.ok(failure instanceof SyntaxError && failure.message.includes('PLANTED'));
    assert.doesNotMatch(JSON.stringify(describeFailure(failure)), /PLANTED/);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { loadConfig } from './config.ts';
import { logFormat } from './log.ts';
import { textLine } from './log-text.ts';
import { Problem } from './problems.ts';
import { describeFailure } from './web/failure.ts';

/** What a person reads of a line that pino wrote. */
function read(write: (log: pino.Logger) => void, coloured = false): string {
  const lines: string[] = [];
  write(pino({ level: 'trace', base: null }, { write: (line: string) => void lines.push(textLine(line, coloured)) }));
  return lines.join('');
}

const request = { event: 'request', reference: 'K7QX', method: 'GET', path: '/team/finance', status: 200, milliseconds: 12.3 };

describe('the log as a person reads it', () => {
  it('says of a request what was asked, what was answered, how long it took, and under which reference', () => {
    const line = read((log) => log.info({ ...request, address: '192.0.2.1', complete: true }, 'request'));
    assert.match(line, /^\d\d:\d\d:\d\d INFO {2}GET \/team\/finance 200 12\.3 ms {2}reference=K7QX\n$/);
    assert.match(
      read((log) => log.info({ ...request, complete: false }, 'request')),
      /reference=K7QX complete=false\n$/,
    );
  });

  it('says anything else in its sentence, with its fields', () => {
    const line = read((log) => log.warn({ event: 'no-admin', missing: 3, folder: 'a b', none: undefined }, 'Nobody can be one.'));
    assert.match(line, /^\S+ WARN {2}Nobody can be one\. {2}event=no-admin missing=3 folder="a b"\n$/);
    assert.match(
      read((log) => log.info({ event: 'started' }, 'started')),
      /^\S+ INFO {2}started\n$/,
    );
  });

  it('says what failed and what was behind it, and of a mistake of ours where', () => {
    const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
    const failure = describeFailure(new Problem('unavailable', 'It does not answer.', { cause }));
    const warned = read((log) => log.warn({ event: 'away', failure }, 'Away.'));
    assert.match(
      warned,
      /Away\. {2}event=away\n {4}Problem: It does not answer\.\n {4}because of Error: connect refused \(ECONNREFUSED\)\n$/,
    );
    assert.match(
      read((log) => log.error({ event: 'problem', failure }, 'Wrong.')),
      /because of [^\n]+\n {6}at /,
    );
  });

  it('is in colour only where that is asked for', () => {
    const paint = (coloured: boolean) => read((log) => log.error({ event: 'problem' }, 'Wrong.'), coloured);
    assert.ok(!paint(false).includes('\u001B'));
    assert.ok(paint(true).includes('\u001B[31mERROR\u001B[39m'));
  });

  it('lets nothing that is logged speak to the terminal, or begin a line of its own', () => {
    const evil = 'a\u001B]0;owned\u0007\u009B31m\r\nb\u202Ec\u2028d\u007F';
    const failure = { name: evil, message: evil, code: evil, stack: `at ${evil}`, cause: { name: 'x', message: evil } };
    const lines = [
      read((log) => log.info({ ...request, method: evil, path: evil, reference: evil }, 'request')),
      read((log) => log.error({ event: evil, [evil]: evil, nested: { [evil]: [evil] }, failure }, evil)),
    ];
    for (const line of lines) {
      // oxlint-disable-next-line no-control-regex -- these are what must not be there
      assert.doesNotMatch(line, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E\u2028]/);
      assert.ok(line.includes('\\u001b]0;owned\\u0007\\u009b31m'), line);
    }
    assert.equal(lines[0]?.split('\n').length, 2);
  });

  it('is written for people on a terminal and for programs anywhere else, unless it is set', () => {
    const format = (env: Record<string, string>, isTTY: boolean) => logFormat(loadConfig(env), { isTTY });
    assert.deepEqual([format({}, true), format({}, false)], ['text', 'json']);
    assert.equal(format({ LOG_FORMAT: 'json' }, true), 'json');
    assert.equal(format({ LOG_FORMAT: 'text' }, false), 'text');
  });
});

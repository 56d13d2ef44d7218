import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { freePort } from '../free-port.ts';
import { openWorld } from '../world.ts';
import { faults } from './catalogue.ts';

const command = resolve('test/hostile-provider/command.ts');

async function run(...args: readonly string[]): Promise<{ code: number | null; output: string; mistakes: string }> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const [output, mistakes] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code: child.exitCode, output, mistakes };
}

describe('npm run hostile', { timeout: 60_000 }, () => {
  it('lists every fault, each under a name of its own', async () => {
    const { code, output } = await run('--list');
    assert.equal(code, 0);
    assert.equal(output.trimEnd().split('\n').length, faults.length + 1);
    assert.equal(new Set(faults.map(({ name }) => name)).size, faults.length);
    for (const { name } of faults) assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(output, /^id-token-nonce +IDT-6 +The provider sends an ID Token with another nonce\.$/m);
  });

  it('says what is wrong with a command line, and how it should be', async () => {
    for (const [args, mistake] of [
      [['--fault', 'unheard-of'], /There is no fault "unheard-of"/],
      [['--app', 'localhost:3000'], /--app must be an address such as/],
      [['--port', '99999'], /--port must be a number/],
      [['--client-secret='], /--client-secret must not be empty/],
      [['--fautl'], /Unknown option '--fautl'/],
      [['everything'], /Unexpected argument 'everything'/],
    ] as const) {
      const { code, mistakes } = await run(...args);
      assert.equal(code, 2);
      assert.match(mistakes, mistake);
      assert.match(mistakes, /npm run hostile -- --list/);
    }
  });

  const wanted = ['--fault', 'id-token-nonce', '--fault', 'metadata-other-issuer', '--fault', 'jwks-status-503'];

  it('starts an Outlay of its own, what it must see first comes first, and honest people get in before and after', async () => {
    const { code, output, mistakes } = await run(...wanted, '--port', String(await freePort()));
    assert.equal(code, 0, output + mistakes);
    assert.match(output, /^metadata-other-issuer +CFG-2 +503 [2-9A-Z]{8} +refused$/m);
    const names = [...output.matchAll(/^(metadata-other-issuer|jwks-status-503|\(an honest sign-in\)|id-token-nonce) /gm)];
    assert.deepEqual(
      names.map(([, name]) => name),
      ['metadata-other-issuer', 'jwks-status-503', '(an honest sign-in)', 'id-token-nonce', '(an honest sign-in)'],
    );
    assert.match(output, /\n3 refused, 0 not refused, 0 not seen\n$/);
  });

  it('against an Outlay that runs already: what it does not see any more has not been refused', async () => {
    const port = String(await freePort());
    await using world = await openWorld({ issuer: `http://localhost:${port}` });
    const first = await run(...wanted, '--app', world.baseUrl, '--port', port);
    assert.equal(first.code, 0, first.output + first.mistakes);
    const second = await run(...wanted, '--app', world.baseUrl, '--port', port);
    assert.equal(second.code, 1);
    assert.match(second.output, /^metadata-other-issuer .+ not seen: restart Outlay and run again$/m);
    assert.match(second.output, /\n1 refused, 0 not refused, 2 not seen\n$/);
  });
});

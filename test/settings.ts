import assert from 'node:assert/strict';
import { ConfigError, loadConfig } from '../src/config.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The three settings of a provider of one's own; the demonstration goes away with them. */
export const own = { OIDC_ISSUER: 'https://id.example.com', OIDC_CLIENT_ID: 'outlay', OIDC_CLIENT_SECRET: 'client-secret' };

/** The least that production needs. */
export const production = { ...own, NODE_ENV: 'production', SESSION_SECRET: 'x'.repeat(32) };

/** What is wrong with these settings; nothing where nothing is. */
export function mistakesOf(env: Env): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const mistake of error.mistakes) assert.ok(error.message.includes(mistake));
    return error.mistakes;
  }
  return [];
}

/** Exactly these mistakes, and in this order. */
export function assertRefused(env: Env, ...expected: readonly RegExp[]): void {
  const mistakes = mistakesOf(env);
  assert.equal(mistakes.length, expected.length, `${JSON.stringify(env)}: ${mistakes.join('\n')}`);
  for (const [index, mistake] of expected.entries()) assert.match(mistakes[index] ?? '', mistake);
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import type { Command } from './command.ts';

/*
 * The keys by which Outlay proves to the provider that it is Outlay (private_key_jwt). The first key of the file signs; both
 * are published. Changing keys without a gap is two runs with a restart after each: the first adds a key that is only
 * published yet, the second, once the provider has seen it, lets it sign alone.
 */

const keyFile = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string(), kid: z.string() }))
    .min(1)
    .max(2),
});

async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

function readKeys(file: string): readonly JWK[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return keyFile.parse(JSON.parse(text)).keys;
}

/** Whole or not at all, and readable by its owner only. */
function writeKeys(file: string, keys: readonly JWK[]): void {
  writeFileSync(`${file}.new`, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(`${file}.new`, file);
}

async function change(file: string): Promise<string> {
  const [first, second] = readKeys(file);
  if (first === undefined) {
    writeKeys(file, [await makeKey()]);
    return `"${file}" has a new key. Name it in OIDC_CLIENT_JWKS_FILE, and restart Outlay.`;
  }
  if (second === undefined) {
    writeKeys(file, [first, await makeKey()]);
    return `"${file}" has a second key. Restart Outlay to publish it; once the provider has seen it, run this again.`;
  }
  writeKeys(file, [second]);
  return `"${file}" has lost its older key. Restart Outlay, and the younger one signs.`;
}

export const clientKeys: Command = {
  help: `outlay client-keys FILE

Makes a key where the file has none, adds a second one where it has one, and drops the older one where it has two. Restart
Outlay after each; let the provider fetch the second one before it signs alone.`,
  async run([file, ...more]) {
    if (file === undefined || more.length > 0) {
      console.error('Say which file: npm run client-keys -- FILE');
      return 2;
    }
    try {
      console.log(await change(file));
      return 0;
    } catch (error) {
      const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
      console.error(`"${file}" cannot be used for keys: ${code ?? 'it does not hold one or two keys'}. Nothing was changed.`);
      return 1;
    }
  },
};

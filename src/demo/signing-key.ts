import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { keepInDataFolder } from '../database/data-folder.ts';

/**
 * The demonstration provider's signing key, made once and kept: whoever logs out right after a restart shows the provider
 * an ID Token that it must still recognise.
 */
export async function demoSigningKey(dataDir: string): Promise<JWK> {
  return JSON.parse(await keepInDataFolder(dataDir, 'demonstration-signing-key.json', makeKey)) as JWK;
}

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return JSON.stringify({ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'demonstration' });
}

import { z } from 'zod';
import { mediaTypeOf } from './bounded-fetch.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { parseStrictJson } from './strict-json.ts';
import { UntrustedAnswer } from './untrusted-answer.ts';

export interface ExpectedUserInfo {
  readonly issuer: string;
  readonly clientId: string;
  /** The ID Token's. */
  readonly subject: string;
  readonly algorithms: readonly string[];
}

const subject = z.looseObject({ sub: z.string() });
const parties = z.object({ iss: z.string(), aud: z.union([z.string(), z.array(z.string())]) });

/**
 * A UserInfo answer as claims (Core §5.3.2): of the subject that the ID Token names, or nothing of it is used; and where it
 * comes signed, by this provider, for us.
 * @throws UntrustedAnswer or JOSEError
 */
export async function readUserInfo(response: Response, expected: ExpectedUserInfo, keys: ProviderKeys): Promise<object> {
  if (response.status !== 200) throw new UntrustedAnswer('userinfo-status');
  const body = new Uint8Array(await response.arrayBuffer());
  const type = mediaTypeOf(response);
  if (type === 'application/json') return claimsOf(body, expected);
  if (type !== 'application/jwt') throw new UntrustedAnswer('userinfo-type');
  const { payload } = await keys.verify(new TextDecoder().decode(body), expected.algorithms);
  const claims = claimsOf(payload, expected);
  const { data } = parties.safeParse(claims);
  if (data?.iss !== expected.issuer) throw new UntrustedAnswer('userinfo-iss');
  if (![data.aud].flat().includes(expected.clientId)) throw new UntrustedAnswer('userinfo-aud');
  return claims;
}

function claimsOf(json: Uint8Array, expected: ExpectedUserInfo): object {
  const { data } = subject.safeParse(parseStrictJson(json, 'userinfo'));
  if (data?.sub !== expected.subject) throw new UntrustedAnswer('userinfo-sub');
  return data;
}

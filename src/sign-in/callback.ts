import { UntrustedAnswer } from './untrusted-answer.ts';

/** What belongs to flows that Outlay never asks for (OAuth 2.0 Multiple Response Types, JARM). */
const neverAskedFor = ['response', 'id_token', 'access_token', 'token'];

/**
 * What can be said of an authorization response before anything is done with it. Its `state` was checked by finding the
 * attempt; the library checks it again.
 * @throws UntrustedAnswer
 */
export function checkCallback(parameters: URLSearchParams, issuer: string): void {
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) throw new UntrustedAnswer('callback-parameter-twice'); // RFC 6749 §3.1
  if (neverAskedFor.some((name) => parameters.has(name))) throw new UntrustedAnswer('callback-other-flow');
  // RFC 9207 §2.4, to the letter, and of errors as well; whether it must be there the library knows from the metadata.
  if (parameters.has('iss') && parameters.get('iss') !== issuer) throw new UntrustedAnswer('callback-iss');
  const [code, error] = [parameters.get('code') ?? '', parameters.get('error') ?? ''];
  if ((code === '') === (error === '')) throw new UntrustedAnswer('callback-code-or-error'); // RFC 6749 §4.1.2
}

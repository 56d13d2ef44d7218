import { UntrustedAnswer } from './untrusted-answer.ts';

/**
 * JSON in which no object names a member twice: two readers of such a text can see two different things, and one of them
 * may be a check (RFC 8725 §2.4, RFC 8259 §4).
 * @param what begins the code of the error, for example `id-token`.
 * @throws UntrustedAnswer
 */
export function parseStrictJson(json: Uint8Array, what: string): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    value = JSON.parse(text);
  } catch {
    // Not as a cause: a parser's error quotes what it could not read.
    throw new UntrustedAnswer(`${what}-not-json`);
  }
  if (namesMemberTwice(text)) throw new UntrustedAnswer(`${what}-member-twice`);
  return value;
}

/** @param text valid JSON: then a string before a colon is a name, and brackets fit. */
function namesMemberTwice(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, name] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined) {
      // As the reader sees it: "a" and "\u0061" are one name.
      const member = String(JSON.parse(name));
      const members = open.at(-1);
      if (members?.has(member) === true) return true;
      members?.add(member);
    }
  }
  return false;
}

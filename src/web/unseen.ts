/**
 * What is in a text without being seen: control characters, which PostgreSQL refuses or which break a line, and direction marks,
 * which could make it look like another one. The two joiners are none of them: Persian and Indic words are spelled with them.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/gu;

/** The text as it is seen. */
export function withoutUnseen(text: string): string {
  return text.replace(unseen, '');
}

/** Whether all of a text is seen. */
export function isSeen(text: string): boolean {
  return text.search(unseen) === -1;
}

/**
 * What is in a text without being seen: control characters, which PostgreSQL refuses or which break a line, and direction marks,
 * which could make it look like another one. The two joiners are none of them: Persian and Indic words are spelled with them.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/gu;

/** The text as it is seen. @param instead what stands in the place of each that is not. */
export function withoutUnseen(text: string, instead = ''): string {
  return text.replace(unseen, instead);
}

/** Whether all of a text is seen. */
export function isSeen(text: string): boolean {
  return text.search(unseen) === -1;
}

/** The text with what is not seen spelled as JSON would: fit for a terminal, which takes some of it for commands. */
export function spelledOut(text: string): string {
  return text.replace(unseen, (mark) =>
    Array.from({ length: mark.length }, (_, at) => `\\u${mark.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

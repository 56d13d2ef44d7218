/** One line of JSON Lines, with its line break. What JSON lets stand and some readers take for one as well is escaped. */
export function jsonLine(value: object): string {
  const json = JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${json}\n`;
}

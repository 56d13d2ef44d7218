/** The most characters of what stands in a file that a sentence repeats. */
const SHOWN = 40;

/** What stands in a cell as a sentence shows it: in quotation marks, on one line, and shortened. */
export function quoted(cell: string): string {
  const text = cell
    .slice(0, 4 * SHOWN)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\s]+/gu, ' ')
    .trim();
  if (text.length <= SHOWN && cell.length <= 4 * SHOWN) return `“${text}”`;
  // Not half a character that takes two units.
  return `“${text.slice(0, SHOWN).replace(/[\uD800-\uDBFF]$/, '')}…”`;
}

/** The most characters of what stands in a file that a sentence repeats. */
const SHOWN = 40;

/** What stands in a cell as a sentence shows it: in quotation marks, on one line, and shortened. */
export function quoted(cell: string): string {
  const text = cell
    .slice(0, 4 * SHOWN)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\s]+/gu, ' ')
    .trim();
  const characters = [...text];
  return `“${characters.length > SHOWN || cell.length > 4 * SHOWN ? `${characters.slice(0, SHOWN).join('')}…` : text}”`;
}

import type { Cell } from './export-columns.ts';

/*
 * The parts of a workbook as programs for sheets read it (ECMA-376, "SpreadsheetML", and its part 2 for the package): as few as
 * there can be.
 */

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Longest text of a cell, in UTF-16 units; a program refuses the workbook beyond it. */
const MAX_TEXT = 32_767;

/** Which of `styles` a cell has. A text stays one, also once somebody has edited it. */
const style = { plain: 0, heading: 1, text: 2, day: 3, instant: 4 } as const;
/** By how many decimals an amount has. */
const amountStyle: Readonly<Record<number, number>> = { 0: 5, 2: 6, 3: 7, 4: 8 };

const styles = `${DECLARATION}<styleSheet xmlns="${MAIN}"><numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="166" formatCode="#,##0.000"/><numFmt numFmtId="167" formatCode="#,##0.0000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="9">${[
  format(0),
  format(49, ' fontId="1" applyFont="1"'),
  format(49, ' fontId="0" quotePrefix="1"'),
  ...[164, 165, 3, 4, 166, 167].map((id) => format(id)),
].join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

function format(id: number, more = ' fontId="0"'): string {
  return `<xf numFmtId="${id}"${more} fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`;
}

/** Leads to the workbook; the first part of all. */
export const packageRelations = `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

/** What comes once all sheets are known: by name, in order, each in `xl/worksheets/sheetN.xml`. */
export function lastParts(sheets: readonly string[]): { readonly name: string; readonly xml: string }[] {
  const each = (part: (number: number, name: string) => string) => sheets.map((name, index) => part(index + 1, name)).join('');
  const relation = (id: number, kind: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`;
  const override = (part: string, kind: string) => `<Override PartName="/xl/${part}.xml" ContentType="${TYPE}.${kind}+xml"/>`;
  return [
    { name: 'xl/styles.xml', xml: styles },
    {
      name: 'xl/workbook.xml',
      xml: `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each((number, name) => `<sheet name="${name}" sheetId="${number}" r:id="rId${number}"/>`)}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      xml: `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${each((number) => relation(number, 'worksheet', `worksheets/sheet${number}.xml`))}${relation(sheets.length + 1, 'styles', 'styles.xml')}</Relationships>`,
    },
    {
      name: '[Content_Types].xml',
      xml: `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('workbook', 'sheet.main')}${override('styles', 'styles')}${each((number) => override(`worksheets/sheet${number}`, 'worksheet'))}</Types>`,
    },
  ];
}

/** A sheet up to its first row. @param frozen whether its first row stays in sight. */
export function sheetStart(widths: readonly number[], frozen: boolean): string {
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const view = `<sheetViews><sheetView workbookViewId="0">${frozen ? pane : ''}</sheetView></sheetViews>`;
  const cols = widths.map((width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`).join('');
  return `${DECLARATION}<worksheet xmlns="${MAIN}">${view}<cols>${cols}</cols><sheetData>`;
}

export const sheetEnd = '</sheetData></worksheet>';

/** @param number from 1 on. */
export function headingRow(number: number, texts: readonly string[]): string {
  return row(number, texts, (text) => ` s="${style.heading}"${inline(text)}`);
}

export function sheetRow(number: number, cells: readonly Cell[]): string {
  return row(number, cells, cellContent);
}

function row<Value>(number: number, values: readonly Value[], content: (value: Value) => string): string {
  let cells = '';
  for (const [at, value] of values.entries()) {
    const said = content(value);
    if (said !== '') cells += `<c r="${String.fromCharCode(65 + at)}${number}"${said}</c>`;
  }
  return `<row r="${number}">${cells}</row>`;
}

function cellContent(cell: Cell): string {
  if (cell === undefined) return '';
  if (cell.kind === 'text') return textContent(cell.text);
  if (cell.kind === 'number') {
    const shown = cell.decimals === undefined ? style.plain : (amountStyle[cell.decimals] ?? style.plain);
    return ` s="${shown}"><v>${cell.digits}</v>`;
  }
  const serial = cell.kind === 'day' ? serialOf(cell.day) : serialOf(cell.at);
  if (serial === undefined) return textContent(cell.kind === 'day' ? cell.day : cell.at);
  return ` s="${style[cell.kind]}"><v>${serial}</v>`;
}

/**
 * How programs for sheets count days (ECMA-376 part 1 §18.17.4.1), to the second.
 * @returns undefined before 1 March 1900, where they do not agree, and after the year 9999.
 */
function serialOf(iso: string): number | undefined {
  const serial = Math.round(Date.parse(iso) / 1_000) / 86_400 + 25_569;
  return serial >= 61 && serial < 2_958_466 ? serial : undefined;
}

function textContent(text: string): string {
  return ` s="${style.text}"${inline(text)}`;
}

/** A text in its cell, and never a formula: there is no `f` in any sheet. */
function inline(text: string): string {
  return ` t="inlineStr"><is><t xml:space="preserve">${escaped(cut(text))}</t></is>`;
}

function cut(text: string): string {
  return text.length <= MAX_TEXT
    ? text
    : `${text
        .slice(0, MAX_TEXT - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** As XML has it, and so that `_x0041_` stays what it is and is not read as a letter (ECMA-376 part 1 §22.9.2.19). */
function escaped(text: string): string {
  return text
    .replace(/_(?=x[\dA-Fa-f]{4}_)/g, '_x005F_')
    .replace(/\r\n?/g, '\n')
    .replace(/[&<>]/g, (mark) => entities[mark] ?? '');
}

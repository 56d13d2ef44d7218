import assert from 'node:assert/strict';
import { unzip } from './unzip.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** XML as strictly as is needed for what we write: anything that is not well-formed fails. */
export function parseXml(xml: string): Element {
  assert.ok(!/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(xml), 'nothing that XML cannot say');
  const token = /<\?xml [^?<>]*\?>\n|<\/([\w:]+)>|<([\w:]+)((?: [\w:]+="[^"<&]*")*)(\/?)>|((?:[^<&>]|&(?:amp|lt|gt|quot);)+)/y;
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml) ?? assert.fail(`not well-formed at ${at}: ${xml.slice(at, at + 80)}`);
    const [, closed, opened, attributes = '', isEmpty, text] = found;
    const current = open.at(-1) ?? assert.fail();
    if (closed !== undefined) assert.equal(open.pop()?.name, closed);
    if (text !== undefined) current.text += unescaped(text);
    if (opened === undefined) continue;
    const pairs = [...attributes.matchAll(/ ([\w:]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)]);
    const element: Element = {
      name: opened,
      attributes: Object.fromEntries(pairs) as Record<string, string>,
      children: [],
      text: '',
    };
    current.children.push(element);
    if (isEmpty === '') open.push(element);
  }
  assert.equal(open.length, 1);
  return root.children[0] ?? assert.fail('nothing in it');
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? '');
}

/** A cell as a program for sheets takes it: a text, or a number and how it is shown. */
export type SheetCell = string | { readonly value: number; readonly digits: string; readonly format: string };
export interface Sheet {
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, SheetCell>>[];
}

/** Follows the parts from the first to the sheets, by their relations and types; a formula anywhere fails. */
export function readWorkbook(bytes: Uint8Array): Sheet[] {
  const files = unzip(bytes);
  const used = new Set<string>();
  const part = (name: string) => {
    used.add(name);
    return parseXml((files.get(name) ?? assert.fail(`no part ${name}`)).toString());
  };
  const types = new Map(
    part('[Content_Types].xml').children.map(({ attributes: all }) => [all['PartName'] ?? '', all['ContentType']]),
  );
  const typeOf = (name: string) =>
    types.get(`/${name}`)?.replace(/^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\./, '');
  const [first] = part('_rels/.rels').children;
  assert.equal(first?.attributes['Target'], 'xl/workbook.xml');
  assert.equal(typeOf('xl/workbook.xml'), 'sheet.main+xml');
  const relations = new Map(
    part('xl/_rels/workbook.xml.rels').children.map(({ attributes: all }) => [all['Id'], `xl/${all['Target']}`]),
  );
  assert.equal(typeOf('xl/styles.xml'), 'styles+xml');
  const formats = formatsIn(part('xl/styles.xml'));
  const sheets = childOf(part('xl/workbook.xml'), 'sheets').children.map(({ attributes }) => {
    const name = relations.get(attributes['r:id']) ?? assert.fail();
    assert.equal(typeOf(name), 'worksheet+xml');
    const rows = childOf(part(name), 'sheetData').children.map((row, index) => rowOf(row, index + 1, formats));
    return { name: attributes['name'] ?? '', rows };
  });
  assert.deepEqual([...used].toSorted(), [...files.keys()].toSorted(), 'no part that nothing leads to');
  return sheets;
}

function formatsIn(styles: Element): string[] {
  const own = childOf(styles, 'numFmts').children.map(({ attributes: all }) => [all['numFmtId'], all['formatCode']] as const);
  const known = new Map([['0', 'General'], ['3', '#,##0'], ['4', '#,##0.00'], ['49', '@'], ...own]);
  return childOf(styles, 'cellXfs').children.map(({ attributes }) => known.get(attributes['numFmtId'] ?? '') ?? assert.fail());
}

function rowOf(row: Element, number: number, formats: readonly string[]): Record<string, SheetCell> {
  assert.equal(row.attributes['r'], String(number));
  return Object.fromEntries(
    row.children.map(({ attributes, children }) => {
      const [, column = '', inRow] = /^([A-Z])(\d+)$/.exec(attributes['r'] ?? '') ?? [];
      assert.equal(inRow, String(number));
      const [content, ...more] = children;
      assert.ok(content !== undefined && more.length === 0);
      const format = formats[Number(attributes['s'])] ?? assert.fail('no such style');
      if (attributes['t'] === 'inlineStr') {
        assert.equal(format, '@', 'a text is shown as one');
        return [
          column,
          childOf(content, 't').text.replace(/_x([\dA-F]{4})_/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
        ];
      }
      assert.deepEqual([attributes['t'], content.name], [undefined, 'v'], 'anything else is a number');
      assert.match(content.text, /^\d+(?:\.\d+)?$/);
      return [column, { value: Number(content.text), digits: content.text, format }];
    }),
  );
}

function childOf(element: Element, name: string): Element {
  return element.children.find((child) => child.name === name) ?? assert.fail(`no ${name} in ${element.name}`);
}

import { randomUUIDv7 } from 'node:crypto';
import { receiptFiles } from '../receipt-files.ts';
import { type Known, pick } from './known.ts';
import type { Change, Plan } from './plan.ts';
import type { Player } from './scene.ts';
import { encoded, SECRET } from './values.ts';

export interface FuzzRequest {
  readonly method: string;
  /** Path and query, as they go over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Whose form it is, where it is to be theirs. */
  readonly as?: Player;
}

type Pair = readonly [name: string, value: string];

/** So many of the files, the first, are receipts. */
const RECEIPTS = 2;

/** What somebody types where a form is empty, so that what is sent is refused for what was changed in it, if at all. */
const typed: Readonly<Record<string, string>> = {
  category: 'meals',
  item: 'Lunch',
  amount: '12.50',
  spentOn: '2026-01-05',
  comment: 'Because',
  reason: 'Because',
  reference: 'BANK-1',
  label: 'Name',
  days: '30',
  value: 'fuzz@example.com',
  claim: 'email',
  account: '6800',
};

const files: readonly (readonly [content: Buffer, name: string])[] = [
  [receiptFiles.png, 'a.png'],
  [receiptFiles.pdf, 'a.pdf'],
  [Buffer.from('Date,Item,Amount,Currency\n2026-01-05,Lunch,12.50,USD\n2026-01-06,a<q7z>,1e9,USD\n'), 'a.csv'],
  [Buffer.from('Date;Item;Amount\n05.01.2026;"a""q7z\n";1.234,56\n;;\n"unclosed;1'), 'b.csv'],
  [Buffer.from('day,base,currency,rate,source\n2026-01-05,EUR,USD,1.1,a<q7z>\n'), 'rates.csv'],
  [Buffer.from('\uFEFFa\tb\tc\n1\t2\t3\n', 'utf16le'), 'c.txt'],
  [Buffer.from('"'.repeat(5_000)), 'd.csv'],
  [Buffer.from(`${','.repeat(2_000)}\n`.repeat(5)), 'e.csv'],
  [Buffer.alloc(0), 'f.csv'],
];

/** What comes of a plan with what is known of the application by now. */
export function requestOf(plan: Plan, known: Known, origin: string): FuzzRequest {
  const headers: Record<string, string> = { accept: 'text/html' };
  if (plan.header !== undefined)
    headers[plan.header[0]] = plan.header[0] === 'authorization' ? `Bearer ${SECRET}` : headerText(plan.header[1]);
  const { address, by } = known.address(plan.route, plan.known);
  // Most of what people have is sent by themselves; now and then it is by anybody.
  const as = (whose: Player | undefined) => (whose === undefined || plan.who % 5 === 0 ? {} : { as: whose });
  if (plan.kind === 'visit') return { method: 'GET', path: address, headers, body: undefined, ...as(by) };
  if (plan.kind === 'query') {
    const [path = '/', query = ''] = address.split('?', 2);
    const pairs = changed([...new URLSearchParams(query)], plan.changes, ['after', 'q', 'return_to', 'code', 'state']);
    return { method: 'GET', path: withQuery(path, pairs, plan.changes), headers, body: undefined, ...as(by) };
  }
  const form = plan.kind === 'form' ? known.form(plan.route, plan.known) : undefined;
  if (form === undefined) return byRoute(plan, known, origin, headers);
  const fields = Object.entries(form.fields).map(([name, value]): Pair => [name, usualIn(name, value)]);
  const pairs = changed(fields, plan.changes, ['q7']);
  if (form.method === 'GET')
    return { method: 'GET', path: withQuery(form.action, pairs, plan.changes), headers, body: undefined };
  const { type, body } = written(pairs, plan, form.multipart, form.action.includes('expenses'));
  return { method: 'POST', path: form.action, headers: { origin, 'content-type': type, ...headers }, body, ...as(form.by) };
}

/** A form that was sent once has its own id then, and would be refused from then on. */
function usualIn(name: string, value: string): string {
  if (value === '') return typed[name] ?? '';
  return name === 'id' ? randomUUIDv7() : value;
}

/** An address made of a route, with anything in its parts, by any method. */
function byRoute(plan: Plan, known: Known, origin: string, headers: Record<string, string>): FuzzRequest {
  const route = pick(known.routes, plan.route) ?? '/';
  const real = known.partsOf(route, plan.known);
  const path = route
    .split('/')
    .map((part, at) => (part.startsWith(':') || part === '*' ? partOf(plan, at, real[at]) : part))
    .join('/');
  const pairs = changed(
    [
      ['code', SECRET],
      ['state', SECRET],
      ['logout_token', SECRET],
    ],
    plan.changes,
    ['q', 'team', 'expense', 'next', 'comment', 'return_to', 'iss', 'sid'],
  );
  if (plan.method === 'GET' || plan.method === 'HEAD')
    return { method: plan.method, path: withQuery(path, pairs, plan.changes), headers, body: undefined };
  const { type, body } = written(pairs, plan, false);
  return { method: plan.method, path, headers: { origin, 'content-type': type, ...headers }, body };
}

function partOf({ parts, changes, known }: Plan, at: number, real: string | undefined): string {
  if (real !== undefined && real !== '' && (known + at) % 3 > 0) return real;
  const broken = changes[0]?.how === 'broken' ? changes[0].broken : '';
  return broken + encoded(pick(parts, at) ?? '');
}

/** @param others names that may be sent besides. */
function changed(pairs: readonly Pair[], changes: readonly Change[], others: readonly string[]): Pair[] {
  const names = [...pairs.map(([name]) => name), ...others];
  return changes.reduce<Pair[]>(
    (sent, { field, value, how }) => {
      const name = pick(names, field) ?? 'q';
      const rest = sent.filter(([other]) => other !== name);
      switch (how) {
        case 'set':
        case 'broken':
          return [...rest, [name, value]];
        case 'twice':
          return [...sent, [name, value], [name, value]];
        case 'member':
          return [...rest, [`${name}[a]`, value], [`${name}[__proto__][b]`, value]];
        case 'list':
          return [...rest, ...Array.from({ length: 60 }, (): Pair => [name, value.slice(0, 100)])];
        case 'renamed':
          return [...rest, [value, 'x']];
        case 'left out':
          return rest;
        default:
          throw new Error(how satisfies never);
      }
    },
    [...pairs],
  );
}

function withQuery(path: string, pairs: readonly Pair[], changes: readonly Change[]): string {
  if (pairs.length === 0) return path;
  return `${path.split('?', 1)[0]}?${urlencoded(pairs, changes)}`;
}

function urlencoded(pairs: readonly Pair[], changes: readonly Change[]): string {
  const broken = changes.filter(({ how }) => how === 'broken').map((change) => `q=${change.broken}`);
  return [...pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`), ...broken].join('&');
}

function written(pairs: readonly Pair[], plan: Plan, asMultipart: boolean, ofReceipts = false): { type: string; body: Buffer } {
  const form = 'application/x-www-form-urlencoded';
  const plain = Buffer.from(urlencoded(pairs, plan.changes));
  const boundary = 'fuzz-q7';
  const type = `multipart/form-data; boundary=${boundary}`;
  switch (plan.encoding) {
    case 'as it is':
      return asMultipart ? { type, body: multipart(pairs, plan, boundary, ofReceipts) } : { type: form, body: plain };
    case 'urlencoded':
      return { type: form, body: plain };
    case 'multipart':
      return { type, body: multipart(pairs, plan, boundary, ofReceipts) };
    case 'no boundary':
      return { type: 'multipart/form-data', body: multipart(pairs, plan, boundary, ofReceipts) };
    case 'cut off':
      return { type, body: multipart(pairs, plan, boundary, ofReceipts).subarray(0, -20 - (plan.known % 60)) };
    case 'json':
      return { type: 'application/json', body: Buffer.from(JSON.stringify(Object.fromEntries(pairs))) };
    case 'text':
      return { type: 'text/plain', body: plain };
    case 'bytes':
      return { type: form, body: Buffer.from(plan.file.junk) };
    case 'wrong charset':
      return { type: `${form}; charset=${plan.known % 2 === 0 ? 'utf-7' : 'iso-8859-1'}`, body: plain };
    default:
      throw new Error(plan.encoding satisfies never);
  }
}

function multipart(pairs: readonly Pair[], { file, known, header }: Plan, boundary: string, ofReceipts: boolean): Buffer {
  const fitting = known % 3 === 0 ? files : ofReceipts ? files.slice(0, RECEIPTS) : files.slice(RECEIPTS);
  const [content = Buffer.alloc(0), usualName = ''] = pick(fitting, file.content) ?? [];
  const name = known % 2 === 0 ? usualName : file.name;
  const parts = pairs
    .filter(([field]) => field !== 'file')
    .map(([field, value]) =>
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(field)}"\r\n\r\n${value}\r\n`),
    );
  const junk = known % 5 === 0 ? Buffer.from(file.junk) : Buffer.alloc(0);
  const type = header === undefined ? 'application/octet-stream' : headerText(header[1]);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(name)}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([...parts, Buffer.from(head), content, junk, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

/** As browsers write it (HTML, "multipart form data"). */
function quoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

/** What Node sends at all in a header. */
function headerText(text: string): string {
  return text.replace(/[^\t\x20-\x7E\x80-\xFF]/g, '?').slice(0, 2_000);
}

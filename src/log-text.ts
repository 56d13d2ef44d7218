import { spelledOut } from './web/unseen.ts';

/*
 * A line of the log as a person reads it. Addresses and what a provider or a database said stand in it, so nothing in it may reach a
 * terminal as a command: what is not seen is spelled out.
 */

type Fields = Readonly<Record<string, unknown>>;
type Colour = keyof typeof colours;

/** By the number that pino gives it. */
const levels: Readonly<Record<number, readonly [word: string, colour: Colour]>> = {
  10: ['TRACE', 'grey'],
  20: ['DEBUG', 'grey'],
  30: ['INFO', 'green'],
  40: ['WARN', 'yellow'],
  50: ['ERROR', 'red'],
  60: ['FATAL', 'red'],
};
const colours = { grey: 90, red: 31, green: 32, yellow: 33 } as const;
/** From here on it matters where in the program it happened. */
const ERROR = 50;
/** How many causes of a failure are told. */
const MOST_CAUSES = 6;

/** @param json one line of pino's. @returns one line, or several for a mistake of ours; with a line break at the end. */
export function textLine(json: string, coloured: boolean): string {
  const { level, time, msg, event, failure, ...rest } = JSON.parse(json) as Fields;
  const [word, colour] = levels[Number(level)] ?? [String(level), 'grey'];
  const paint = (text: string, as: Colour) => (coloured ? `\u001B[${colours[as]}m${text}\u001B[39m` : text);
  const request = event === 'request';
  const sentence = request ? describeRequest(rest) : spelledOut(String(msg));
  const fields = request
    ? { reference: rest['reference'], ...(rest['complete'] === false && { complete: false }) }
    : { ...(event !== msg && { event }), ...rest };
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const told = pairs.map(([name, value]) => paint(`${spelledOut(name)}=`, 'grey') + describeValue(value)).join(' ');
  const failed = isFields(failure) ? describeFailed(failure, Number(level) >= ERROR) : '';
  const head = `${paint(timeOf(time), 'grey')} ${paint(word.padEnd(5), colour)} ${sentence}`;
  return `${[head, told].filter((part) => part !== '').join('  ')}${failed}\n`;
}

/** On this machine's clock. */
function timeOf(time: unknown): string {
  return new Date(Number(time)).toTimeString().slice(0, 8);
}

function describeRequest({ method, path, status, milliseconds }: Fields): string {
  return spelledOut(`${String(method)} ${String(path)} ${String(status)} ${String(milliseconds)} ms`);
}

/** A word as it stands; anything else as JSON. */
function describeValue(value: unknown): string {
  return spelledOut(typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value));
}

/** A failure and what was behind it, each on a line of its own, with where it happened if that is wanted. */
function describeFailed(failure: Fields, withStack: boolean): string {
  const lines: string[] = [];
  let at: unknown = failure;
  for (let depth = 0; depth < MOST_CAUSES && isFields(at); depth += 1) {
    const { name, type, message, code, oauth_error: refusal, stack, cause } = at;
    const words = [code, refusal].filter((word) => typeof word === 'string').join(', ');
    const said = [name ?? type, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
    lines.push(`    ${depth === 0 ? '' : 'because of '}${said}${words === '' ? '' : ` (${words})`}`);
    if (withStack && typeof stack === 'string') lines.push(...stack.split('\n').map((line) => `      ${line.trim()}`));
    at = cause;
  }
  return lines.map((line) => `\n${spelledOut(line)}`).join('');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

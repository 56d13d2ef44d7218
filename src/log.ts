import pino, { type Logger } from 'pino';
import type { Config } from './config.ts';
import { textLine } from './log-text.ts';

/** The log is written in pieces of so many bytes, and what there is of it after so many milliseconds. Whatever ends the process by itself writes the rest. */
const LOG_PIECE = 4_096;
const LOG_DELAY = 100;

type Settings = Pick<Config, 'logLevel' | 'logFormat'>;
/** As much of standard output as decides how is written to it. */
export type Output = Pick<NodeJS.WriteStream, 'isTTY'> & Partial<Pick<NodeJS.WriteStream, 'hasColors'>>;

/** The log on standard output: JSON for programs, in pieces; and for a person at a terminal a sentence at once. */
export function openLog(settings: Settings, output: Output = process.stdout): Logger {
  const level = settings.logLevel;
  if (logFormat(settings, output) === 'json') {
    return pino({ level }, pino.destination({ sync: false, minLength: LOG_PIECE, periodicFlush: LOG_DELAY }));
  }
  const destination = pino.destination({ sync: true });
  // Where colour is not wanted (NO_COLOR, or a terminal without), Node says so.
  const coloured = output.isTTY && output.hasColors?.() === true;
  return pino({ level, base: null }, { write: (line: string) => void destination.write(textLine(line, coloured)) });
}

/** As it is set; otherwise text where somebody looks on. */
export function logFormat(settings: Settings, output: Output): 'json' | 'text' {
  return settings.logFormat ?? (output.isTTY ? 'text' : 'json');
}

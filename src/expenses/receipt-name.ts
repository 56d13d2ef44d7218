import type { ReceiptType } from '../database/schema-receipts.ts';
import { formats } from './receipt-type.ts';

/** In characters, with what a type adds. */
const MAX_NAME = 120;

/**
 * What a receipt is called from then on: what it was called, without a path, control and direction marks, and what no system
 * has in a name; ending as its type does, so that no program on somebody's computer takes it for anything else.
 */
export function receiptName(given: string, type: ReceiptType): string {
  const { extensions } = formats[type];
  const clean = cleaned(given);
  const extension = extensions.find((one) => clean.toLowerCase().endsWith(one));
  const stem = extension === undefined ? clean : clean.slice(0, -extension.length);
  // By characters, not by their halves.
  const short = Array.from(stem)
    .slice(0, MAX_NAME - 5)
    .join('')
    .trim();
  return (short === '' ? 'receipt' : short) + (extension === undefined ? extensions[0] : clean.slice(-extension.length));
}

/** What a file that is refused is called to whoever sent it. */
export function refusedName(given: string): string {
  const clean = cleanName(given);
  return clean === '' ? 'This file' : `“${clean}”`;
}

/** The name of any file, without what could harm. */
export function cleanName(given: string): string {
  return Array.from(cleaned(given)).slice(0, MAX_NAME).join('');
}

function cleaned(given: string): string {
  return given
    .toWellFormed()
    .normalize('NFC')
    .replace(/^.*[/\\]/s, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\uFFFD]|(?![\u200C\u200D])\p{Cf}/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
}

/**
 * The header that says what becomes of a receipt (RFC 6266): in plain letters for whoever knows no others, and whole
 * (RFC 8187 §3.2).
 * @param name as `receiptName` made it.
 */
export function dispositionOf(name: string, type: ReceiptType): string {
  const plain = name.replace(/[^\w.() -]/g, '_');
  const whole = encodeURIComponent(name).replace(/['()*!]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${formats[type].shown ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${whole}`;
}

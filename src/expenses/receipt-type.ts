import type { ReceiptType } from '../database/schema-receipts.ts';

interface Format {
  /** In words for people. */
  readonly label: string;
  /** In lower case; the first is what a name without any of them gets. */
  readonly extensions: readonly [string, ...string[]];
  /**
   * Whether every browser draws it by itself. PDF is not among these although browsers show it: what a PDF may contain has a
   * program of its own to run it, and Chrome's refuses to in a sandbox.
   */
  readonly shown: boolean;
  /** What its first bytes look like. */
  fits(head: Buffer): boolean;
}

/** Every format a receipt may have. */
export const formats: Readonly<Record<ReceiptType, Format>> = {
  'image/jpeg': {
    label: 'JPEG',
    extensions: ['.jpg', '.jpeg', '.jpe', '.jfif'],
    shown: true,
    // SOI, and another marker (ISO/IEC 10918-1 §B.1.1).
    fits: (head) => hasAt(head, 0, 'ffd8ff') && between(head[3], 0xc0, 0xfe),
  },
  'image/png': {
    label: 'PNG',
    extensions: ['.png'],
    shown: true,
    // The signature and the first chunk's length and name (PNG §5.2, §11.2.1).
    fits: (head) => hasAt(head, 0, '89504e470d0a1a0a0000000d49484452'),
  },
  'image/webp': {
    label: 'WebP',
    extensions: ['.webp'],
    shown: true,
    // RFC 9649 §2.
    fits: (head) => textAt(head, 0, 4) === 'RIFF' && /^WEBPVP8[ LX]$/.test(textAt(head, 8, 16)),
  },
  'image/heic': {
    label: 'HEIC',
    extensions: ['.heic', '.heif'],
    shown: false,
    fits: isHeic,
  },
  'application/pdf': {
    label: 'PDF',
    extensions: ['.pdf'],
    shown: false,
    // At the very beginning: readers take it within the first kilobyte, where a page could stand before it (ISO 32000-1 §7.5.2).
    fits: (head) => /^%PDF-[12]\.\d/.test(textAt(head, 0, 8)),
  },
};

/**
 * What a file is by its first bytes, whatever it is called and was said to be. Nothing is decoded or unpacked.
 * @param head the first 4 kB, or all where there is less.
 * @returns undefined for anything that a receipt may not be.
 */
export function sniffType(head: Uint8Array): ReceiptType | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 4_096));
  return (Object.keys(formats) as ReceiptType[]).find((type) => formats[type].fits(bytes));
}

/** As ISO/IEC 23008-12 §B.4.1 names what is coded in HEVC: pictures and sequences of them. */
const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs']);

/** A file type box at the beginning (ISO/IEC 14496-12 §4.3) that says HEIC, or HEIF of any kind and, among its brands, HEIC. */
function isHeic(head: Buffer): boolean {
  if (head.length < 16 || textAt(head, 4, 8) !== 'ftyp') return false;
  const size = head.readUInt32BE(0);
  if (size < 16 || size % 4 !== 0 || size > head.length) return false;
  const major = textAt(head, 8, 12);
  if (heicBrands.has(major)) return true;
  const others = Array.from({ length: (size - 16) / 4 }, (_, index) => textAt(head, 16 + index * 4, 20 + index * 4));
  return ['mif1', 'msf1'].includes(major) && others.some((brand) => heicBrands.has(brand));
}

function hasAt(bytes: Buffer, start: number, hex: string): boolean {
  return bytes.toString('hex', start, start + hex.length / 2) === hex;
}

function textAt(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

function between(byte: number | undefined, least: number, most: number): boolean {
  return byte !== undefined && byte >= least && byte <= most;
}

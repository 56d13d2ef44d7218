import { isUtf8 } from 'node:buffer';
import { Decoder } from './decoding.ts';
import type { Encoding } from './reading.ts';

export interface Mistaken {
  readonly mistake: string;
}

/** How many bytes are looked at for the pattern of UTF-16. */
const LOOKED_AT = 4096;

/** What is no text, by how it begins, and what to do with it. */
const others: readonly (readonly [string, string])[] = [
  [
    'PK\x03\x04',
    'This is an Excel workbook or a zip archive. If it is a workbook, open it and save it as CSV; if it is an archive, unpack it and choose the CSV file that is in it.',
  ],
  ['\xD0\xCF\x11\xE0', 'This is a workbook of an old Excel. Open it, and save it as CSV.'],
  ['%PDF', 'This is a PDF document, which holds no rows that could be read. Ask whoever it comes from for the same as CSV.'],
  ['\x1F\x8B', 'This is a compressed file (gzip). Unpack it, and choose the CSV file that is in it.'],
];

/** How the file's text is written; or why it is none, with what to do. @param sample the file's beginning. */
export function recogniseEncoding(sample: Uint8Array): { readonly encoding: Encoding } | Mistaken {
  const refused = refuse(sample);
  if (refused !== undefined) return refused;
  const [first, second] = sample;
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le' };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be' };
  const wide = wideEncoding(sample.subarray(0, LOOKED_AT));
  if (wide !== undefined) return { encoding: wide };
  // Every file is Windows-1252, so it is only what is left.
  return { encoding: isUtf8(withoutCutEnd(sample)) ? 'utf-8' : 'windows-1252' };
}

/** The text that a file begins with. @returns a mistake where it is none, or not of this encoding. */
export function decodeSample(sample: Uint8Array, isWhole: boolean, encoding: Encoding): { readonly text: string } | Mistaken {
  const refused = refuse(sample);
  if (refused !== undefined) return refused;
  const { utf8, isIntact } = new Decoder(encoding).decode(sample, isWhole);
  if (utf8.includes(0)) {
    return {
      mistake:
        'There are bytes in this file that no text has (NUL), so it is no CSV file, or a damaged one. Save it as CSV once more.',
    };
  }
  const text = utf8.toString();
  // What comes first may be intact; the mistake then has its line when all of the file is read.
  if (!isIntact && text === '') {
    return { mistake: `This file is not in ${encodingNames[encoding]}. Choose another encoding.` };
  }
  if (text.trim() === '') return { mistake: 'There is nothing in this file.' };
  return { text };
}

/** As people know them. */
export const encodingNames: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Windows-1252',
};

function refuse(sample: Uint8Array): Mistaken | undefined {
  if (sample.length === 0) return { mistake: 'There is nothing in this file.' };
  const beginning = Buffer.from(sample.subarray(0, 8)).toString('latin1');
  const other = others.find(([mark]) => beginning.startsWith(mark));
  return other && { mistake: other[1] };
}

/** UTF-16 without its mark: of letters and digits of Latin, every second byte is NUL. */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
  const nuls = [0, 0];
  for (const [index, byte] of bytes.entries()) if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  if (odd > bytes.length / 4 && even < odd / 10) return 'utf-16le';
  if (even > bytes.length / 4 && odd < even / 10) return 'utf-16be';
  return undefined;
}

function withoutCutEnd(sample: Uint8Array): Uint8Array {
  const end = Math.max(sample.lastIndexOf(10), sample.lastIndexOf(13));
  return end === -1 || isUtf8(sample) ? sample : sample.subarray(0, end);
}

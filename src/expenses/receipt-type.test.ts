import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { noReceipts, polyglots, receiptFiles } from '../../test/receipt-files.ts';
import { sniffType } from './receipt-type.ts';

describe('what a file is', () => {
  it('is known by its first bytes for all five formats', () => {
    const found = Object.fromEntries(Object.entries(receiptFiles).map(([name, bytes]) => [name, sniffType(bytes)]));
    assert.deepEqual(found, {
      jpeg: 'image/jpeg',
      jpegOfPhone: 'image/jpeg',
      png: 'image/png',
      webp: 'image/webp',
      heic: 'image/heic',
      heif: 'image/heic',
      pdf: 'application/pdf',
    });
  });

  it('is what it begins as, whatever hangs on behind', () => {
    assert.equal(sniffType(polyglots.jpegAndPage), 'image/jpeg');
    assert.equal(sniffType(polyglots.pdfAndPage), 'application/pdf');
    assert.equal(sniffType(polyglots.pngAndPage), 'image/png');
  });

  it('is no receipt where it begins as anything else, also where a receipt follows', () => {
    for (const [name, bytes] of Object.entries(noReceipts)) assert.equal(sniffType(bytes), undefined, name);
    assert.equal(sniffType(new Uint8Array()), undefined);
  });

  it('is said of any bytes at all, also of a beginning that breaks off anywhere', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void sniffType(bytes)));
    for (const bytes of Object.values(receiptFiles))
      for (let length = 0; length <= bytes.length; length += 1) sniffType(bytes.subarray(0, length));
  });

  it('is not said of a HEIC whose list of brands is longer than the file', () => {
    const bytes = Buffer.from(receiptFiles.heic);
    for (const size of [0, 1, 8, 15, 23, 1_000, 0xff_ff_ff_ff]) {
      bytes.writeUInt32BE(size);
      assert.equal(sniffType(bytes), undefined, String(size));
    }
  });
});

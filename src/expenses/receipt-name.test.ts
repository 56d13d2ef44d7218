import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { dispositionOf, receiptName } from './receipt-name.ts';

describe('the name of a receipt', () => {
  it('stays as it was where nothing is wrong with it', () => {
    for (const name of ['Taxi 2026-01-05.pdf', 'Rechnung Müller & Söhne.PDF', '領収書.pdf', '🧾.pdf', 'a.b.c.pdf'])
      assert.equal(receiptName(name, 'application/pdf'), name);
    assert.equal(receiptName('IMG_0001.JPEG', 'image/jpeg'), 'IMG_0001.JPEG');
  });

  it('ends as what the file is, whatever it was called', () => {
    assert.equal(receiptName('evil.html', 'image/jpeg'), 'evil.html.jpg');
    assert.equal(receiptName('photo.png', 'application/pdf'), 'photo.png.pdf');
    assert.equal(receiptName('run.exe', 'image/png'), 'run.exe.png');
    assert.equal(receiptName('photo', 'image/heic'), 'photo.heic');
  });

  it('loses its path, on any system, and what hides a file', () => {
    for (const path of [
      '../../etc/passwd.pdf',
      'C:\\Users\\alice\\passwd.pdf',
      '/passwd.pdf',
      'a/..\\passwd.pdf',
      '..passwd.pdf',
    ])
      assert.equal(receiptName(path, 'application/pdf'), 'passwd.pdf', path);
    assert.equal(receiptName('.htaccess', 'application/pdf'), 'htaccess.pdf');
  });

  it('loses control and direction marks, and what breaks a header or a page', () => {
    assert.equal(receiptName('in\u202Efdp.exe', 'application/pdf'), 'infdp.exe.pdf', 'nothing is read backwards');
    assert.equal(receiptName('a\r\nSet-Cookie: b\0\u007F\u2028.pdf', 'application/pdf'), 'aSet-Cookie_ b.pdf');
    assert.equal(receiptName('"><script>.pdf', 'application/pdf'), '___script_.pdf');
    assert.equal(receiptName('half \uD83D.pdf', 'application/pdf'), 'half.pdf');
  });

  it('is one also where nothing is left of it', () => {
    for (const name of ['', '..', '/', '\u202E', ' . . '])
      assert.equal(receiptName(name, 'application/pdf'), 'receipt.pdf', JSON.stringify(name));
  });

  it('of 500 characters is cut, and keeps how it ends', () => {
    for (const letter of ['x', '🧾', 'é']) {
      const name = receiptName(`${letter.repeat(500)}.pdf`, 'application/pdf');
      assert.equal(Array.from(name).length, 119);
      assert.ok(name.startsWith(letter) && name.endsWith('.pdf') && name.isWellFormed());
    }
  });

  it('can be used and sent, whatever somebody thought of', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 50 })), (given) => {
        const name = receiptName(given, 'image/png');
        assert.match(name, /^[^/\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}<>:"|?*.][^/\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}<>:"|?*]{0,119}\.png$/iu);
        assert.equal(receiptName(name, 'image/png'), name, 'and is final');
        assert.match(
          dispositionOf(name, 'image/png'),
          /^inline; filename="[\w.() -]+"; filename\*=UTF-8''(?:[\w.~-]|%[0-9A-F]{2})+$/,
        );
      }),
    );
  });
});

describe('what becomes of a receipt in the browser', () => {
  it('is told by its type: pictures that every browser draws are shown, the others are saved', () => {
    assert.equal(
      dispositionOf("Müller's (1).pdf", 'application/pdf'),
      `attachment; filename="M_ller_s (1).pdf"; filename*=UTF-8''M%C3%BCller%27s%20%281%29.pdf`,
    );
    assert.match(dispositionOf('a.heic', 'image/heic'), /^attachment; /);
    for (const type of ['image/jpeg', 'image/png', 'image/webp'] as const) assert.match(dispositionOf('a', type), /^inline; /);
  });
});

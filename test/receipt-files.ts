/** The beginnings of files as they really are, and something behind them. */
function fileOf(...parts: readonly (string | readonly number[])[]): Buffer<ArrayBuffer> {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
}

const htmlText = '<!doctype html><script>alert(document.domain)</script>';

/** A picture of one pixel, whole, as every browser draws it. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export const receiptFiles = {
  jpeg: fileOf([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9]),
  jpegOfPhone: fileOf([0xff, 0xd8, 0xff, 0xe1, 0, 8], 'Exif\0\0', [0xff, 0xd9]),
  png,
  webp: fileOf(
    'RIFF',
    [26, 0, 0, 0],
    'WEBPVP8L',
    [13, 0, 0, 0, 0x2f, 0, 0, 0, 0x10, 7, 0x10, 0x11, 0x11, 0x88, 0x88, 0xfe, 7, 0],
  ),
  heic: fileOf([0, 0, 0, 24], 'ftypheic', [0, 0, 0, 0], 'mif1heic', [0, 0, 0, 8], 'mdat'),
  heif: fileOf([0, 0, 0, 28], 'ftypmif1', [0, 0, 0, 0], 'mif1miafheix', 'more'),
  pdf: fileOf('%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'),
};

/** Two things at once: the beginning is that of a receipt, what follows is a page. */
export const polyglots = {
  jpegAndPage: fileOf([...receiptFiles.jpeg], htmlText),
  pdfAndPage: fileOf([...receiptFiles.pdf], htmlText),
  pngAndPage: fileOf([...png], htmlText),
};

/** Called receipts, and none. */
export const noReceipts = {
  page: fileOf(htmlText),
  script: fileOf('#!/bin/sh\nrm -rf /\n'),
  program: fileOf('MZ', [0x90, 0, 3, 0, 0, 0]),
  svg: fileOf('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  gifAndScript: fileOf('GIF89a/*', [0, 0, 0], '*/=1;alert(1)//'),
  pageAndPdf: fileOf(htmlText, '\n%PDF-1.7\n'),
  spaceAndPdf: fileOf('\n%PDF-1.7\n'),
  zip: fileOf('PK', [3, 4, 20, 0, 0, 0, 8, 0]),
  gzip: fileOf([0x1f, 0x8b, 8, 0]),
  avif: fileOf([0, 0, 0, 28], 'ftypavif', [0, 0, 0, 0], 'avifmif1miaf'),
  heifOfAvif: fileOf([0, 0, 0, 24], 'ftypmif1', [0, 0, 0, 0], 'mif1avif'),
  video: fileOf([0, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isomheic'),
  wave: fileOf('RIFF', [36, 0, 0, 0], 'WAVEfmt '),
  jpegCutShort: fileOf([0xff, 0xd8, 0xff]),
  pngSignatureOnly: fileOf([0x89], 'PNG\r\n', [0x1a], '\n<script>'),
  oneByte: fileOf([0xff]),
};

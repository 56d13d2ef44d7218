/**
 * A text in UTF-8, in memory of its own: for what is kept. What `Buffer.from` makes may be a part of 64 KiB that others share, and keeps
 * all of them for as long as itself.
 */
export function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

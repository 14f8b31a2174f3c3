// Bytes, hexadecimal, integers and bounded reading (protocol, section 2). Nothing here is secret by itself.

import { concatBytes } from '@noble/hashes/utils.js';

export { concatBytes as concat };

export const ascii = (text) => {
  if (!/^[\x00-\x7f]*$/.test(text)) throw new RangeError('not ASCII');
  return new TextEncoder().encode(text);
};

export const utf8 = (text) => new TextEncoder().encode(text);

export function hex(bytes) {
  let text = '';
  for (const b of bytes) text += b.toString(16).padStart(2, '0');
  return text;
}

/** Lower-case hexadecimal alone; with `length`, exactly so many bytes. */
export function unhex(text, length) {
  if (typeof text !== 'string' || text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new RangeError('not lower-case hexadecimal');
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  if (length !== undefined && bytes.length !== length) throw new RangeError(`${length} bytes expected`);
  return bytes;
}

/** `value` (number or BigInt) as `size` bytes, big-endian; out of range is an error. */
export function integer(value, size) {
  let v = BigInt(value);
  if (v < 0n || v >> BigInt(8 * size)) throw new RangeError(`does not fit ${size} bytes`);
  const bytes = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--, v >>= 8n) bytes[i] = Number(v & 255n);
  return bytes;
}

export const u8 = (value) => integer(value, 1);
export const u32 = (value) => integer(value, 4);
export const u64 = (value) => integer(value, 8);

/** OS2IP: big-endian bytes as a BigInt. */
export const toBigInt = (bytes) => BigInt(`0x${hex(bytes) || '0'}`);

/** lp(x) = u32(length of x) ‖ x */
export const lp = (bytes) => concatBytes(u32(bytes.length), bytes);

export function equal(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

export function compare(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Reads from the front; never past the end, and `end()` refuses what is left over. */
export class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get at() {
    return this.#at;
  }

  take(length) {
    if (length > this.#bytes.length - this.#at) throw new RangeError('cut short');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  u8() {
    return this.take(1)[0];
  }

  end() {
    if (this.#at !== this.#bytes.length) throw new RangeError('bytes left over');
  }
}

// The plain vote (protocol, section 5) and what its marks mean in the count: LGIPE 288–291.

import { concat, toBigInt, u64, utf8 } from './bytes.js';

/** Envelope width: 2…4 blocks of 30 bytes. */
export function widthOf(contest) {
  const w = Math.ceil((56 + contest.write_in_bytes) / 30);
  if (!(w >= 2 && w <= 4)) throw new RangeError(`contest ${contest.id}: width ${w}`);
  return w;
}

export const plainLength = (w) => 30 * w - 48;

/** marks: BigInt; text: bytes. v = u64 marks ‖ text, zero-padded. */
export function plainVote(w, marks, text = new Uint8Array(0)) {
  const v = new Uint8Array(plainLength(w));
  if (text.length > v.length - 8) throw new RangeError('text too long');
  v.set(u64(marks), 0);
  v.set(text, 8);
  return v;
}

/**
 * The voter's choice as plain vote. choice: { options: [id, …], writeIn: text or null }.
 * A write-in sets the mark after the last option.
 */
export function encodeChoice(contest, choice) {
  let marks = 0n;
  for (const id of choice.options) {
    const i = contest.options.findIndex((o) => o.id === id);
    if (i < 0) throw new RangeError(`contest ${contest.id} has no option ${id}`);
    marks |= 1n << BigInt(i);
  }
  let text = new Uint8Array(0);
  if (choice.writeIn !== null && choice.writeIn !== undefined) {
    marks |= 1n << BigInt(contest.options.length);
    text = utf8(choice.writeIn);
    if (text.length > contest.write_in_bytes) throw new RangeError('write-in too long');
  }
  return plainVote(widthOf(contest), marks, text);
}

const NULL = { as: 'null', what: null };

// The text up to the first zero, or null where the vote is null outright for it.
function readText(contest, bytes) {
  const zero = bytes.indexOf(0);
  const length = zero < 0 ? bytes.length : zero;
  if (bytes.subarray(length).some((b) => b !== 0)) return null;
  if (length > contest.write_in_bytes) return null;
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
  } catch {
    return null;
  }
  return /[\u0000-\u001f\u007f-\u009f\ufeff\u2028\u2029]/.test(text) ? null : text;
}

/** Gives { as: 'option' | 'combination' | 'unregistered' | 'null', what }. */
export function meaning(contest, plain) {
  const marks = toBigInt(plain.subarray(0, 8));
  const text = readText(contest, plain.subarray(8));
  const n = contest.options.length;
  const writeInMark = contest.write_in_bytes > 0 ? 1n << BigInt(n) : 0n;
  const optionMarks = (1n << BigInt(n)) - 1n;
  if (text === null || marks & ~(optionMarks | writeInMark)) return NULL;
  if (marks & writeInMark) {
    const alone = marks === writeInMark && /[^ \u00a0]/.test(text);
    return alone ? { as: 'unregistered', what: text } : NULL;
  }
  if (text !== '') return NULL;
  const ids = contest.options.filter((_, i) => marks & (1n << BigInt(i))).map((o) => o.id);
  if (ids.length === 1) return { as: 'option', what: ids[0] };
  if (ids.length > 1 && contest.coalitions.some((c) => ids.every((id) => c.options.includes(id)))) {
    return { as: 'combination', what: ids.join('+') };
  }
  return NULL;
}

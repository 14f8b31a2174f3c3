// The two envelopes of a vote: the inner one, sealed to the election key (protocol, section 6), and the
// outer one, sealed to the committee key (section 7). Secret here: seed, plain vote, r, t.

import { ascii, concat, equal } from './bytes.js';
import { G, liftX, pointBytes, xBytes } from './group.js';
import { Hb, Hs, derive } from './hash.js';

export const BLOCK = 30;

/** ctx of a contest's inner envelopes. */
export const innerContext = (eid, contest) => Hb('inner', eid, ascii(contest));

const xor = (a, b) => a.map((byte, i) => byte ^ b[i]);

const mask = (Z, X, ctx, length) => derive(Z, X, 'inner-mask', length, ctx);

/** r = Hs("inner-scalar", ctx, seed, v) */
export const innerScalar = (ctx, seed, plain) => Hs('inner-scalar', ctx, seed, plain);

/** X ‖ ((seed ‖ v) XOR mask); electionKey is the point A. */
export function sealInner(electionKey, ctx, seed, plain) {
  const r = innerScalar(ctx, seed, plain);
  const X = xBytes(G.multiply(r));
  const Z = xBytes(electionKey.multiply(r));
  return concat(X, xor(concat(seed, plain), mask(Z, X, ctx, 16 + plain.length)));
}

/** Seed and plain vote under this Z = x(W), whether they seal again or not. */
export function unmask(inner, Z, ctx) {
  const X = inner.subarray(0, 32);
  const open = xor(inner.subarray(32), mask(Z, X, ctx, inner.length - 32));
  return { seed: open.subarray(0, 16), plain: open.subarray(16) };
}

/** Whether this seed and plain vote make this very inner envelope. */
export const sealsAgain = (electionKey, ctx, seed, plain, inner) =>
  equal(sealInner(electionKey, ctx, seed, plain), inner);

/** One block of 30 bytes as a point: x = 00 ‖ block ‖ ctr, the first on the curve, even y. */
export function embed(block) {
  for (let ctr = 0; ctr < 256; ctr++) {
    const point = liftX(concat(Uint8Array.of(0), block, Uint8Array.of(ctr)));
    if (point) return point;
  }
  throw new Error('no point for a block'); // 2^-256
}

/** The block of a point, or null where it does not decode. */
export function readBlock(point) {
  if (point.is0()) return null;
  const bytes = pointBytes(point);
  return bytes[1] === 0 && (bytes[64] & 1) === 0 ? bytes.slice(2, 32) : null;
}

export function embedAll(inner) {
  const points = [];
  for (let i = 0; i < inner.length; i += BLOCK) points.push(embed(inner.subarray(i, i + BLOCK)));
  return points;
}

/** C_0 = t·G, C_k = P_k + t·B_k; committeeKey: the points B_1, …; t secret. */
export const sealOuter = (committeeKey, points, t) => [
  G.multiply(t),
  ...points.map((P, k) => P.add(committeeKey[k].multiply(t))),
];

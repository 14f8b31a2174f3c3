// P-256: points of 65 bytes, scalars of 32 (protocol, section 2).
//
// `Point.multiply` is the library's ladder with a fixed number of steps, used wherever the scalar is
// secret; JavaScript's integers promise no constant time all the same. `multiplyVartime` is for what
// is public.

import { p256 } from '@noble/curves/nist.js';
import { randomBytes } from '@noble/hashes/utils.js';

import { concat, hex, integer, toBigInt } from './bytes.js';

export const Point = p256.Point;
export const G = Point.BASE;
export const INFINITY = Point.ZERO;
export const ORDER = Point.Fn.ORDER;
export const PRIME = Point.Fp.ORDER;

/** 65 bytes, uncompressed SEC1, on the curve, coordinates below p; all else is refused. */
export function readPoint(bytes) {
  if (bytes.length !== 65 || bytes[0] !== 4) throw new RangeError('not a point: 65 bytes beginning with 04 expected');
  const x = toBigInt(bytes.subarray(1, 33));
  const y = toBigInt(bytes.subarray(33));
  if (x >= PRIME || y >= PRIME) throw new RangeError('not a point: coordinate not below p');
  const point = Point.fromAffine({ x, y });
  point.assertValidity();
  return point;
}

/** 65 bytes; the point at infinity has no encoding and is an error. */
export function pointBytes(point) {
  const { x, y } = point.toAffine();
  if (point.is0()) throw new RangeError('the point at infinity has no encoding');
  return concat(Uint8Array.of(4), integer(x, 32), integer(y, 32));
}

/** x(P): 32 bytes, always */
export const xBytes = (point) => pointBytes(point).slice(1, 33);

/** The point with this x and even y, or null where x is no x of the curve. */
export function liftX(x) {
  if (x.length !== 32 || toBigInt(x) >= PRIME) return null;
  try {
    return Point.fromHex(`02${hex(x)}`);
  } catch {
    return null;
  }
}

export function readScalar(bytes) {
  if (bytes.length !== 32) throw new RangeError('not a scalar: 32 bytes expected');
  const k = toBigInt(bytes);
  if (k >= ORDER) throw new RangeError('not a scalar: not below n');
  return k;
}

export const scalarBytes = (k) => integer(k, 32);

/** Arithmetic modulo n. */
export const mod = (k) => ((k % ORDER) + ORDER) % ORDER;

/** k·P for a public scalar, zero too. */
export const multiplyVartime = (point, k) => point.multiplyUnsafe(k);

/** A fresh secret scalar, uniform in [1, n): 48 bytes of the system's generator, mod n. */
export function randomScalar() {
  for (;;) {
    const k = toBigInt(randomBytes(48)) % ORDER;
    if (k !== 0n) return k;
  }
}

export const randomSeed = () => randomBytes(16);

/** Makes the table with which later products of this very point object are fast. */
export function table(point) {
  return point.precompute(6, false);
}

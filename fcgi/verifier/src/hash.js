// Hashes of PROTOCOL 2: to bytes, to a scalar, to the group; and the mask of the inner envelope.
import { p256_hasher } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ascii, concat, lp, number, u8 } from './bytes.js';
import { N } from './group.js';

export { sha256 };
export const V = 'VEMRE-V1:';

/** Hb(label, x1, …) = SHA-256( lp(V‖label) ‖ lp(x1) ‖ … ) */
export function Hb(label, ...parts) {
	const h = sha256.create().update(lp(ascii(V + label)));
	for (const part of parts)
		h.update(lp(part));
	return h.digest();
}

/** expand_message_xmd with SHA-256 (RFC 9380 5.3.1) */
function expand(message, dst, length) {
	const dstPrime = concat(dst, u8(dst.length));
	const b0 = sha256(concat(new Uint8Array(64), message, Uint8Array.of(length >>> 8, length, 0), dstPrime));
	const blocks = [sha256(concat(b0, u8(1), dstPrime))];
	for (let i = 2; blocks.length * 32 < length; i++) {
		const mixed = b0.map((byte, j) => byte ^ blocks[blocks.length - 1][j]);
		blocks.push(sha256(concat(mixed, u8(i), dstPrime)));
	}
	return concat(...blocks).subarray(0, length);
}

/** Hs(label, x1, …): a scalar */
export function Hs(label, ...parts) {
	return number(expand(concat(...parts.map(lp)), ascii(V + label), 48)) % N;
}

/** Hp(label, m): a point whose discrete logarithm nobody knows */
export function Hp(label, message) {
	return p256_hasher.hashToCurve(message, { DST: V + label }).toAffine();
}

/** HKDF-SHA-256(ikm, salt, info = V‖"inner-mask"‖ctx) */
export function innerMask(z, x, ctx, length) {
	return hkdf(sha256, z, x, concat(ascii(`${V}inner-mask`), ctx), length);
}

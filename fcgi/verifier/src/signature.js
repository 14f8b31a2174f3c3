// ECDSA of PROTOCOL 2: P-256, SHA-256, DER in its one form, s in the lower half.
import { number } from './bytes.js';
import { G, N, inverse, sum } from './group.js';
import { sha256 } from './hash.js';

/** One INTEGER at `at`: positive, in its shortest form. [value, where the next begins], or null. */
function integer(der, at) {
	const length = der[at + 1];
	const from = at + 2;
	if (der[at] !== 2 || !(length >= 1 && length <= 33) || from + length > der.length)
		return null;
	if (der[from] >= 0x80 || (der[from] === 0 && length > 1 && der[from + 1] < 0x80))
		return null;
	return [number(der.subarray(from, from + length)), from + length];
}

function readDer(der) {
	if (der === null || der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2)
		return null;
	const r = integer(der, 2);
	const s = r && integer(der, r[1]);
	if (!s || s[1] !== der.length)
		return null;
	return { r: r[0], s: s[0] };
}

export function isSigned(message, der, publicKey) {
	const signature = readDer(der);
	if (signature === null)
		return false;
	const { r, s } = signature;
	if (r === 0n || r >= N || s === 0n || s > N / 2n)
		return false;
	const i = inverse(s, N);
	const point = sum([G, publicKey], [number(sha256(message)) * i, r * i]);
	return point !== null && point.x % N === r;
}

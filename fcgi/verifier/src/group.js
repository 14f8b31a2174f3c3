// The group: NIST P-256, points as affine {x, y}, infinity as null. Everything here is public data, so
// nothing is constant-time. Sums of many products by buckets (Pippenger) over Jacobian coordinates with
// a = -3 (Explicit-Formulas Database: dbl-2001-b, madd-2007-bl, add-2007-bl), with the cases that those
// formulas exclude (equal points, opposite points, infinity) handled: PROTOCOL 8 says they are lawful.
import { p256 } from '@noble/curves/nist.js';
import { Fault, concat, number } from './bytes.js';

export const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
export const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
export const G = {
	x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
	y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

export function mod(a, m = P) {
	const r = a % m;
	return r < 0n ? r + m : r;
}

/** 1/a mod m, for a not 0 mod the prime m */
export function inverse(a, m = P) {
	let [r0, r1, s0, s1] = [m, mod(a, m), 0n, 1n];
	while (r1 !== 0n) {
		const q = r0 / r1;
		[r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
	}
	return mod(s0, m);
}

function power(base, exponent) {
	let out = 1n;
	for (const bit of exponent.toString(2)) {
		out = out * out % P;
		if (bit === '1')
			out = out * base % P;
	}
	return out;
}

function rightSide(x) {
	return mod((x * x - 3n) * x + B);
}

export function bytes32(n) {
	const text = n.toString(16).padStart(64, '0');
	const out = new Uint8Array(32);
	for (let i = 0; i < 32; i++)
		out[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return out;
}

/** A point of 65 bytes, 04 ‖ x ‖ y, on the curve. */
export function readPoint(bytes, where) {
	const bad = (es, en) => new Fault(`${where}: ${es}`, `${where}: ${en}`);
	if (bytes === null || bytes.length !== 65 || bytes[0] !== 4)
		throw bad('no es un punto de 65 bytes sin comprimir', 'is not an uncompressed point of 65 bytes');
	const x = number(bytes.subarray(1, 33));
	const y = number(bytes.subarray(33, 65));
	if (x >= P || y >= P)
		throw bad('una coordenada no es menor que p', 'a coordinate is not below p');
	if (y * y % P !== rightSide(x))
		throw bad('el punto no está en la curva', 'the point is not on the curve');
	return { x, y };
}

export function writePoint(point) {
	return concat(Uint8Array.of(4), bytes32(point.x), bytes32(point.y));
}

export function readScalar(bytes, where) {
	if (bytes === null || bytes.length !== 32)
		throw new Fault(`${where}: no es un escalar de 32 bytes`, `${where}: is not a scalar of 32 bytes`);
	const k = number(bytes);
	if (k >= N)
		throw new Fault(`${where}: el escalar no es menor que n`, `${where}: the scalar is not below n`);
	return k;
}

/** The point of that x with even y; null where x is no x of the curve. */
export function liftX(x) {
	if (x >= P)
		return null;
	const square = rightSide(x);
	const y = power(square, (P + 1n) / 4n);	// p = 3 mod 4
	if (y * y % P !== square)
		return null;
	return { x, y: y % 2n === 0n ? y : P - y };
}

export function samePoint(a, b) {
	return a === null || b === null ? a === b : a.x === b.x && a.y === b.y;
}

export function negate(a) {
	return a === null ? null : { x: a.x, y: mod(-a.y) };
}

/** a + b, by the textbook */
export function add(a, b) {
	if (a === null || b === null)
		return a ?? b;
	if (a.x === b.x && a.y !== b.y)
		return null;
	const slope = a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y) : (b.y - a.y) * inverse(b.x - a.x);
	const x = mod(slope * slope - a.x - b.x);
	return { x, y: mod(slope * (a.x - x) - a.y) };
}

// ---- Jacobian coordinates: x = X/Z², y = Y/Z³, infinity where Z = 0

const INFINITY = { X: 1n, Y: 1n, Z: 0n };

function double(p) {
	if (p.Z === 0n)
		return p;
	const delta = p.Z * p.Z % P;
	const gamma = p.Y * p.Y % P;
	const beta = p.X * gamma % P;
	const alpha = 3n * (p.X - delta) * (p.X + delta) % P;
	const X = mod(alpha * alpha - 8n * beta);
	const Z = 2n * p.Y * p.Z % P;
	const Y = mod(alpha * (4n * beta - X) - 8n * gamma * gamma);
	return { X, Y, Z };
}

/** p + q, q affine */
function addAffine(p, x2, y2) {
	if (p.Z === 0n)
		return { X: x2, Y: y2, Z: 1n };
	const zz = p.Z * p.Z % P;
	const h = mod(x2 * zz - p.X);
	const r = mod(y2 * p.Z % P * zz - p.Y);
	if (h === 0n)
		return r === 0n ? double(p) : INFINITY;
	const hh = h * h % P;
	const hhh = h * hh % P;
	const v = p.X * hh % P;
	const X = mod(r * r - hhh - 2n * v);
	return { X, Y: mod(r * (v - X) - p.Y * hhh), Z: p.Z * h % P };
}

function addJacobian(p, q) {
	if (p.Z === 0n)
		return q;
	if (q.Z === 0n)
		return p;
	const pp = p.Z * p.Z % P;
	const qq = q.Z * q.Z % P;
	const u = p.X * qq % P;
	const s = p.Y * q.Z % P * qq % P;
	const h = mod(q.X * pp - u);
	const r = mod(q.Y * p.Z % P * pp - s);
	if (h === 0n)
		return r === 0n ? double(p) : INFINITY;
	const hh = h * h % P;
	const hhh = h * hh % P;
	const v = u * hh % P;
	const X = mod(r * r - hhh - 2n * v);
	return { X, Y: mod(r * (v - X) - s * hhh), Z: p.Z * q.Z % P * h % P };
}

function affine(p) {
	if (p.Z === 0n)
		return null;
	const i = inverse(p.Z);
	const ii = i * i % P;
	return { x: p.X * ii % P, y: p.Y * ii % P * i % P };
}

/** Signed digits of base 2^width, least first, each in (-2^(width-1), 2^(width-1)]. */
function digits(scalar, width, count) {
	const words = new Uint32Array(10);
	const text = scalar.toString(16).padStart(64, '0');
	for (let i = 0; i < 8; i++)
		words[i] = parseInt(text.slice(56 - 8 * i, 64 - 8 * i), 16);
	const out = new Int32Array(count);
	const full = 1 << width;
	let carry = 0;
	for (let i = 0; i < count; i++) {
		const bit = i * width;
		const word = bit >>> 5;
		const shift = bit & 31;
		let digit = word < 9 ? words[word] >>> shift : 0;
		if (shift + width > 32)
			digit |= words[word + 1] << (32 - shift);
		digit = (digit & (full - 1)) + carry;
		carry = digit > full >>> 1 ? 1 : 0;
		out[i] = carry ? digit - full : digit;
	}
	return out;
}

/** The width that makes the fewest additions: n in each window, two per bucket. */
function bestWidth(n, bits) {
	let best = 2;
	const cost = (width) => Math.ceil((bits + 1) / width) * (n + (1 << width));
	for (let width = 3; width <= 14; width++)
		if (cost(width) < cost(best))
			best = width;
	return best;
}

/** Σ scalars[i]·points[i]; points may be null (infinity), scalars any integers. */
export function sum(points, scalars) {
	const xs = [], ys = [], ks = [];
	let greatest = 0n;
	for (let i = 0; i < points.length; i++) {
		const k = mod(scalars[i], N);
		if (k === 0n || points[i] === null)
			continue;
		xs.push(points[i].x);
		ys.push(points[i].y);
		ks.push(k);
		if (k > greatest)
			greatest = k;
	}
	if (xs.length === 0)
		return null;
	const bits = greatest.toString(2).length;
	const width = bestWidth(xs.length, bits);
	const windows = Math.ceil((bits + 1) / width);
	const expanded = ks.map((k) => digits(k, width, windows));
	let total = INFINITY;
	for (let w = windows - 1; w >= 0; w--) {
		for (let i = 0; i < width; i++)
			total = double(total);
		total = addJacobian(total, windowSum(xs, ys, expanded, w, width));
	}
	return affine(total);
}

/** Σ digit·point for one window: a bucket for each digit, then bucket d counted d times. */
function windowSum(xs, ys, expanded, w, width) {
	const buckets = new Array((1 << (width - 1)) + 1).fill(INFINITY);
	for (let i = 0; i < xs.length; i++) {
		const digit = expanded[i][w];
		if (digit > 0)
			buckets[digit] = addAffine(buckets[digit], xs[i], ys[i]);
		else if (digit < 0)
			buckets[-digit] = addAffine(buckets[-digit], xs[i], P - ys[i]);
	}
	let running = INFINITY;
	let out = INFINITY;
	for (let digit = buckets.length - 1; digit > 0; digit--) {
		running = addJacobian(running, buckets[digit]);
		out = addJacobian(out, running);
	}
	return out;
}

const tables = new Map();

/** k·base for many k: noble's tables, kept. Returns a function from scalar to affine point. */
export function fixedBase(base) {
	const name = `${base.x},${base.y}`;
	if (!tables.has(name))
		tables.set(name, p256.Point.fromAffine(base).precompute(8, false));
	const point = tables.get(name);
	return (k) => {
		const scalar = mod(k, N);
		return scalar === 0n ? null : point.multiplyUnsafe(scalar).toAffine();
	};
}

// Bytes and how they are read: PROTOCOL 2. A reader refuses what is too short, too long or out of range;
// it never guesses. A Fault says in both languages what is wrong with the record; it is not a failure of
// this program.

export class Fault extends Error {
	constructor(es, en) {
		super(en);
		this.es = es;
		this.en = en;
	}
}

/** A file that the record should have by now, and has not (yet). */
export class Missing extends Fault {}

export const utf8 = new TextEncoder();

export function ascii(text) {
	return utf8.encode(text);
}

export function concat(...parts) {
	return join(parts);
}

/** concat of a list that may be too long to be arguments */
export function join(parts) {
	let length = 0;
	for (const part of parts)
		length += part.length;
	const out = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

export function u8(n) {
	return Uint8Array.of(n);
}

export function u32(n) {
	return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
}

export function u64(n) {
	const out = new Uint8Array(8);
	new DataView(out.buffer).setBigUint64(0, BigInt(n));
	return out;
}

/** lp(x) = u32(length of x) ‖ x */
export function lp(x) {
	return concat(u32(x.length), x);
}

/** <0, 0, >0 as a comes before b, by bytes */
export function compare(a, b) {
	const shorter = Math.min(a.length, b.length);
	for (let i = 0; i < shorter; i++)
		if (a[i] !== b[i])
			return a[i] - b[i];
	return a.length - b.length;
}

export function equal(a, b) {
	return a.length === b.length && compare(a, b) === 0;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function hex(bytes) {
	let out = '';
	for (const byte of bytes)
		out += HEX[byte];
	return out;
}

/** Bytes of a lower-case hex text, or null; of `length` bytes where it is given. */
export function unhex(text, length) {
	if (typeof text !== 'string' || text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text))
		return null;
	if (length !== undefined && text.length !== 2 * length)
		return null;
	const out = new Uint8Array(text.length / 2);
	for (let i = 0; i < out.length; i++)
		out[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return out;
}

/** Big-endian bytes as a number. */
export function number(bytes) {
	return bytes.length === 0 ? 0n : BigInt('0x' + hex(bytes));
}

/** Names of contests, districts, options, candidates, and the slug. */
export function isName(text) {
	return typeof text === 'string' && text.length <= 40 && /^[a-z0-9-]+$/.test(text);
}

/** The lines of a CSV file: each ends with one LF, the last too; an empty file has none. */
export function lines(bytes, file) {
	if (bytes.length === 0)
		return [];
	if (bytes[bytes.length - 1] !== 0x0a)
		throw new Fault(`${file}: la última línea no termina en LF`, `${file}: the last line does not end with LF`);
	// Every byte as one character: what is not plain ASCII matches no field's form later on.
	const text = new TextDecoder('latin1').decode(bytes.subarray(0, bytes.length - 1));
	return text.split('\n');
}

/** Reads a file from its beginning; whatever asks for more than there is throws a Fault. */
export class Reader {
	constructor(bytes, file) {
		this.bytes = bytes;
		this.file = file;
		this.at = 0;
	}

	fault(es, en) {
		return new Fault(`${this.file}: ${es}`, `${this.file}: ${en}`);
	}

	left() {
		return this.bytes.length - this.at;
	}

	take(length) {
		if (length > this.left())
			throw this.fault(`termina antes de tiempo, en el byte ${this.bytes.length}`,
				`ends too early, at byte ${this.bytes.length}`);
		const out = this.bytes.subarray(this.at, this.at + length);
		this.at += length;
		return out;
	}

	u8() {
		return this.take(1)[0];
	}

	u32() {
		return Number(number(this.take(4)));
	}

	u64() {
		return number(this.take(8));
	}

	/** A count of things of `size` bytes each, all of which the file must still have. */
	count(size) {
		const n = this.u64();
		if (n * BigInt(size) > BigInt(this.left()))
			throw this.fault(`anuncia ${n} elementos y no están`, `announces ${n} items that are not there`);
		return Number(n);
	}

	/** u8 len ‖ name */
	name() {
		return new TextDecoder('latin1').decode(this.take(this.u8()));
	}

	magic(text, eid) {
		if (!equal(this.take(4), ascii(text)))
			throw this.fault(`no empieza con ${text}`, `does not begin with ${text}`);
		if (!equal(this.take(32), eid))
			throw this.fault('es de otra elección', 'is of another election');
	}

	end() {
		if (this.left() !== 0)
			throw this.fault(`sobran ${this.left()} bytes al final`, `has ${this.left()} trailing bytes`);
	}
}

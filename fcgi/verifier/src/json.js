// A strict reader of JSON (RFC 8259): JSON.parse takes the last of two equal keys, PROTOCOL 2 refuses both.
// Objects become Maps (a key may well be called __proto__), integers BigInts, so that two values are equal
// exactly when their JSON is. Also refused: a byte-order mark, text that is not UTF-8, lone surrogates.
import { Fault } from './bytes.js';

const DEEPEST = 64;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LONGEST_NUMBER = 40;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Parser {
	constructor(text, file) {
		this.text = text;
		this.file = file;
		this.at = 0;
	}

	fault(es, en) {
		const line = this.text.slice(0, this.at).split('\n').length;
		return new Fault(`${this.file}: línea ${line}: ${es}`, `${this.file}: line ${line}: ${en}`);
	}

	space() {
		while (' \t\n\r'.includes(this.text.charAt(this.at)) && this.at < this.text.length)
			this.at++;
	}

	is(character) {
		if (this.text.charAt(this.at) !== character)
			return false;
		this.at++;
		return true;
	}

	need(character) {
		if (!this.is(character))
			throw this.fault(`se esperaba «${character}»`, `"${character}" expected`);
	}

	value(depth) {
		if (depth > DEEPEST)
			throw this.fault('demasiados niveles', 'too many levels');
		this.space();
		const c = this.text.charAt(this.at);
		let out;
		if (c === '{')
			out = this.object(depth);
		else if (c === '[')
			out = this.array(depth);
		else if (c === '"')
			out = this.string();
		else
			out = this.word();
		this.space();
		return out;
	}

	object(depth) {
		const out = new Map();
		this.need('{');
		this.space();
		if (this.is('}'))
			return out;
		do {
			this.space();
			const key = this.string();
			if (out.has(key))
				throw this.fault(`la clave «${key}» está dos veces`, `the key "${key}" is there twice`);
			this.space();
			this.need(':');
			out.set(key, this.value(depth + 1));
		} while (this.is(','));
		this.need('}');
		return out;
	}

	array(depth) {
		const out = [];
		this.need('[');
		this.space();
		if (this.is(']'))
			return out;
		do
			out.push(this.value(depth + 1));
		while (this.is(','));
		this.need(']');
		return out;
	}

	string() {
		let out = '';
		this.need('"');
		for (;;) {
			const c = this.text.charAt(this.at++);
			if (c === '"')
				break;
			if (c < ' ')	// the end of the text, too
				throw this.fault('un texto no termina o tiene un carácter de control',
					'a string does not end, or has a control character');
			out += c === '\\' ? this.escape() : c;
		}
		if (out.includes('\0'))
			throw this.fault('un texto tiene un carácter nulo', 'a string has a null character');
		if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(out))
			throw this.fault('un texto tiene medio carácter', 'a string has a lone surrogate');
		return out;
	}

	escape() {
		const c = this.text.charAt(this.at++);
		if (c === 'u') {
			const digits = this.text.slice(this.at, this.at + 4);
			if (/^[0-9a-fA-F]{4}$/.test(digits)) {
				this.at += 4;
				return String.fromCharCode(parseInt(digits, 16));
			}
		} else if (c !== '' && Object.hasOwn(ESCAPES, c))
			return ESCAPES[c];
		throw this.fault('una secuencia de escape no es de JSON', 'an escape that is not JSON');
	}

	word() {
		for (const [word, value] of [['true', true], ['false', false], ['null', null]])
			if (this.text.startsWith(word, this.at)) {
				this.at += word.length;
				return value;
			}
		NUMBER.lastIndex = this.at;
		const found = NUMBER.exec(this.text);
		if (found === null || found[0].length > LONGEST_NUMBER)
			throw this.fault('no es un valor de JSON', 'not a JSON value');
		this.at += found[0].length;
		return /^-?[0-9]+$/.test(found[0]) ? BigInt(found[0]) : Number(found[0]);
	}
}

export function parseJson(bytes, file) {
	let text;
	try {
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw new Fault(`${file}: no es UTF-8`, `${file}: is not UTF-8`);
	}
	const parser = new Parser(text, file);
	const value = parser.value(0);
	if (parser.at !== text.length)
		throw parser.fault('sobra texto al final', 'trailing text');
	return value;
}

/** Equal as JSON values: the order of keys does not matter, that of items does. */
export function sameJson(a, b) {
	if (a instanceof Map)
		return b instanceof Map && a.size === b.size && [...a].every(([k, v]) => b.has(k) && sameJson(v, b.get(k)));
	if (Array.isArray(a))
		return Array.isArray(b) && a.length === b.length && a.every((v, i) => sameJson(v, b[i]));
	return a === b;
}

/** Reads the fields of one object: asks for each by name and form, then refuses those nobody asked for. */
export class Fields {
	constructor(value, file, place = '') {
		this.file = file;
		this.place = place;
		if (!(value instanceof Map))
			throw this.fault('', 'no es un objeto', 'is not an object');
		this.map = value;
		this.known = new Set();
	}

	fault(name, es, en) {
		const where = [this.place, name].filter((part) => part !== '').join('.');
		const at = where === '' ? this.file : `${this.file}: ${where}`;
		return new Fault(`${at}: ${es}`, `${at}: ${en}`);
	}

	has(name) {
		this.known.add(name);
		return this.map.has(name);
	}

	get(name, test, es, en) {
		if (!this.has(name))
			throw this.fault(name, 'falta', 'is missing');
		const value = this.map.get(name);
		if (!test(value))
			throw this.fault(name, es, en);
		return value;
	}

	text(name) {
		return this.get(name, (v) => typeof v === 'string' && v !== '', 'no es un texto', 'is not a text');
	}

	one(name, allowed) {
		return this.get(name, (v) => allowed.includes(v), `no es ${allowed.join(', ')}`, `is not ${allowed.join(', ')}`);
	}

	integer(name, least, most) {
		return Number(this.get(name, (v) => typeof v === 'bigint' && v >= BigInt(least) && v <= BigInt(most),
			`no es un entero de ${least} a ${most}`, `is not an integer from ${least} to ${most}`));
	}

	boolean(name) {
		return this.get(name, (v) => typeof v === 'boolean', 'no es true ni false', 'is neither true nor false');
	}

	array(name) {
		return this.get(name, Array.isArray, 'no es una lista', 'is not a list');
	}

	end() {
		for (const name of this.map.keys())
			if (!this.known.has(name))
				throw this.fault('', `campo desconocido «${name}»`, `unknown field "${name}"`);
	}
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i;

/** Milliseconds of an RFC 3339 date and time, or null. */
export function instant(text) {
	const found = typeof text === 'string' ? RFC3339.exec(text) : null;
	if (found === null)
		return null;
	const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
	const [offsetHour, offsetMinute] = [Number(found[9] ?? 0), Number(found[10] ?? 0)];
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	if (month < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
		return null;
	if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59)
		return null;
	const sign = found[8] === '-' ? 1 : -1;
	const minutes = date.getTime() / 60000 + 60 * hour + minute + sign * (60 * offsetHour + offsetMinute);
	if (second === 60 && !isLeapMinute(minutes))
		return null;
	return 60000 * minutes + 1000 * (second + Number(found[7] ?? 0));
}

/** A second 60 is inserted in the last minute of a month of UTC alone (RFC 3339 5.7). */
function isLeapMinute(minutes) {
	const next = new Date(60000 * (minutes + 1));
	return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
}

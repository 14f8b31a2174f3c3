// The small signed or published files: keys.json, opening.json, seal.json (PROTOCOL 3 and 11).
import { ascii, concat, equal, unhex, u64, Fault } from './bytes.js';
import { readPoint } from './group.js';
import { V } from './hash.js';
import { Fields, instant, parseJson } from './json.js';
import { isSigned } from './signature.js';

function open(bytes, file) {
	const fields = new Fields(parseJson(bytes, file), file);
	fields.one('format', ['VEMRE-V1']);
	return fields;
}

function points(fields, name) {
	return fields.array(name).map((text, i) => readPoint(unhex(text), `${fields.file}: ${name}[${i}]`));
}

function point(fields, name) {
	return readPoint(unhex(fields.text(name)), `${fields.file}: ${name}`);
}

function hash(fields, name) {
	return unhex(fields.get(name, (v) => unhex(v, 32) !== null, 'no es SHA-256 en hexadecimal', 'is not SHA-256 in hex'));
}

// 39 characters at most: seconds to a fraction nobody needs (doc/decisions.md).
function time(fields, name) {
	return fields.get(name, (v) => instant(v) !== null && v.length < 40, 'no es fecha y hora (RFC 3339)', 'is no date and time (RFC 3339)');
}

export function readKeys(bytes, definition) {
	const fields = open(bytes, 'keys.json');
	fields.one('election', [definition.id]);
	const members = fields.array('members').map((value, i) => {
		const member = new Fields(value, fields.file, `members[${i}]`);
		member.integer('card', i + 1, i + 1);
		member.get('name', (v) => typeof v === 'string', 'no es un texto', 'is not a text');
		member.end();
	});
	const threshold = fields.integer('threshold', 2, members.length);
	const commitments = points(fields, 'commitments');
	if (commitments.length !== threshold)
		throw fields.fault('commitments', `no son ${threshold}`, `are not ${threshold}`);
	const out = { committee: points(fields, 'committee_key'), election: point(fields, 'election_key') };
	if (out.committee.length !== 4 || new Set(out.committee.map((b) => `${b.x},${b.y}`)).size !== 4)
		throw fields.fault('committee_key', 'no son cuatro puntos distintos', 'are not four distinct points');
	fields.end();
	return out;
}

export function readOpening(bytes, definition) {
	const fields = open(bytes, 'opening.json');
	fields.one('election', [definition.id]);
	const out = { systemKeys: points(fields, 'system_keys'), registrar: point(fields, 'registrar_key') };
	if (out.systemKeys.length === 0)
		throw fields.fault('system_keys', 'no hay ninguna', 'there is none');
	hash(fields, 'system_hash');
	time(fields, 'opened');
	fields.end();
	return out;
}

/** The seal, against the box and the reissues as they are: `box` and `reissues` are their SHA-256. */
export function checkSeal(bytes, { definition, opening, eid, box, reissues, ballots }) {
	const fields = open(bytes, 'seal.json');
	const same = (name, expected, es, en) => {
		if (!equal(hash(fields, name), expected))
			throw fields.fault(name, es, en);
	};
	same('eid', eid, 'es de otra elección', 'is of another election');
	same('box_sha256', box, 'no es el de la urna', 'is not that of the box');
	same('reissues_sha256', reissues, 'no es el de las reposiciones', 'is not that of the reissues');
	if (fields.integer('ballots', 0, Number.MAX_SAFE_INTEGER) !== ballots)
		throw fields.fault('ballots', `en la urna hay ${ballots}`, `there are ${ballots} in the box`);
	const closed = time(fields, 'closed');
	if (instant(closed) < definition.closes)
		throw fields.fault('closed', 'es antes de la hora de cierre', 'is before the time of closing');
	const signature = unhex(fields.text('signature'));
	fields.end();
	const signed = concat(ascii(`${V}seal`), eid, box, reissues, u64(ballots), ascii(closed));
	if (signature === null || !opening.systemKeys.some((key) => isSigned(signed, signature, key)))
		throw new Fault('seal.json: la firma no es de una llave del sistema', 'seal.json: not signed by a system key');
}

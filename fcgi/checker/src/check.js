// The check of a ballot that was opened instead of cast (PROTOCOL 8, end). It stands on the second verifier's reading,
// hashes and group (../../verifier), written from doc/protocol.md alone: nothing of the page that sealed the ballot.

import { Fault, Reader, ascii, concat, equal, hex, number, unhex } from '../../verifier/src/bytes.js';
import { classify } from '../../verifier/src/count.js';
import { readDefinition } from '../../verifier/src/definition.js';
import { G, add, liftX, readPoint, readScalar, samePoint, sum } from '../../verifier/src/group.js';
import { Hb, Hs, sha256 } from '../../verifier/src/hash.js';
import { Fields, parseJson } from '../../verifier/src/json.js';
import { readKeys, readOpening } from '../../verifier/src/keys.js';
import { sealer } from '../../verifier/src/openings.js';
import { readCredentials } from '../../verifier/src/rights.js';

export const TESTS = ['form', 'files', 'eid', 'tracker', 'credential', 'listed', 'contests', 'envelopes', 'proofs'];
const FILE = 'apertura';
const BLOCK = 30;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The first 100 bits of 32 bytes, as people read them. */
export function codeOf(hash) {
	let bits = number(hash.subarray(0, 13)) >> 4n;
	let out = '';
	for (let i = 0; i < 20; i++, bits >>= 5n)
		out = ALPHABET[Number(bits & 31n)] + out;
	return out.match(/.{5}/g).join('-');
}

/** As somebody types it: I and L are 1, O is 0; dashes and spaces do not matter. Null: not a code. */
export function readCode(typed) {
	const text = typed.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
	return /^[0-9A-HJKMNP-TV-Z]{20}$/.test(text) ? text.match(/.{5}/g).join('-') : null;
}

/** The opening file's fields: {ballot, contests: [{contest, seed, plain, t}]} */
function readForm(bytes) {
	const fields = new Fields(parseJson(bytes, FILE), FILE);
	const bytesOf = (f, name, length) => unhex(f.get(name, (v) => unhex(v, length) !== null, 'no es hexadecimal de ese largo',
		'is not hex of that length'));
	fields.one('format', ['VEMRE-V1']);
	const ballot = bytesOf(fields, 'ballot');
	const contests = fields.array('contests').map((value, i) => {
		const f = new Fields(value, FILE, `contests[${i}]`);
		const out = { contest: f.text('contest'), seed: bytesOf(f, 'seed', 16), plain: bytesOf(f, 'plain'), t: bytesOf(f, 't', 32) };
		f.end();
		return { ...out, t: readScalar(out.t, `${FILE}: contests[${i}].t`) };
	});
	fields.end();
	return { ballot, contests };
}

/** The unsigned ballot, nothing after it: a signed one must never be given out. */
function readUnsigned(bytes) {
	const reader = new Reader(bytes, FILE);
	const point = (what) => {
		const raw = reader.take(65);
		return { raw, ...readPoint(raw, `${FILE}: ${what}`) };
	};
	if (!equal(reader.take(4), ascii('VMB1')))
		throw reader.fault('no es una boleta', 'is no ballot');
	const eid = reader.take(32);
	const credential = point('credential');
	const envelopes = Array.from({ length: reader.u8() }, () => {
		const name = reader.name();
		const width = reader.u8();
		const c = Array.from({ length: width + 1 }, (_, k) => point(`${name}: C_${k}`));
		return { name, width, c, a: point(`${name}: A'`), z: readScalar(reader.take(32), `${FILE}: ${name}: z`) };
	});
	reader.end();
	return { eid, credential, envelopes };
}

/** The published files; eid over their bytes as they are. */
function readFiles(files) {
	const definition = readDefinition(files['election.json']);
	const keys = readKeys(files['keys.json'], definition);
	readOpening(files['opening.json'], definition);
	const credentials = readCredentials(files['credentials.csv'], definition);
	const order = ['election.json', 'keys.json', 'credentials.csv', 'opening.json'];
	const eid = Hb('election', ...order.map((name) => sha256(files[name])));
	return { definition, keys, credentials, eid, names: parseJson(files['election.json'], 'election.json') };
}

/** A block of 30 bytes as a point: x = 00 ‖ block ‖ ctr, the first on the curve, y even (PROTOCOL 7). */
function embed(block) {
	for (let ctr = 0; ctr < 256; ctr++) {
		const point = liftX(number(concat(Uint8Array.of(0), block, Uint8Array.of(ctr))));
		if (point !== null)
			return point;
	}
	return null;
}

/** Both envelopes made again from seed, plain and t: the same points? */
function sealsAgain(envelope, opened, seal, { keys, eid }) {
	const inner = seal(Hb('inner', eid, ascii(envelope.name)), opened.seed, opened.plain);
	if (inner === null || inner.length !== BLOCK * envelope.width || !samePoint(envelope.c[0], sum([G], [opened.t])))
		return false;
	for (let k = 1; k <= envelope.width; k++) {
		const block = embed(inner.subarray(BLOCK * (k - 1), BLOCK * k));
		if (block === null || !samePoint(envelope.c[k], add(block, sum([keys.committee[k - 1]], [opened.t]))))
			return false;
	}
	return true;
}

function proofHolds(envelope, ballot) {
	const e = Hs('ballot-pok', Hb('ballot', ballot.eid, ballot.credential.raw), ascii(envelope.name),
		concat(...envelope.c.map((p) => p.raw)), envelope.a.raw);
	return sum([G, envelope.a, envelope.c[0]], [envelope.z, -1n, -e]) === null;
}

const sameNames = (a, b) => a.length === b.length && a.every((v, i) => v === b[i]);

/** What a plain vote says, by the names of the definition: {office, as, options: [names], candidate, text} */
function inWords(contest, plain, names) {
	const found = names.get('contests').find((c) => c.get('id') === contest.id);
	const counted = classify(plain, contest);
	const marked = (counted.as === 'option' ? [counted.option] : counted.options ?? []).map((i) => found.get('options')[i]);
	const partyNames = (option) => option.get('parties').map((id) => names.get('parties').find((p) => p.get('id') === id).get('name'));
	const candidate = marked.length === 0 ? null
		: found.get('candidates').find((c) => c.get('id') === marked[0].get('candidate')).get('name');
	const blank = plain.every((byte) => byte === 0);
	return { office: found.get('office'), as: blank ? 'blank' : counted.as, candidate, text: counted.text ?? null,
		options: marked.flatMap(partyNames) };
}

/**
 * files: {opening (the opening file), 'election.json', 'keys.json', 'opening.json', 'credentials.csv'} as bytes, null where
 * not given; typed: {tracker, credential} as the voter wrote them down, '' for none. Gives
 * {tests: [{id, status: holds | false | open | skipped, fault}], votes, tracker, credential, eid, simulation, good}. `open` is what
 * the voter must compare with their own eyes; `skipped`, what could not be reached.
 */
export function check(files, typed) {
	const tests = new Map(TESTS.map((id) => [id, { id, status: 'skipped', fault: null }]));
	const run = (id, work) => {
		const test = tests.get(id);
		try {
			const value = work();
			test.status = value === 'open' ? 'open' : 'holds';
			return value;
		} catch (fault) {
			if (!(fault instanceof Fault))
				throw fault;
			Object.assign(test, { status: 'false', fault });
			return null;
		}
	};
	const demand = (holds, es, en) => {
		if (!holds)
			throw new Fault(es, en);
	};
	const out = { tracker: null, credential: null, eid: null, simulation: false, votes: [] };
	const compare = (id, code, text) => run(id, () => {
		if (text.trim() === '')
			return 'open';
		demand(readCode(text) === code, `usted escribió ${readCode(text) ?? text}, y es ${code}`, `you wrote ${readCode(text) ?? text}, and it is ${code}`);
		return code;
	});

	const form = run('form', () => {
		const read = readForm(files.opening);
		const ballot = readUnsigned(read.ballot);
		demand(sameNames(ballot.envelopes.map((e) => e.name), read.contests.map((c) => c.contest)),
			'las elecciones del archivo no son las de la boleta', 'the contests of the file are not those of the ballot');
		return { ...read, ballot, tracker: sha256(read.ballot) };
	});
	const election = run('files', () => {
		for (const name of ['election.json', 'keys.json', 'opening.json', 'credentials.csv'])
			demand(files[name] !== null && files[name] !== undefined, `falta ${name}`, `${name} is missing`);
		return readFiles(files);
	});
	if (election !== null) {
		out.eid = hex(election.eid);
		out.simulation = election.definition.simulation;
	}
	if (form !== null) {
		out.tracker = codeOf(form.tracker);
		out.credential = codeOf(sha256(form.ballot.credential.raw));
		compare('tracker', out.tracker, typed.tracker);
		compare('credential', out.credential, typed.credential);
	}
	if (form !== null && election !== null)
		checkBallot(form, election, { run, demand, out });
	out.tests = [...tests.values()];
	out.good = out.tests.every(({ status }) => status === 'holds' || status === 'open');
	return out;
}

function checkBallot({ ballot, contests: opened }, election, { run, demand, out }) {
	run('eid', () => demand(equal(ballot.eid, election.eid), 'la boleta es de otra elección', 'the ballot is of another election'));
	const right = run('listed', () => {
		const found = election.credentials.get(hex(ballot.credential.raw));
		demand(found !== undefined, 'la credencial no está en credentials.csv', 'the credential is not in credentials.csv');
		return found;
	});
	if (right === null)
		return;
	const wanted = election.definition.contests.filter((c) => c.districts.includes(right.district));
	const good = run('contests', () => {
		demand(sameNames(ballot.envelopes.map((e) => `${e.name}/${e.width}`), wanted.map((c) => `${c.id}/${c.width}`)),
			'no son las elecciones de su entidad, en su orden y ancho', 'not the contests of the state, in order and width');
		demand(new Set(ballot.envelopes.map((e) => hex(e.c[0].raw))).size === wanted.length,
			'dos sobres tienen la misma C_0', 'two envelopes have the same C_0');
		return true;
	});
	if (good === null)
		return;
	const sealed = run('envelopes', () => {
		const seal = sealer(election.keys.election);
		ballot.envelopes.forEach((envelope, i) => demand(sealsAgain(envelope, opened[i], seal, election),
			`${envelope.name}: sellado de nuevo no da los mismos sobres`, `${envelope.name}: sealing again does not give the same envelopes`));
		return true;
	});
	run('proofs', () => ballot.envelopes.forEach((envelope) => demand(proofHolds(envelope, ballot),
		`${envelope.name}: la prueba es falsa`, `${envelope.name}: the proof is false`)));
	if (sealed !== null) // what does not seal again says nothing of the vote
		out.votes = wanted.map((contest, i) => inWords(contest, opened[i].plain, election.names));
}

// The box and the ballots in it (PROTOCOL 8 and 9).
import { randomBytes } from '@noble/hashes/utils.js';
import { Fault, Reader, ascii, compare, concat, hex, number } from './bytes.js';
import { G, N, readPoint, readScalar, sum } from './group.js';
import { Hb, Hs, sha256 } from './hash.js';

const SIGNATURE = 65 + 32;	// A_s ‖ z_s

/** [{district, ballot, tracker}] by strictly ascending tracker */
export function readBox(bytes, eid) {
	const reader = new Reader(bytes, 'encrypted-votes.box');
	reader.magic('VMX1', eid);
	const n = reader.count(1 + 1 + 4 + SIGNATURE);
	const out = [];
	for (let i = 0; i < n; i++) {
		const district = reader.name();
		const ballot = reader.take(reader.u32());
		if (ballot.length < SIGNATURE)
			throw reader.fault(`la boleta ${i} es muy corta`, `ballot ${i} is too short`);
		const tracker = sha256(ballot.subarray(0, ballot.length - SIGNATURE));
		if (i > 0 && compare(out[i - 1].tracker, tracker) >= 0)
			throw reader.fault(`la boleta ${i} no sigue en orden a la anterior`, `ballot ${i} is not in order after the one before`);
		out.push({ district, ballot, tracker });
	}
	reader.end();
	return out;
}

/** One ballot's bytes, taken apart; `contests` are those it must have. Proofs are not yet checked. */
export function readBallot(bytes, tracker, eid, contests, where) {
	const reader = new Reader(bytes, where);
	const point = (es) => {
		const raw = reader.take(65);
		return { raw, ...readPoint(raw, `${where}: ${es}`) };
	};
	const scalar = (es) => readScalar(reader.take(32), `${where}: ${es}`);
	reader.magic('VMB1', eid);
	const credential = point('credential');
	if (reader.u8() !== contests.length)
		throw reader.fault('no tiene las elecciones de su entidad', 'has not the contests of its district');
	const ballotHash = Hb('ballot', eid, credential.raw);
	const envelopes = contests.map(({ id, width }) => {
		if (reader.name() !== id || reader.u8() !== width)
			throw reader.fault(`aquí va «${id}», de ancho ${width}`, `"${id}" of width ${width} goes here`);
		const c = Array.from({ length: width + 1 }, (_, k) => point(`${id}: C_${k}`));
		const a = point(`${id}: A'`);
		const z = scalar(`${id}: z`);
		const e = Hs('ballot-pok', ballotHash, ascii(id), concat(...c.map((p) => p.raw)), a.raw);
		return { c, a, z, e };
	});
	const a = point('A_s');
	const z = scalar('z_s');
	reader.end();
	const e = Hs('ballot-signature', credential.raw, a.raw, tracker);
	if (new Set(envelopes.map(({ c }) => hex(c[0].raw))).size !== envelopes.length)
		throw reader.fault('dos sobres tienen la misma C_0', 'two envelopes have the same C_0');
	return { credential, envelopes, a, z, e };
}

/** The Schnorr equations of a ballot, z·G = A + e·X each: knowledge of every t, and the signature. */
function equations(ballot) {
	return [...ballot.envelopes.map(({ c, a, z, e }) => ({ z, a, e, x: c[0] })),
		{ z: ballot.z, a: ballot.a, e: ballot.e, x: ballot.credential }];
}

function holdsAlone({ z, a, e, x }) {
	return sum([G, a, x], [z, -1n, -e]) === null;
}

/** All equations at once, each with its own random 128-bit weight, drawn after all of them are read. */
function allHold(ballots) {
	const points = [G];
	const scalars = [0n];
	for (const { z, a, e, x } of ballots.flatMap(equations)) {
		const weight = number(randomBytes(16));
		scalars[0] += weight * z;
		points.push(a, x);
		scalars.push(-weight, -weight * e % N);
	}
	return sum(points, scalars) === null;
}

/** Every ballot read and checked; faults go to `note`. Returns what the lists are made of. */
export function checkBallots(box, { definition, credentials, mayVote, eid }, note) {
	const contestsOf = new Map(definition.districts.map((district) =>
		[district, definition.contests.filter((contest) => contest.districts.includes(district))]));
	const seen = new Set();
	const out = [];
	box.forEach(({ district, ballot, tracker }, i) => {
		try {
			const where = `encrypted-votes.box[${i}]`;
			const contests = contestsOf.get(district);
			if (contests === undefined)
				throw new Fault(`${where}: la entidad no existe`, `${where}: there is no such district`);
			const read = readBallot(ballot, tracker, eid, contests, where);
			refuseWithoutRight(hex(read.credential.raw), district, { credentials, mayVote, seen }, where);
			out.push({ district, contests, where, ...read });
		} catch (fault) {
			note(fault);
		}
	});
	if (!allHold(out))
		for (const ballot of out)
			if (!equations(ballot).every(holdsAlone))
				note(new Fault(`${ballot.where}: una prueba o la firma es falsa`, `${ballot.where}: a proof or the signature is false`));
	return out;
}

function refuseWithoutRight(credential, district, { credentials, mayVote, seen }, where) {
	const right = credentials.get(credential);
	if (right === undefined)
		throw new Fault(`${where}: la credencial no está en credentials.csv`, `${where}: the credential is not in credentials.csv`);
	if (right.district !== district)
		throw new Fault(`${where}: la entidad no es la de su credencial`, `${where}: the district is not its credential's`);
	if (!mayVote.has(credential))
		throw new Fault(`${where}: la credencial fue repuesta o es una reserva sin entregar`,
			`${where}: the credential was replaced, or is a spare nobody was given`);
	if (seen.has(credential))
		throw new Fault(`${where}: la credencial ya votó`, `${where}: the credential has voted already`);
	seen.add(credential);
}

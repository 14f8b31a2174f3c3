// The opening of the inner envelopes, decrypted-votes.csv (PROTOCOL 6 and 11), and the challenges of
// observers to votes that do not seal again (PROTOCOL 12).
import { Fault, ascii, concat, equal, hex, lines, number, unhex } from './bytes.js';
import { G, bytes32, fixedBase, liftX, negate, readPoint, readScalar, samePoint, sum } from './group.js';
import { Hb, Hs, innerMask } from './hash.js';
import { Fields, parseJson } from './json.js';

const FILE = 'decrypted-votes.csv';
const CHALLENGES = 'challenges.json';
const SEED = 16;
const MOST_ANSWERS = 1000;

function xor(a, b) {
	return a.map((byte, i) => byte ^ b[i]);
}

/** Seals (seed ‖ v) for the election key A: the inner envelope, or null where r·G would be infinity. */
export function sealer(electionKey) {
	const timesG = fixedBase(G);
	const timesA = fixedBase(electionKey);
	return (ctx, seed, v) => {
		const r = Hs('inner-scalar', ctx, seed, v);
		if (r === 0n)
			return null;
		const x = bytes32(timesG(r).x);
		const mask = innerMask(bytes32(timesA(r).x), x, ctx, SEED + v.length);
		return concat(x, xor(concat(seed, v), mask));
	};
}

/** Is that W what makes the envelope a mismatch? Says why not, or null. */
function whyNoMismatch(inner, point, w, { ctx, seal, electionKey }) {
	if (samePoint(point, negate(G)) && !samePoint(w, negate(electionKey)))
		return ['R = −G y W no es −A', 'R = −G and W is not −A'];
	const x = inner.subarray(0, 32);
	const plain = xor(inner.subarray(32), innerMask(bytes32(w.x), x, ctx, inner.length - 32));
	const again = seal(ctx, plain.subarray(0, SEED), plain.subarray(SEED));
	if (again !== null && equal(again, inner))
		return ['con esa W el sobre sí se sella igual', 'with that W the envelope does seal again'];
	return null;
}

const FORM = /^([a-z0-9.-]{1,81}),(0|[1-9][0-9]{0,15}),(valid|undecodable|off-curve|mismatch),([0-9a-f]*),([0-9a-f]*),([0-9a-f]*),([0-9a-f]*)$/;

/** One line against the inner envelope that decryption gave (null: does not decode). {status, plain?, w?} */
function checkLine([status, inner, seed, plain, w], expected, context) {
	const fault = (es, en) => {
		throw new Fault(es, en);
	};
	if (inner !== (expected === null ? '' : hex(expected)))
		fault('el sobre interior no es el que da el descifrado', 'the inner envelope is not what decryption gives');
	const point = expected === null ? null : liftX(number(expected.subarray(0, 32)));
	const must = expected === null ? 'undecodable' : point === null ? 'off-curve' : '';
	if (must === '' ? status !== 'valid' && status !== 'mismatch' : status !== must)
		fault(`no es «${status}»`, `is not "${status}"`);
	if ((status === 'valid') !== (seed !== '' && plain !== '') || (status !== 'valid' && seed + plain !== ''))
		fault('la semilla o el voto sobran o faltan', 'seed or vote extra or missing');
	if ((status === 'mismatch') !== (w !== ''))
		fault('W sobra o falta', 'W extra or missing');
	if (status === 'valid') {
		const v = unhex(plain, expected.length - 32 - SEED);
		const s = unhex(seed, SEED);
		const again = v && s && context.seal(context.ctx, s, v);
		if (!again || !equal(again, expected))
			fault('con esa semilla y ese voto no se sella igual', 'that seed and vote do not seal it again');
		return { status, plain: v };
	}
	if (status !== 'mismatch')
		return { status };
	const wPoint = readPoint(unhex(w), 'W');
	const why = whyNoMismatch(expected, point, wPoint, context);
	if (why !== null)
		fault(...why);
	return { status, r: point, w: wPoint };
}

/**
 * decrypted-votes.csv against the lists that were opened, in the order of results.json. `list.inner` are the
 * envelopes decryption gave. Sets list.votes.
 */
export function checkOpenings(bytes, { opened, eid, electionKey }, note) {
	const all = lines(bytes, FILE);
	const seal = sealer(electionKey);
	let at = 0;
	for (const list of opened) {
		const context = { seal, electionKey, ctx: Hb('inner', eid, ascii(list.contest.id)) };
		list.votes = list.inner.map((inner, idx) => {
			const where = `${FILE}: ${list.name}, ${idx}`;
			const found = FORM.exec(all[at++] ?? '');
			if (found === null || found[1] !== list.name || found[2] !== String(idx))
				throw new Fault(`${where}: aquí va su línea, y no está`, `${where}: its line goes here, and is not`);
			try {
				return checkLine(found.slice(3), inner, context);
			} catch (fault) {
				if (!(fault instanceof Fault))
					throw fault;
				note(new Fault(`${where}: ${fault.es}`, `${where}: ${fault.en}`));
				return null;
			}
		});
	}
	if (at !== all.length)
		throw new Fault(`${FILE}: sobran ${all.length - at} líneas`, `${FILE}: ${all.length - at} extra lines`);
	return at;
}

/** challenges.json; every challenge must hold. Adds the observer to vote.challengedBy. */
export function checkChallenges(bytes, { opened, electionKey }) {
	const fields = new Fields(parseJson(bytes, CHALLENGES), CHALLENGES);
	fields.one('format', ['VEMRE-V1']);
	const all = fields.array('challenges');
	fields.end();
	if (all.length > MOST_ANSWERS)
		throw fields.fault('challenges', `son más de ${MOST_ANSWERS}`, `are more than ${MOST_ANSWERS}`);
	all.forEach((value, i) => {
		const challenge = new Fields(value, CHALLENGES, `challenges[${i}]`);
		const name = challenge.text('list');
		const idx = challenge.integer('idx', 0, Number.MAX_SAFE_INTEGER);
		const observer = challenge.get('observer', (v) => typeof v === 'string', 'no es un texto', 'is not a text');
		const u = scalar(challenge, 'u');
		const v = scalar(challenge, 'v');
		const answer = unhex(challenge.text('answer'), 32);
		challenge.end();
		const vote = opened.find((list) => list.name === name)?.votes[idx];
		if (vote?.status !== 'mismatch')
			throw challenge.fault('', 'ese voto no es de los que no coinciden', 'that vote is no mismatch');
		if (u === 0n)
			throw challenge.fault('u', 'es cero', 'is zero');
		const expected = sum([vote.w, electionKey], [u, v]);
		if (expected === null || sum([vote.r, G], [u, v]) === null)
			throw challenge.fault('', 'da el punto al infinito', 'gives infinity');
		if (answer === null || !equal(answer, bytes32(expected.x)))
			throw challenge.fault('answer', 'no es x(u·W + v·A)', 'is not x(u·W + v·A)');
		(vote.challengedBy ??= []).push(observer);
	});
	return all.length;
}

function scalar(fields, name) {
	return readScalar(unhex(fields.text(name)), `${CHALLENGES}: ${fields.place}.${name}`);
}

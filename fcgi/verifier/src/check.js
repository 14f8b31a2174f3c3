// Every check of PROTOCOL 11, in order, each reported by itself. A check that needs what another found
// false is not made: the verdict is known by then, and its own finding would be an echo.
import { Fault, Missing } from './bytes.js';
import { checkBallots, readBox } from './ballots.js';
import { results } from './count.js';
import { innerEnvelopes, isDecryption, readDecryption } from './decryption.js';
import { readDefinition } from './definition.js';
import { writePoint } from './group.js';
import { Hb, sha256 } from './hash.js';
import { parseJson, sameJson } from './json.js';
import { checkSeal, readKeys, readOpening } from './keys.js';
import { checkLists, expectedLists, readList } from './lists.js';
import { checkChallenges, checkOpenings } from './openings.js';
import { readCredentials, readReissues } from './rights.js';
import { failingChecks, readProof } from './shuffle.js';

export const PHASES = ['opening', 'closing', 'mixing', 'tally'];
export const EXIT = { holds: 0, broken: 1, usage: 2, false: 3, unproved: 7, incomplete: 8 };

/** A vote whose nullity rests on the word of those who opened it: the record holds, and this is said aloud. */
class Unproved extends Fault {}

/** eid = Hb("election", SHA-256 of the four files of the opening) */
async function electionId(record) {
	const hashes = [];
	for (const file of ['election.json', 'keys.json', 'credentials.csv', 'opening.json'])
		hashes.push(sha256(await record.read(file)));
	return Hb('election', ...hashes);
}

async function shuffles(record, s, note) {
	let made = 0;
	for (const list of s.due) {
		const committee = s.keys.committee.slice(0, list.contest.width);
		const context = { eid: s.eid, name: list.name, n: list.ballots.length, committee };
		let before = readList(list.zero, s.eid, list, `lists/${list.name}/0.list`);
		let hin = sha256(list.zero);
		try {
			for (let j = 1; j <= list.mixes; j++) {
				const file = `lists/${list.name}/${j}`;
				const bytes = await record.read(`${file}.list`);
				const after = readList(bytes, s.eid, list, `${file}.list`);
				const hout = sha256(bytes);
				const proof = readProof(await record.read(`${file}.proof`), s.eid, list, `${file}.proof`);
				const failing = failingChecks(proof, before, after, { ...context, hin, hout });
				if (failing.length > 0)
					throw new Fault(`${file}.proof: no se cumple la ecuación ${failing.join(', ')}`,
						`${file}.proof: equation ${failing.join(', ')} does not hold`);
				[before, hin] = [after, hout];
				made++;
			}
			[list.last, list.lastHash] = [before, hin];
		} catch (fault) {
			note(fault);
		}
	}
	return made;
}

async function decryptions(record, s, note) {
	for (const list of s.due)
		try {
			const file = `lists/${list.name}/decryption`;
			const decryption = readDecryption(await record.read(file), s.eid, list, file);
			const committee = s.keys.committee.slice(0, list.contest.width);
			const context = { eid: s.eid, name: list.name, committee, listHash: list.lastHash };
			if (!isDecryption(decryption, list.last[0], context))
				throw new Fault(`${file}: la prueba es falsa`, `${file}: the proof is false`);
			list.inner = innerEnvelopes(list.last, decryption.factors);
		} catch (fault) {
			note(fault);
		}
	return s.due.length;
}

async function reached(record, s) {
	const found = parseJson(await record.read('results.json'), 'results.json');
	if (!sameJson(found, s.results))
		throw new Fault('results.json: no es el cómputo de estos votos', 'results.json: is not the count of these votes');
	return s.results.get('lists').length;
}

/** id, from which phase on, which checks must hold before it; run fills `s` and returns how many things it saw. */
const CHECKS = [
	['definition', 'opening', [], async (record, s) => {
		s.definition = readDefinition(await record.read('election.json'));
		return s.definition.contests.length;
	}],
	['keys', 'opening', ['definition'], async (record, s) => {
		s.keys = readKeys(await record.read('keys.json'), s.definition);
		s.keys.committee.forEach((b) => Object.assign(b, { raw: writePoint(b) }));
		return s.keys.committee.length + 1;
	}],
	['opening', 'opening', ['definition'], async (record, s) => {
		s.opening = readOpening(await record.read('opening.json'), s.definition);
		return s.opening.systemKeys.length;
	}],
	['credentials', 'opening', ['definition'], async (record, s) => {
		s.credentials = readCredentials(await record.read('credentials.csv'), s.definition);
		return s.credentials.size;
	}],
	['reissues', 'closing', ['keys', 'opening', 'credentials'], async (record, s) => {
		const bytes = await record.read('reissues.csv');
		s.reissuesHash = sha256(bytes);
		s.mayVote = readReissues(bytes, s);
		return bytes.filter((byte) => byte === 0x0a).length;
	}],
	['box', 'closing', ['keys', 'opening', 'credentials'], async (record, s) => {
		const bytes = await record.read('encrypted-votes.box');
		s.boxHash = sha256(bytes);
		s.box = readBox(bytes, s.eid);
		return s.box.length;
	}],
	['seal', 'closing', ['reissues', 'box'], async (record, s) => {
		checkSeal(await record.read('seal.json'), { definition: s.definition, opening: s.opening, eid: s.eid,
			box: s.boxHash, reissues: s.reissuesHash, ballots: s.box.length });
		return 1;
	}],
	['ballots', 'closing', ['reissues', 'box'], async (record, s, note) => {
		s.ballots = checkBallots(s.box, s, note);
		return s.ballots.length;
	}],
	['lists', 'mixing', ['ballots'], async (record, s, note) => {
		s.lists = expectedLists(s.definition, s.ballots);
		s.due = await checkLists(record, s, note);
		return s.due.length;
	}],
	['shuffles', 'mixing', ['lists'], shuffles],
	['decryption', 'tally', ['shuffles'], decryptions],
	['votes', 'tally', ['decryption'], async (record, s, note) =>
		checkOpenings(await record.read('decrypted-votes.csv'),
			{ opened: s.due, eid: s.eid, electionKey: s.keys.election }, note)],
	['challenges', 'tally', ['votes'], async (record, s, note) => {
		const made = record.has('challenges.json')
			? checkChallenges(await record.read('challenges.json'), { opened: s.due, electionKey: s.keys.election })
			: 0;
		s.malformed = malformed(s.due);
		for (const { list, idx } of s.malformed.unproved)
			note(new Unproved(`${list}, ${idx}: no coincide, y ningún reto lo prueba`, `${list}, ${idx}: mismatch, and no challenge proves it`));
		return made;
	}],
	['results', 'tally', ['votes'], async (record, s) => {
		s.results = results(s.lists.map((list) => ({ votes: [], ...list })), s.eid);
		return reached(record, s);
	}],
];

/** How many envelopes were malformed, and which mismatches an observer's challenge answers for. */
function malformed(due) {
	const out = { undecodable: 0, 'off-curve': 0, mismatch: 0, challenged: [], unproved: [] };
	for (const list of due)
		list.votes.forEach(({ status, challengedBy }, idx) => {
			if (status === 'valid')
				return;
			out[status]++;
			if (status === 'mismatch' && challengedBy)
				out.challenged.push({ list: list.name, idx, observers: challengedBy });
			else if (status === 'mismatch')
				out.unproved.push({ list: list.name, idx });
		});
	return out;
}

async function runCheck([id, , needs, run], record, s, held) {
	const check = { id, status: 'holds', count: 0, faults: [] };
	const note = (fault) => {
		if (!(fault instanceof Fault))
			throw fault;	// this program's own failure
		check.faults.push(fault);
	};
	if (needs.some((need) => !held.has(need))) {
		check.status = 'skipped';
		return check;
	}
	try {
		check.count = await run(record, s, note);
	} catch (fault) {
		note(fault);
	}
	const only = (...kinds) => check.faults.every((fault) => kinds.some((kind) => fault instanceof kind));
	if (check.faults.length > 0)
		check.status = only(Unproved) ? 'unproved' : only(Unproved, Missing) ? 'incomplete' : 'false';
	return check;
}

function exitOf(report) {
	const some = (status) => report.checks.some((check) => check.status === status);
	if (some('false'))
		return EXIT.false;
	if (some('incomplete') || some('skipped'))
		return EXIT.incomplete;
	return some('unproved') ? EXIT.unproved : EXIT.holds;
}

/**
 * Checks a record: {read(path) → bytes, throws Missing; has(path); files(folder), folders(folder) → names}.
 * `progress` gets each check as it is done.
 */
export async function checkRecord(record, until = 'tally', progress = async () => {}) {
	const s = {};
	const held = new Set();
	const report = { until, eid: null, checks: [] };
	for (const check of CHECKS) {
		if (PHASES.indexOf(check[1]) > PHASES.indexOf(until))
			break;
		if (check[1] !== 'opening' && s.eid === undefined && held.size === 4)
			s.eid = await electionId(record);
		const done = await runCheck(check, record, s, held);
		if (done.status === 'holds')
			held.add(done.id);
		report.checks.push(done);
		await progress(done);
	}
	if (held.size >= 4 && s.eid === undefined)
		s.eid = await electionId(record);
	report.eid = s.eid ?? null;
	report.results = held.has('results') ? s.results : null;
	report.state = s;
	report.malformed = s.malformed ?? null;
	report.exit = exitOf(report);
	return report;
}

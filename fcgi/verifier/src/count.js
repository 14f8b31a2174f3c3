// The count (DESIGN 7), made again from the opened votes, as the JSON value that results.json must be.
import { hex, number } from './bytes.js';

const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\ufeff\u2028\u2029]/;
const NULL = { as: 'null' };

/** The text of a vote, or null where it makes the vote null outright. */
function textOf(bytes, writeInBytes) {
	const zero = bytes.indexOf(0);
	const length = zero < 0 ? bytes.length : zero;
	if (length > writeInBytes || bytes.subarray(length).some((byte) => byte !== 0))
		return null;
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
		return FORBIDDEN.test(text) ? null : text;
	} catch {
		return null;
	}
}

/** What a plain vote counts as: {as: option | combination | unregistered | null, …} */
export function classify(plain, contest) {
	const marks = number(plain.subarray(0, 8));
	const text = textOf(plain.subarray(8), contest.writeInBytes);
	const writeIn = contest.writeInBytes > 0 ? contest.options.length : -1;
	if (text === null || marks >> BigInt(contest.options.length + (writeIn < 0 ? 0 : 1)) !== 0n)
		return NULL;
	const marked = [];
	for (let i = 0; i <= contest.options.length; i++)
		if (marks >> BigInt(i) & 1n)
			marked.push(i);
	if (marked.includes(writeIn))
		return marked.length === 1 && /[^ \u00a0]/.test(text) ? { as: 'unregistered', text } : NULL;
	if (text !== '' || marked.length === 0)
		return NULL;
	if (marked.length === 1)
		return { as: 'option', option: marked[0] };
	const coalition = contest.coalitions.find(({ members }) => marked.every((i) => members.includes(i)));
	return coalition === undefined ? NULL : { as: 'combination', options: marked };
}

function bump(map, key, n = 1) {
	map.set(key, (map.get(key) ?? 0) + n);
}

/** Splits each combination's votes among its options, the remainder to those with most votes of their own. */
function credit(own, combinations) {
	const credited = [...own];
	for (const { options, n } of combinations.values()) {
		const share = Math.floor(n / options.length);
		const most = [...options].sort((a, b) => own[b] - own[a] || a - b);
		most.forEach((i, place) => {
			credited[i] += share + (place < n % options.length ? 1 : 0);
		});
	}
	return credited;
}

function jsonCount(map) {
	return new Map([...map].map(([key, n]) => [key, BigInt(n)]));
}

/** One list's entry, from its votes: {status, plain}. */
export function countList({ name, contest, district, votes }) {
	const own = contest.options.map(() => 0);
	const combinations = new Map();
	const writeIns = new Map();
	const totals = { unregistered: 0, null: 0, malformed: 0 };
	for (const { status, plain } of votes) {
		const counted = status === 'valid' ? classify(plain, contest) : { as: 'malformed' };
		if (counted.as === 'option')
			own[counted.option]++;
		else if (counted.as === 'combination') {
			const key = counted.options.map((i) => contest.options[i].id).join('+');
			combinations.set(key, { options: counted.options, n: (combinations.get(key)?.n ?? 0) + 1 });
		} else
			totals[counted.as]++;
		if (counted.as === 'unregistered')
			bump(writeIns, counted.text);
	}
	const candidates = new Map(contest.candidates.map((id) => [id, 0]));
	contest.options.forEach((option, i) => bump(candidates, option.candidate, own[i]));
	for (const { options, n } of combinations.values())
		bump(candidates, contest.options[options[0]].candidate, n);
	const byOption = (counts) => jsonCount(contest.options.map((option, i) => [option.id, counts[i]]));
	return new Map([
		['list', name],
		['contest', contest.id],
		...(district === undefined ? [] : [['district', district]]),
		['total', BigInt(votes.length)],
		['options', byOption(own)],
		['combinations', jsonCount([...combinations].map(([key, { n }]) => [key, n]))],
		['unregistered', BigInt(totals.unregistered)],
		['null', BigInt(totals.null)],
		['malformed', BigInt(totals.malformed)],
		['credited', byOption(credit(own, combinations))],
		['candidates', jsonCount(candidates)],
		['write_ins', jsonCount(writeIns)],
	]);
}

/** The whole of results.json. */
export function results(lists, eid) {
	return new Map([
		['format', 'VEMRE-V1'],
		['eid', hex(eid)],
		['lists', lists.map((list) => (list.withheld
			? new Map([['list', list.name], ['contest', list.contest.id], ['total', BigInt(list.ballots.length)], ['withheld', true]])
			: countList(list)))],
	]);
}

// What these tests share: a small election, its records, the verdict on one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Missing, unhex } from '../../fcgi/verifier/src/bytes.js';
import { checkRecord } from '../../fcgi/verifier/src/check.js';
import { makeRecord, memoryRecord, plain, random } from './maker.js';

export const SOURCE = process.env.VEMRE_SOURCE ?? join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
export const VECTORS = join(SOURCE, 'test/vectors');
export const vectors = (name) => JSON.parse(readFileSync(join(VECTORS, name)));
export const bytes = (text) => unhex(text);

/** Three contests like the simulacro's, one mix, lists of two: quick to make. */
export function definition(patch = () => {}) {
	const out = JSON.parse(readFileSync(join(SOURCE, 'test/elections/simulacro.json')));
	out.mixes = 1;
	out.min_list = 2;
	patch(out);
	return out;
}

export function voters(...counts) {
	return counts.flatMap((n, i) => Array.from({ length: n }, () => ({ district: ['09', '14', '21'][i] })));
}

// One set of keys, so that their tables are made once.
const polynomial = [random(), random(), random()];
const openingKey = random();

/** A record where every voter votes: options.special(s, voter, contest, i) gives odd votes, the rest mark option i. */
export function record(options = {}) {
	let i = 0;
	const everyoneVotes = (s) => {
		options.after?.eid?.(s);
		for (const voter of s.voters.filter((v) => !v.abstain && (v.kind !== 's' || v.given))) {
			voter.votes = {};
			for (const contest of s.read.contests)
				voter.votes[contest.id] = options.special?.(s, voter, contest, i) ??
					{ plain: plain(contest, 1n << BigInt(i % contest.options.length)) };
			i++;
		}
	};
	return makeRecord({ definition: definition(), voters: voters(2, 2, 2), polynomial, openingKey, ...options,
		after: { ...options.after, eid: everyoneVotes } });
}

export async function verdict(files, until) {
	const report = await checkRecord(memoryRecord(files, Missing), until);
	const failing = report.checks.filter(({ status }) => status !== 'holds' && status !== 'skipped').map(({ id }) => id);
	return { exit: report.exit, failing, report };
}

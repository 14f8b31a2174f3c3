// Random damage to every file: the verifier may say that it does not hold, it may never stumble.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../fcgi/verifier/src/bytes.js';
import { readBallot, readBox } from '../../fcgi/verifier/src/ballots.js';
import { readDefinition } from '../../fcgi/verifier/src/definition.js';
import { readKeys, readOpening } from '../../fcgi/verifier/src/keys.js';
import { readCredentials } from '../../fcgi/verifier/src/rights.js';
import { record, verdict } from './kit.js';

const dice = (n) => Math.floor(Math.random() * n);
const ODD = [null, true, 0, -1, 1.5, '', [], {}, 'x', ['*'], [null], { id: 'a' }, '__proto__', 2 ** 53, [[]]];

function damaged(value) {
	if (Math.random() < 0.08)
		return ODD[dice(ODD.length)];
	if (Array.isArray(value))
		return value.map((v) => (Math.random() < 0.3 ? damaged(v) : v));
	if (value === null || typeof value !== 'object')
		return value;
	return Object.fromEntries(Object.entries(value).filter(() => Math.random() > 0.01)
		.map(([k, v]) => [k, Math.random() < 0.3 ? damaged(v) : v]));
}

function flipped(bytes) {
	const out = new Uint8Array(bytes);
	for (let i = 0; i <= dice(4); i++)
		out[dice(out.length)] = dice(256);
	return dice(8) === 0 ? out.subarray(0, dice(out.length)) : out;
}

function readsOrFaults(read) {
	try {
		read();
	} catch (error) {
		assert.ok(error instanceof Fault, error.stack);
	}
}

test('damaged files of their own', () => {
	const { files, eid, ballots, read } = record();
	const json = Object.fromEntries(['election.json', 'keys.json', 'opening.json'].map((name) =>
		[name, JSON.parse(new TextDecoder().decode(files[name]))]));
	const encoded = (value) => new TextEncoder().encode(JSON.stringify(damaged(value)));
	for (let i = 0; i < 2000; i++) {
		readsOrFaults(() => readDefinition(encoded(json['election.json'])));
		readsOrFaults(() => readKeys(encoded(json['keys.json']), read));
		readsOrFaults(() => readOpening(encoded(json['opening.json']), read));
		readsOrFaults(() => readDefinition(flipped(files['election.json'])));
		readsOrFaults(() => readCredentials(flipped(files['credentials.csv']), read));
		readsOrFaults(() => readBox(flipped(files['encrypted-votes.box']), eid));
		readsOrFaults(() => readBallot(flipped(ballots[0].bytes), ballots[0].tracker, eid, ballots[0].contests, 'ballot'));
	}
});

test('one byte of one file of a record', async () => {
	const { files } = record();
	for (const name of Object.keys(files).filter((file) => files[file].length > 0))
		for (let i = 0; i < 2; i++) {
			const bytes = new Uint8Array(files[name]);
			bytes[dice(bytes.length)] ^= 1 << dice(8);
			const { exit } = await verdict({ ...files, [name]: bytes });
			assert.equal(exit, 3, name);
		}
});

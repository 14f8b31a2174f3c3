// Each function of the verifier against test/vectors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../fcgi/verifier/src/bytes.js';
import { checkBallots, readBallot } from '../../fcgi/verifier/src/ballots.js';
import { classify, countList } from '../../fcgi/verifier/src/count.js';
import { innerEnvelopes, isDecryption, readDecryption } from '../../fcgi/verifier/src/decryption.js';
import { G, N, P, add, bytes32, inverse, liftX, mod, negate, readPoint, readScalar, samePoint, sum, writePoint } from '../../fcgi/verifier/src/group.js';
import { Hb, Hp, Hs, sha256 } from '../../fcgi/verifier/src/hash.js';
import { readList } from '../../fcgi/verifier/src/lists.js';
import { sealer } from '../../fcgi/verifier/src/openings.js';
import { failingChecks, readProof } from '../../fcgi/verifier/src/shuffle.js';
import { isSigned } from '../../fcgi/verifier/src/signature.js';
import { ascii, concat, number } from '../../fcgi/verifier/src/bytes.js';
import { plain, random } from './maker.js';
import { bytes, vectors } from './kit.js';

const primitives = vectors('primitives.json');
const point = (text) => readPoint(bytes(text), 'point');
const withRaw = (text) => ({ ...point(text), raw: bytes(text) });

test('hashes', () => {
	for (const { label, parts, out } of primitives.Hb)
		assert.equal(hex(Hb(label, ...parts.map(bytes))), out);
	for (const { label, parts, out } of primitives.Hs)
		assert.equal(hex(bytes32(Hs(label, ...parts.map(bytes)))), out);
	for (const { label, msg, out } of primitives.Hp)
		assert.equal(hex(writePoint(Hp(label, bytes(msg)))), out);
});

test('points and scalars refused', () => {
	for (const { why, hex: text } of primitives.bad_points)
		assert.throws(() => point(text), why);
	for (const { why, hex: text } of primitives.bad_scalars)
		assert.throws(() => readScalar(bytes(text), 'scalar'), why);
});

test('embedding read back', () => {
	for (const { block, point: text } of primitives.embed)
		assert.equal(hex(innerEnvelopes([[G], [add(point(text), G)]], [[G]])[0]), block);
	for (const { why, point: text } of primitives.unreadable_points)
		assert.deepEqual(innerEnvelopes([[G], [add(point(text), G)]], [[G]]), [null], why);
	assert.deepEqual(innerEnvelopes([[G], [G]], [[G]]), [null], 'infinity');
});

test('sums of products, against adding one by one', () => {
	const slow = (p, k) => {
		let out = null;
		for (const bit of k.toString(2)) {
			out = add(out, out);
			if (bit === '1')
				out = add(out, p);
		}
		return out;
	};
	const Q = slow(G, 7n);
	for (const n of [1, 2, 3, 40]) {
		const scalars = Array.from({ length: n }, (_, i) => [random(), N - 1n, 2n ** 128n - 1n, 1n, 0n, 2n ** 64n][i % 6]);
		const points = scalars.map((_, i) => [Q, negate(Q), G, slow(G, BigInt(i + 2)), null][i % 5]);
		const expected = points.reduce((total, p, i) => add(total, p && slow(p, scalars[i])), null);
		assert.ok(samePoint(sum(points, scalars), expected), `${n}`);
	}
	for (const bits of [127n, 128n, 129n, 255n])	// digits that carry to the very top
		assert.ok(samePoint(sum([G], [2n ** bits - 1n]), slow(G, 2n ** bits - 1n)), `2^${bits}-1`);
	assert.equal(sum([Q, Q, Q], [1n, 1n, -2n]), null);
	assert.equal(sum([Q, negate(Q)], [5n, 5n]), null);
	assert.equal(mod(inverse(5n) * 5n), 1n);
	assert.equal(liftX(P), null);
});

test('signatures', () => {
	const { eid, reissue, receipt } = vectors('credentials.json');
	const message = concat(ascii('VEMRE-V1:reissue'), bytes(eid), bytes(reissue.old), bytes(reissue.new));
	assert.ok(isSigned(message, bytes(reissue.signature), point(reissue.registrar_key)));
	assert.ok(!isSigned(message, bytes(reissue.signature), point(receipt.system_key)));
	const tracker = concat(ascii('VEMRE-V1:receipt'), bytes(eid), bytes(receipt.tracker));
	assert.ok(isSigned(tracker, bytes(receipt.signature), point(receipt.system_key)));
	for (const { why, signature } of receipt.rejected)
		assert.ok(!isSigned(tracker, bytes(signature), point(receipt.system_key)), why);
});

test('inner envelopes sealed again', () => {
	const v = vectors('ballots.json');
	const seal = sealer(point(v.election_key));
	for (const { contest, seed, plain: text, inner, status } of v.inner) {
		const ctx = Hb('inner', bytes(v.eid), ascii(contest));
		if (status === 'valid')
			assert.equal(hex(seal(ctx, bytes(seed), bytes(text))), inner);
		else
			assert.equal(liftX(number(bytes(inner).subarray(0, 32))) === null, status === 'off-curve');
	}
});

/** The contests a ballot says it has, so that it is read as itself. */
function contestsOf(ballot) {
	const out = [];
	let at = 4 + 32 + 65;
	const n = ballot[at++];
	for (let i = 0; i < n; i++) {
		const id = String.fromCharCode(...ballot.subarray(at + 1, at + 1 + ballot[at]));
		at += 1 + ballot[at];
		const width = ballot[at++];
		out.push({ id, width, districts: ['09'] });
		at += 65 * (width + 2) + 32;
	}
	return out;
}

function accepts(ballot, contests, eid, credential = ballot.subarray(36, 101)) {
	const faults = [];
	const tracker = sha256(ballot.subarray(0, Math.max(0, ballot.length - 97)));
	const definition = { districts: ['09'], contests };
	const credentials = new Map([[hex(credential), { district: '09' }]]);
	checkBallots([{ district: '09', ballot, tracker }],
		{ definition, credentials, mayVote: new Set(credentials.keys()), eid }, (f) => faults.push(f));
	return faults.length === 0;
}

test('ballots', () => {
	const v = vectors('ballots.json');
	const eid = bytes(v.eid);
	for (const { ballot, tracker } of v.ballots) {
		assert.ok(accepts(bytes(ballot), contestsOf(bytes(ballot)), eid));
		assert.ok(readBallot(bytes(ballot), bytes(tracker), eid, contestsOf(bytes(ballot)), 'ballot'));
	}
	for (const { why, ballot } of v.lawful)
		assert.ok(accepts(bytes(ballot), contestsOf(bytes(ballot)), eid), why);
	// Rejected ones are all made from these; their contests are known from the true ones.
	const known = v.ballots.map((b) => contestsOf(bytes(b.ballot)));
	for (const { why, ballot } of v.rejected)
		assert.ok(!known.some((contests) => accepts(bytes(ballot), contests, eid)), why);
});

for (const name of ['shuffle-w2-n2.json', 'shuffle-w2-n9.json', 'shuffle-w3-n5.json'])
	test(name, () => {
		const v = vectors(name);
		const eid = bytes(v.eid);
		const list = { name: v.contest, contest: { width: v.w }, ballots: { length: v.n } };
		const committee = v.committee_key.map(withRaw);
		const fails = ({ input, output, proof }) => failingChecks(readProof(bytes(proof), eid, list, 'proof'),
			readList(bytes(input), eid, list, 'input'), readList(bytes(output), eid, list, 'output'),
			{ eid, name: v.contest, n: v.n, committee, hin: sha256(bytes(input)), hout: sha256(bytes(output)) });
		assert.deepEqual(fails(v), []);
		for (const bad of v.rejected)
			if (bad.fails[0] === 'read')
				assert.throws(() => fails(bad), bad.why);
			else
				assert.deepEqual(fails(bad), bad.fails, bad.why);
		const columns = readList(bytes(v.output), eid, list, 'output');
		const holds = (text) => isDecryption(readDecryption(bytes(text), eid, list, 'decryption'), columns[0],
			{ eid, name: v.contest, committee, listHash: sha256(bytes(v.output)) });
		assert.ok(holds(v.decryption));
		for (const { why, decryption } of v.decryption_rejected)
			if (why === 'cut')
				assert.throws(() => holds(decryption));
			else
				assert.ok(!holds(decryption), why);
		const { factors } = readDecryption(bytes(v.decryption), eid, list, 'decryption');
		assert.deepEqual(innerEnvelopes(columns, factors).map(hex), v.inner);
	});

test('count', () => {
	const v = vectors('count.json');
	const ids = v.contest.options.map((o) => o.id);
	const contest = {
		id: v.contest.id, writeInBytes: v.contest.write_in_bytes, width: 3, options: v.contest.options,
		candidates: v.contest.candidates.map((c) => c.id),
		coalitions: v.contest.coalitions.map((c) => ({ members: c.options.map((id) => ids.indexOf(id)) })),
	};
	for (const { why, plain: text, counts_as: as, what } of v.votes) {
		const found = classify(bytes(text), contest);
		assert.equal(found.as, as, why);
		const said = { option: () => ids[found.option], combination: () => found.options.map((i) => ids[i]).join('+'),
			unregistered: () => found.text, null: () => null };
		assert.equal(said[as](), what, why);
	}
	for (const { marks_and_votes: pairs, result } of v.counts) {
		const votes = pairs.flatMap(([marks, n]) => Array(n).fill({ status: 'valid', plain: plain(contest, BigInt(marks)) }));
		const found = countList({ name: contest.id, contest, votes });
		const asJson = JSON.parse(JSON.stringify(found, (_, x) => (x instanceof Map ? Object.fromEntries(x) : typeof x === 'bigint' ? Number(x) : x)));
		const { list, contest: id, malformed, ...rest } = asJson;
		assert.deepEqual(rest, result);
		assert.deepEqual([list, id, malformed], [contest.id, contest.id, 0]);
	}
});

// The proof of a shuffle (PROTOCOL 9; Bayer and Groth 2012, one row). Each point equation is computed by
// itself and must come out as infinity: no weights, no luck, and a false proof says which equation fails.
import { Reader, ascii, concat, u64, u8 } from './bytes.js';
import { G, N, mod, readPoint, readScalar, sum } from './group.js';
import { Hb, Hp, Hs, sha256 } from './hash.js';
import { readHead } from './lists.js';

const bases = [];

/** H_0…H_n */
export function commitmentBases(n) {
	while (bases.length <= n)
		bases.push(Hp('commitment-base', u64(bases.length)));
	return bases.slice(0, n + 1);
}

export function readProof(bytes, eid, list, file) {
	const n = list.ballots.length;
	const reader = new Reader(bytes, file);
	const point = (name) => {
		const raw = reader.take(65);
		return { raw, ...readPoint(raw, `${file}: ${name}`) };
	};
	const scalar = (name) => readScalar(reader.take(32), `${file}: ${name}`);
	const scalars = (name) => Array.from({ length: n }, (_, i) => scalar(`${name}_${i + 1}`));
	readHead(reader, 'VMP1', eid, list);
	const out = {
		cA: point('c_A'), cB: point('c_B'), cA0: point('c_A0'),
		E0: Array.from({ length: list.contest.width + 1 }, (_, k) => point(`E_0,${k}`)),
		cd: point('c_d'), cdelta: point('c_δ'), cDelta: point('c_Δ'),
		a: scalars('a'), ra: scalar('r_a'), tau: scalar('τ'),
		at: scalars('ã'), rt: scalar('r̃'),
		bt: scalars('b̃'), st: scalar('s̃'),
	};
	reader.end();
	return out;
}

/** The challenges, and x^1…x^N */
function challenges(proof, { eid, name, n, committee, hin, hout }) {
	const w = committee.length;
	const keys = concat(...committee.map((b) => b.raw));
	const ctx = Hb('shuffle', eid, ascii(name), u8(w), u64(n), keys, hin, hout);
	const t1 = Hb('shuffle-1', ctx, proof.cA.raw);
	const x = Hs('shuffle-x', t1);
	const t2 = Hb('shuffle-2', t1, proof.cB.raw);
	const t3 = Hb('shuffle-3', t2, proof.cA0.raw, concat(...proof.E0.map((p) => p.raw)),
		proof.cd.raw, proof.cdelta.raw, proof.cDelta.raw);
	const powers = [];
	for (let i = 0, power = 1n; i < n; i++)
		powers.push(power = power * x % N);
	return { y: Hs('shuffle-y', t2), z: Hs('shuffle-z', t2), e: Hs('shuffle-e', t3), powers };
}

/**
 * The numbers, 1 to 6, of the checks of PROTOCOL 9 that fail; none for a true proof.
 * before, after: columns of the two lists; hin, hout: SHA-256 of their files; committee: B_1…B_w with .raw.
 */
export function failingChecks(proof, before, after, context) {
	const { n, committee } = context;
	const { y, z, e, powers } = challenges(proof, context);
	const [h0, ...h] = commitmentBases(n);
	const { a, at, bt } = proof;
	const failing = [];
	const check = (number, holds) => {
		if (!holds && !failing.includes(number))
			failing.push(number);
	};
	const zero = (points, scalars) => sum(points, scalars) === null;
	const negated = (scalars) => scalars.map((k) => -k);

	// (1) c_A0 + e·c_B = com(a; r_a)
	check(1, zero([proof.cA0, proof.cB, h0, ...h], [1n, e, -proof.ra, ...negated(a)]));
	// (2) E_0 + e·Σ x^i·C_i = E(τ) + Σ a_i·C'_i
	[G, ...committee].forEach((base, k) =>
		check(2, zero([proof.E0[k], base, ...before[k], ...after[k]],
			[1n, -proof.tau, ...powers.map((p) => e * p), ...negated(a)])));
	// (3) e·c_D + c_d = com(ã; r̃), c_D = y·c_A + c_B + com(−z, …, −z; 0)
	check(3, zero([proof.cA, proof.cB, proof.cd, h0, ...h],
		[e * y, e, 1n, -proof.rt, ...at.map((k) => -e * z - k)]));
	// (4) e·c_Δ + c_δ = com(e·b̃_{i+1} − b̃_i·ã_{i+1}; s̃), i = 1…N−1
	check(4, zero([proof.cDelta, proof.cdelta, h0, ...h.slice(0, n - 1)],
		[e, 1n, -proof.st, ...h.slice(0, n - 1).map((_, i) => bt[i] * at[i + 1] - e * bt[i + 1])]));
	// (5) b̃_1 = ã_1
	check(5, bt[0] === at[0]);
	// (6) b̃_N = e·Π (y·i + x^i − z)
	check(6, bt[n - 1] === mod(e * powers.reduce((p, xi, i) => p * mod(y * BigInt(i + 1) + xi - z, N) % N, 1n), N));
	return failing;
}

/** hash of a list file, for hin and hout */
export const listHash = sha256;

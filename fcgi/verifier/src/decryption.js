// The opening of the outer envelopes and its proof (PROTOCOL 10; Chaum–Pedersen, batched).
import { Reader, ascii, concat, number, u64, u8 } from './bytes.js';
import { G, add, negate, readPoint, readScalar, sum } from './group.js';
import { Hb, Hs, sha256 } from './hash.js';
import { readHead } from './lists.js';

export function readDecryption(bytes, eid, list, file) {
	const reader = new Reader(bytes, file);
	readHead(reader, 'VMD1', eid, list);
	const { width } = list.contest;
	const begin = reader.at;
	const factors = Array.from({ length: width }, () => []);	// factors[k-1][i] = D_{i,k}
	for (let i = 0; i < list.ballots.length; i++)
		for (const column of factors)
			column.push(readPoint(reader.take(65), `${file}: ${i}, D`));
	const factorsHash = sha256(bytes.subarray(begin, reader.at));
	const proofs = Array.from({ length: width }, (_, k) => {
		const [raw, rawPrime] = [reader.take(65), reader.take(65)];
		return {
			raw: concat(raw, rawPrime),
			a: readPoint(raw, `${file}: A_${k + 1}`),
			aPrime: readPoint(rawPrime, `${file}: A'_${k + 1}`),
			z: readScalar(reader.take(32), `${file}: z_${k + 1}`),
		};
	});
	reader.end();
	return { factors, factorsHash, proofs };
}

/** Are the factors b_k·C_0 of the last list, for the b_k of B_k? `zeros`: the C_{i,0}. */
export function isDecryption({ factors, factorsHash, proofs }, zeros, { eid, name, committee, listHash }) {
	const [w, n] = [committee.length, zeros.length];
	const ctx = Hb('decrypt', eid, ascii(name), u8(w), u64(n), concat(...committee.map((b) => b.raw)), listHash, factorsHash);
	const weights = zeros.map((_, i) => number(Hb('decrypt-batch', ctx, u64(i)).subarray(0, 16)));
	const c = sum(zeros, weights);
	const e = Hs('decrypt-e', ctx, ...proofs.map((p) => p.raw));
	return proofs.every(({ a, aPrime, z }, k) => {
		const d = sum(factors[k], weights);
		return sum([G, a, committee[k]], [z, -1n, -e]) === null &&	// z_k·G = A_k + e·B_k
			sum([c, aPrime, d], [z, -1n, -e]) === null;		// z_k·C* = A'_k + e·D*_k
	});
}

/** The inner envelope of each vote, or null where a block does not decode (PROTOCOL 7). */
export function innerEnvelopes(columns, factors) {
	return columns[0].map((_, i) => {
		const blocks = factors.map((column, k) => decode(add(columns[k + 1][i], negate(column[i]))));
		return blocks.includes(null) ? null : concat(...blocks);
	});
}

/** x = 00 ‖ block ‖ ctr, y even */
function decode(point) {
	if (point === null || point.y % 2n !== 0n || point.x >> 248n !== 0n)
		return null;
	const text = (point.x >> 8n).toString(16).padStart(60, '0');
	return Uint8Array.from({ length: 30 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

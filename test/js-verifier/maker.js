// Makes whole election records, true ones and ones made false at any stage with everything after it made
// anew (so that exactly one thing is wrong), from doc/protocol.md and the second verifier's own modules.
// For tests alone: it holds every secret.
import { randomBytes as nodeRandom } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join as path } from 'node:path';
import { ascii, compare, concat, equal, hex, join, number, u32, u64, u8, utf8 } from '../../fcgi/verifier/src/bytes.js';
import { results } from '../../fcgi/verifier/src/count.js';
import { readDefinition } from '../../fcgi/verifier/src/definition.js';
import { innerEnvelopes } from '../../fcgi/verifier/src/decryption.js';
import { G, N, add, bytes32, fixedBase, inverse, liftX, mod, sum, writePoint } from '../../fcgi/verifier/src/group.js';
import { Hb, Hs, V, innerMask, sha256 } from '../../fcgi/verifier/src/hash.js';
import { expectedLists } from '../../fcgi/verifier/src/lists.js';
import { sealer } from '../../fcgi/verifier/src/openings.js';
import { commitmentBases } from '../../fcgi/verifier/src/shuffle.js';

export const randomBytes = (length) => new Uint8Array(nodeRandom(length));
export const times = (k, point = G) => sum([point], [k]);
const timesG = fixedBase(G);
export const random = () => number(randomBytes(48)) % (N - 1n) + 1n;
const raw = (point) => writePoint(point);
const withRaw = (point) => ({ ...point, raw: writePoint(point) });
const json = (value) => utf8.encode(`${JSON.stringify(value, (_, v) => {
	if (v instanceof Map)
		return Object.fromEntries(v);
	return typeof v === 'bigint' ? Number(v) : v;
}, 1)}\n`);

/** ECDSA in DER; `high` leaves s in the upper half. */
export function sign(key, message, high = false) {
	const h = number(sha256(message));
	const k = random();
	const r = times(k).x % N;
	let s = mod(inverse(k, N) * (h + r * key), N);
	if ((s > N / 2n) !== high)
		s = N - s;
	const integer = (n) => {
		let bytes = bytes32(n);
		while (bytes[0] === 0 && bytes[1] < 0x80)
			bytes = bytes.subarray(1);
		if (bytes[0] >= 0x80)
			bytes = concat(u8(0), bytes);
		return concat(u8(2), u8(bytes.length), bytes);
	};
	const body = concat(integer(r), integer(s));
	return concat(u8(0x30), u8(body.length), body);
}

/** A 30-byte block as a point (PROTOCOL 7) */
export function embed(block) {
	for (let ctr = 0; ; ctr++) {
		const point = liftX(number(concat(u8(0), block, u8(ctr))));
		if (point !== null)
			return point;
	}
}

/** marks as BigInt, text: a plain vote of that contest */
export function plain(contest, marks, text = '') {
	const out = new Uint8Array(30 * contest.width - 48);
	out.set(u64(marks));
	out.set(typeof text === 'string' ? utf8.encode(text) : text, 8);
	return out;
}

const stages = {
	definition(s) {
		s.files['election.json'] = json(s.definition);
		s.read = readDefinition(s.files['election.json']);
	},
	keys(s) {
		const f = s.polynomial ?? [random(), random(), random()];
		s.b = [1, 2, 3, 4].map((k) => Hs('committee-key', bytes32(f[0]), u8(k)));
		s.B = s.b.map((b) => withRaw(times(b)));
		s.timesB = s.B.map(fixedBase);
		s.opening = s.openingKey ?? random();
		s.A = times(s.opening);
		s.files['keys.json'] = json({
			format: 'VEMRE-V1', election: s.read.id, threshold: 3,
			members: [1, 2, 3, 4].map((card) => ({ card, name: `Integrante ${card}` })),
			commitments: f.map((k) => hex(raw(times(k)))),
			committee_key: s.B.map((b) => hex(b.raw)),
			election_key: hex(raw(s.A)),
		});
	},
	credentials(s) {
		for (const voter of s.voters) {
			voter.sk ??= random();
			voter.credential = raw(timesG(voter.sk));
			voter.kind ??= 'v';
		}
		s.csv = s.voters.map((v) => `${v.district},${hex(v.credential)},${v.kind}`).sort();
		s.files['credentials.csv'] = ascii(s.csv.map((line) => `${line}\n`).join(''));
	},
	opening(s) {
		s.system = random();
		s.registrar = random();
		s.files['opening.json'] = json({
			format: 'VEMRE-V1', election: s.read.id, system_keys: [hex(raw(times(s.system)))],
			registrar_key: hex(raw(times(s.registrar))), system_hash: hex(randomBytes(32)),
			opened: s.definition.opens,
		});
	},
	eid(s) {
		s.eid = Hb('election', ...['election.json', 'keys.json', 'credentials.csv', 'opening.json'].map((f) => sha256(s.files[f])));
		s.seal = sealer(s.A);
	},
	/** s.reissues: [[old voter, new voter]] */
	reissues(s) {
		s.reissueLines = (s.reissues ?? []).map(([old, fresh]) => {
			const message = concat(ascii(`${V}reissue`), s.eid, old.credential, fresh.credential);
			return `${hex(old.credential)},${hex(fresh.credential)},${hex(sign(s.registrar, message))}`;
		}).sort();
		s.files['reissues.csv'] = ascii(s.reissueLines.map((line) => `${line}\n`).join(''));
	},
	ballots(s) {
		s.ballots = s.voters.filter((v) => v.votes !== undefined).map((voter) => makeBallot(s, voter));
	},
	box(s) {
		for (const b of s.ballots)
			b.tracker = sha256(b.bytes.subarray(0, b.bytes.length - 97));
		s.ballots.sort((a, b) => compare(a.tracker, b.tracker));
		s.files['encrypted-votes.box'] = join([ascii('VMX1'), s.eid, u64(s.ballots.length), ...s.ballots.map((b) =>
			concat(u8(b.district.length), ascii(b.district), u32(b.bytes.length), b.bytes))]);
	},
	seal(s) {
		const closed = s.closed ?? s.definition.closes;
		const hashes = ['encrypted-votes.box', 'reissues.csv'].map((f) => sha256(s.files[f]));
		const message = concat(ascii(`${V}seal`), s.eid, ...hashes, u64(s.ballots.length), ascii(closed));
		s.files['seal.json'] = json({
			format: 'VEMRE-V1', eid: hex(s.eid), box_sha256: hex(hashes[0]), reissues_sha256: hex(hashes[1]),
			ballots: s.ballots.length, closed, signature: hex(sign(s.system, message)),
		});
	},
	lists(s) {
		s.lists = s.joinLists?.(s) ?? expectedLists(s.read, s.ballots);
		s.due = s.lists.filter((list) => list.ballots.length > 0 && !list.withheld);
		for (const list of s.due) {
			list.columns = [Array.from({ length: list.contest.width + 1 }, (_, k) => list.ballots.map((b) => b.points[k]))];
			s.files[`lists/${list.name}/0.list`] = listFile(s, list, list.columns[0]);
		}
	},
	mixes(s) {
		for (const list of s.due)
			for (let j = 1; j <= (s.mixes ?? s.read.mixes); j++)
				mix(s, list, j);
	},
	decryption(s) {
		for (const list of s.due)
			decrypt(s, list);
	},
	votes(s) {
		s.lines = [];
		for (const list of s.due) {
			const ctx = Hb('inner', s.eid, ascii(list.contest.id));
			list.votes = list.inner.map((inner, idx) => {
				const vote = open(s, ctx, inner);
				s.lines.push([list.name, idx, vote.status, ...['inner', 'seed', 'plain', 'w'].map((f) =>
					(vote[f] === undefined ? '' : hex(vote[f])))]);
				return vote;
			});
		}
		s.files['decrypted-votes.csv'] = ascii(s.lines.map((line) => `${line.join(',')}\n`).join(''));
	},
	/** s.challenged: how many mismatch votes, from the first, an observer challenges */
	challenges(s) {
		const found = s.due.flatMap((list) => list.votes.map((vote, idx) => ({ list: list.name, idx, vote })))
			.filter(({ vote }) => vote.status === 'mismatch').slice(0, s.challenged ?? 0);
		if (found.length === 0)
			return;
		s.challenges = found.map(({ list, idx, vote }) => {
			const [u, v] = [random(), random()];
			const q = sum([vote.r, G], [u, v]);
			return { list, idx, observer: 'Observadora', u: hex(bytes32(u)), v: hex(bytes32(v)),
				answer: hex(bytes32(times(s.opening, q).x)) };
		});
		s.files['challenges.json'] = json({ format: 'VEMRE-V1', challenges: s.challenges });
	},
	results(s) {
		s.results = results(s.lists.map((list) => ({ votes: [], ...list })), s.eid);
		s.files['results.json'] = json(s.results);
	},
};

function envelope(s, contest, vote) {
	const ctx = Hb('inner', s.eid, ascii(contest.id));
	if (vote.points)	// the P_k themselves
		return vote.points;
	const inner = vote.inner ?? s.seal(ctx, randomBytes(16), vote.plain);
	return Array.from({ length: contest.width }, (_, k) => embed(inner.subarray(30 * k, 30 * k + 30)));
}

/** A ballot; voter.votes: contest → {plain} | {inner} | {points} | {c(t, B)}, voter.contests: those it has */
function makeBallot(s, voter) {
	const contests = voter.contests ?? s.read.contests.filter((c) => c.districts.includes(voter.district));
	const ballotHash = Hb('ballot', s.eid, voter.credential);
	const envelopes = contests.map((contest) => {
		const vote = voter.votes[contest.id];
		const t = vote.t ?? random();
		const points = vote.c ? [] : envelope(s, contest, vote);
		const c = vote.c?.(t, s.B) ?? [timesG(t), ...points.map((p, k) => add(p, s.timesB[k](t)))];
		const rawC = c.map(withRaw);
		const alpha = random();
		const a = raw(timesG(alpha));
		const e = Hs('ballot-pok', ballotHash, ascii(contest.id), join(rawC.map((p) => p.raw)), a);
		const z = mod(alpha + e * t + (vote.falsePok ?? 0n), N);
		return { c: rawC, bytes: concat(u8(contest.id.length), ascii(contest.id), u8(contest.width),
			join(rawC.map((p) => p.raw)), a, bytes32(z)) };
	});
	const unsigned = concat(ascii('VMB1'), voter.eid ?? s.eid, voter.credential, u8(contests.length),
		...envelopes.map((e) => e.bytes));
	const beta = random();
	const as = raw(timesG(beta));
	const e = Hs('ballot-signature', voter.credential, as, sha256(unsigned));
	const zs = mod(beta + e * (voter.signingKey ?? voter.sk), N);
	return { district: voter.district, contests, envelopes, bytes: concat(unsigned, as, bytes32(zs)) };
}

function head(s, magic, list) {
	return concat(ascii(magic), s.eid, u8(list.name.length), ascii(list.name), u8(list.contest.width),
		u64(list.ballots.length));
}

function rows(columns) {
	return columns[0].flatMap((_, i) => columns.map((column) => column[i].raw));
}

function listFile(s, list, columns) {
	return join([head(s, 'VML1', list), ...rows(columns)]);
}

function permutation(n) {
	const out = Array.from({ length: n }, (_, i) => i);
	for (let i = n - 1; i > 0; i--) {
		const j = Number(number(randomBytes(16)) % BigInt(i + 1));
		[out[i], out[j]] = [out[j], out[i]];
	}
	return out;
}

/** One mix and its proof (PROTOCOL 9). list.tamper?.(columns) alters the output after the secrets are chosen. */
function mix(s, list, j) {
	const before = list.columns[j - 1];
	const n = list.ballots.length;
	const w = list.contest.width;
	const keys = [G, ...s.B.slice(0, w)];
	const timesKeys = [timesG, ...s.timesB];
	const pi = permutation(n);
	const rho = pi.map(random);
	const after = keys.map((_, k) => pi.map((from, i) => withRaw(add(before[k][from], timesKeys[k](rho[i])))));
	s.tamperMix?.(list, j, after, before);
	const file = listFile(s, list, after);
	const h = commitmentBases(n);
	const com = (v, r) => withRaw(sum([h[0], ...h.slice(1, v.length + 1)], [r, ...v]));
	const ctx = Hb('shuffle', s.eid, ascii(list.name), u8(w), u64(n), join(s.B.slice(0, w).map((b) => b.raw)),
		sha256(s.files[`lists/${list.name}/${j - 1}.list`]), sha256(file));
	const rand = () => Array.from({ length: n }, random);
	const r = random();
	const cA = com(pi.map((p) => BigInt(p + 1)), r);
	const t1 = Hb('shuffle-1', ctx, cA.raw);
	const x = Hs('shuffle-x', t1);
	const power = [1n];
	for (let i = 1; i <= n; i++)
		power.push(power[i - 1] * x % N);
	const b = pi.map((p) => power[p + 1]);
	const sB = random();
	const cB = com(b, sB);
	const t2 = Hb('shuffle-2', t1, cB.raw);
	const [y, z] = [Hs('shuffle-y', t2), Hs('shuffle-z', t2)];
	const rhoBar = mod(-rho.reduce((total, rr, i) => total + rr * b[i], 0n), N);
	const [a0, r0, tau0] = [rand(), random(), random()];
	const cA0 = com(a0, r0);
	const E0 = keys.map((base, k) => withRaw(sum([base, ...after[k]], [tau0, ...a0])));
	const d = pi.map((p, i) => mod(y * BigInt(p + 1) + b[i] - z, N));
	const prod = [];
	d.forEach((di, i) => prod.push(mod((i === 0 ? 1n : prod[i - 1]) * di, N)));
	const dd = rand();
	const delta = rand();
	delta[0] = dd[0];
	delta[n - 1] = 0n;
	const [rd, s1, sx] = [random(), random(), random()];
	const cd = com(dd, rd);
	const inner = dd.slice(1).map((_, i) => i);
	const cdelta = com(inner.map((i) => -delta[i] * dd[i + 1]), s1);
	const cDelta = com(inner.map((i) => delta[i + 1] - d[i + 1] * delta[i] - prod[i] * dd[i + 1]), sx);
	const t3 = Hb('shuffle-3', t2, cA0.raw, join(E0.map((p) => p.raw)), cd.raw, cdelta.raw, cDelta.raw);
	const e = Hs('shuffle-e', t3);
	const scalars = [
		...a0.map((a, i) => a + e * b[i]), r0 + e * sB, tau0 + e * rhoBar,
		...d.map((di, i) => e * di + dd[i]), e * (y * r + sB) + rd,
		...prod.map((p, i) => e * p + delta[i]), e * sx + s1,
	].map((k) => bytes32(mod(k, N)));
	s.files[`lists/${list.name}/${j}.list`] = file;
	s.files[`lists/${list.name}/${j}.proof`] = join([head(s, 'VMP1', list), cA.raw, cB.raw, cA0.raw,
		...E0.map((p) => p.raw), cd.raw, cdelta.raw, cDelta.raw, ...scalars]);
	list.columns[j] = after;
}

function decrypt(s, list) {
	const columns = list.columns[list.columns.length - 1];
	const n = list.ballots.length;
	const w = list.contest.width;
	const keys = s.B.slice(0, w);
	const factors = keys.map((_, k) => columns[0].map((c) => withRaw(times(s.b[k], c))));
	s.tamperFactors?.(list, factors);
	const all = join(rows(factors));
	const ctx = Hb('decrypt', s.eid, ascii(list.name), u8(w), u64(n), join(keys.map((b) => b.raw)),
		sha256(listFile(s, list, columns)), sha256(all));
	const weights = columns[0].map((_, i) => number(Hb('decrypt-batch', ctx, u64(i)).subarray(0, 16)));
	const c = sum(columns[0], weights);
	const omega = keys.map(random);
	const commitments = omega.map((o) => concat(raw(times(o)), raw(times(o, c))));
	const e = Hs('decrypt-e', ctx, ...commitments);
	s.files[`lists/${list.name}/decryption`] = join([head(s, 'VMD1', list), all,
		...commitments.map((a, k) => concat(a, bytes32(mod(omega[k] + e * s.b[k], N))))]);
	list.inner = innerEnvelopes(columns, factors);
}

function open(s, ctx, inner) {
	if (inner === null)
		return { status: 'undecodable' };
	const x = inner.subarray(0, 32);
	const r = liftX(number(x));
	if (r === null)
		return { status: 'off-curve', inner };
	const w = times(s.opening, r);
	const mask = innerMask(bytes32(w.x), x, ctx, inner.length - 32);
	const opened = inner.subarray(32).map((byte, i) => byte ^ mask[i]);
	const [seed, v] = [opened.subarray(0, 16), opened.subarray(16)];
	const again = s.seal(ctx, seed, v);
	if (again !== null && equal(again, inner))
		return { status: 'valid', inner, seed, plain: v };
	return { status: 'mismatch', inner, w: raw(w), r };
}

/** An inner envelope that opens to nothing it seals to: a true one with its last byte changed. */
export function mismatched(s, contest) {
	const inner = s.seal(Hb('inner', s.eid, ascii(contest.id)), randomBytes(16), new Uint8Array(30 * contest.width - 48));
	inner[inner.length - 1] ^= 1;
	return inner;
}

/**
 * A record's files: {definition, voters: [{district, kind?, votes?}], reissues?, mixes?, closed?, challenged?,
 * after: {stage: (s) => {}}}, where `after.stage` may alter what that stage made before the next goes on.
 */
export function makeRecord(options) {
	const s = { files: {}, ...options };
	for (const [name, stage] of Object.entries(stages)) {
		s.before?.[name]?.(s);
		stage(s);
		s.after?.[name]?.(s);
	}
	return s;
}

/** One stage alone, again. */
export function stage(name, s) {
	stages[name](s);
}

/** A record's files after one stage was altered by hand: that stage on, made again. */
export function remake(s, from) {
	let on = false;
	for (const [name, stage] of Object.entries(stages)) {
		on ||= name === from;
		if (on)
			stage(s);
	}
	return s;
}

export function writeRecord(files, folder) {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	for (const [name, bytes] of Object.entries(files)) {
		mkdirSync(dirname(path(folder, name)), { recursive: true });
		writeFileSync(path(folder, name), bytes);
	}
}

/** A record in memory, as checkRecord wants it. */
export function memoryRecord(files, Missing) {
	const names = (folder) => Object.keys(files).filter((name) => name.startsWith(`${folder}/`))
		.map((name) => name.slice(folder.length + 1));
	return {
		has: (name) => files[name] !== undefined,
		files: (folder) => names(folder).filter((name) => !name.includes('/')),
		folders: (folder) => [...new Set(names(folder).filter((name) => name.includes('/')).map((name) => name.split('/')[0]))],
		async read(name) {
			if (files[name] === undefined)
				throw new Missing(`${name}: no está`, `${name}: is not there`);
			return files[name];
		},
	};
}

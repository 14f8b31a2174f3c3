// Whole records: those of test/vectors and odd ones made here must hold; each alteration must be found false by
// the check that it is about. Where verify-election is built, it must give the same verdict on every one.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ascii, concat, hex, join as joinBytes, number, u32, u64, u8, unhex, utf8 } from '../../fcgi/verifier/src/bytes.js';
import { checkRecord } from '../../fcgi/verifier/src/check.js';
import { folderRecord } from '../../fcgi/verifier/src/folder.js';
import { G, N, P, add, bytes32, liftX, mod, negate, writePoint } from '../../fcgi/verifier/src/group.js';
import { Hs, sha256 } from '../../fcgi/verifier/src/hash.js';
import { SOURCE, VECTORS, definition, record, verdict, voters } from './kit.js';
import { mismatched, plain, random, remake, sign, stage, times, writeRecord } from './maker.js';

const FIRST = process.env.VEMRE_VERIFY ?? join(SOURCE, 'build/bin/verify-election');
const folder = mkdtempSync(join(tmpdir(), 'vemre-record-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The first verifier's exit status on these files, or null where it is not built. */
function firstVerifier(files) {
	if (!existsSync(FIRST))
		return null;
	writeRecord(files, join(folder, 'record'));
	return spawnSync(FIRST, [join(folder, 'record')]).status;
}

/** `expected`: the exit status, and the first check that must not hold where it is 3 or 8. */
async function expect(files, exit, check) {
	const { exit: found, failing, report } = await verdict(files);
	const faults = report.checks.flatMap((c) => c.faults.map((f) => f.message)).join('; ');
	assert.deepEqual([found, check === undefined ? undefined : failing[0]], [exit, check], faults);
	const first = firstVerifier(files);
	if (first !== null)
		assert.equal(first, exit, 'verify-election says otherwise');
}

if (!existsSync(FIRST))
	test('the same verdict as verify-election', { skip: `${FIRST} is not built` }, () => {});

for (const name of ['record', 'record-odd', 'record-small'])
	test(`test/vectors/${name}`, async () => {
		for (const until of ['opening', 'closing', 'mixing', 'tally'])
			assert.equal((await checkRecord(folderRecord(join(VECTORS, name)), until)).exit, 0);
	});

test('what is no file, or a link to nothing, in place of each: both verifiers refuse', () => {
	const record = join(folder, 'odd-files');
	const status = (program, ...args) => spawnSync(program, [...args, record], { timeout: 60000 }).status;
	for (const name of ['election.json', 'encrypted-votes.box', 'lists/presidencia/1.proof', 'challenges.json']) {
		for (const make of [(path) => symlinkSync('nowhere', path), (path) => execFileSync('mkfifo', [path])]) {
			rmSync(record, { recursive: true, force: true });
			cpSync(join(VECTORS, 'record'), record, { recursive: true });
			rmSync(join(record, name), { force: true });
			make(join(record, name));
			const mine = status(process.execPath, join(SOURCE, 'fcgi/verifier/verify.mjs'));
			assert.ok(mine === 3 || mine === 8, `${name}: ${mine}`);
			if (existsSync(FIRST))
				assert.ok([3, 8].includes(status(FIRST)), `${name}: verify-election`);
		}
	}
});

// ---- lawful ones

const write = (c, text) => ({ plain: plain(c, 1n << BigInt(c.options.length), text) });
const TEXTS = ['Zoë', '__proto__', 'constructor', 'a\u200bb', '  x', 'Zoe\u0301', '\u00a0', '"\\/', '<script>', '\u202ex', '𝒜'];

/** Votes in presidencia that hostile voters can send: none may stumble anybody. */
function hostileVote(s, voter, c, i) {
	if (c.id !== 'presidencia')
		return undefined;
	const changed = (x) => {
		const inner = mismatched(s, c);
		inner.set(x);
		return { inner };
	};
	const points = (t, of) => Array.from({ length: c.width + 1 }, (_, k) => (k === 0 ? times(t) : of(k)));
	let off = 5n;
	while (liftX(off) !== null)
		off++;
	return [
		() => ({ inner: mismatched(s, c) }),
		() => changed(bytes32(G.x)),				// R = −G, W = −A
		() => changed(bytes32(off)),
		() => changed(bytes32(P)),				// not below p
		() => ({ c: (t, B) => points(t, (k) => times(t, B[k - 1])) }),	// infinity
		() => ({ c: (t) => points(t, () => times(t)) }),		// C_0 = C_1 = …
		() => ({ c: (t) => points(t, (k) => times(k === 1 ? 7n : -7n)) }),	// C_1 = −C_2
		() => ({ t: N - 1n, c: (t) => points(t, () => G) }),		// C_0 = −G
		() => ({ plain: plain(c, 2n ** 64n - 1n, 'abc') }),
	][i]?.();
}

const hostile = (options) => record({ voters: voters(6, 4, 4), special: hostileVote, ...options });

test('a reissue that the registrar did not sign', async () => {
	const roll = [...voters(2, 2, 2), { district: '09', kind: 's' }];
	roll[0].abstain = true;
	const made = (key) => record({ voters: roll, reissues: [[roll[0], roll[6]]], before: { reissues(s) {
		s.registrar = key ?? s.registrar;
	} } }).files;
	await expect(made(), 0);
	await expect(made(5n), 3, 'reissues');
});

test('odd votes: unproved, challenged in part, challenged all', async () => {
	await expect(hostile().files, 7);
	await expect(hostile({ challenged: 1 }).files, 7);
	await expect(hostile({ challenged: 2 }).files, 0);
});

const lawful = {
	'everything withheld': () => record({ voters: voters(1) }),
	'nobody voted': () => record({ voters: voters(2).map((v) => ({ ...v, abstain: true })) }),
	'rest joined by the smallest': () => record({ definition: definition((d) => {
		d.min_list = 3;
	}), voters: voters(1, 4, 3) }),
	'rest, equals joined by name': () => record({ definition: definition((d) => {
		d.min_list = 3;
	}), voters: voters(3, 3, 1) }),
	'rest of two, enough': () => record({ definition: definition((d) => {
		d.min_list = 3;
	}), voters: voters(1, 2, 4) }),
	'an empty district': () => record({ voters: voters(2, 3) }),
	'contest with districts in another order': () => record({ definition: definition((d) => {
		d.contests[2].districts = ['21', '09'];
	}) }),
	'districts in another order': () => record({ definition: definition((d) => d.districts.reverse()), voters: voters(1, 2, 2) }),
	'coalition in another order than its options': () => record({ definition: definition((d) => {
		d.contests[0].coalitions[0].options.reverse();
		d.contests[0].options.reverse();
	}), special: (s, v, c, i) => (c.id === 'presidencia' ? { plain: plain(c, [0b1110000n, 0b1010000n, 0b110000n, 0b1100000n][i % 4]) } : undefined) }),
	'more mixes than asked': () => record({ mixes: 3 }),
	'widths 2 to 4, write-ins of every kind': () => record({ definition: definition((d) => {
		[d.contests[0].write_in_bytes, d.contests[1].write_in_bytes, d.contests[2].write_in_bytes] = [64, 4, 5];
	}), voters: voters(5, 3, 3), special: (s, v, c, i) => (c.id === 'presidencia' ? write(c, TEXTS[i]) : undefined) }),
	'the same t in different ballots': () => record({ special: (s, v, c, i) =>
		(c.id === 'presidencia' ? { t: 77n, plain: plain(c, 1n) } : undefined) }),
	'closed in another zone, with a fraction': () => record({ closed: '2027-06-07t00:00:00.123456789012z' }),
};

for (const [name, make] of Object.entries(lawful))
	test(`lawful: ${name}`, async () => expect(make().files, 0));

test('lawful: a chain of reissues; unlawful ones', async () => {
	const roll = () => {
		const out = voters(3, 2, 2);
		out[0].abstain = true;
		out.push({ district: '09', kind: 's', given: true, abstain: true }, { district: '09', kind: 's', given: true },
			{ district: '14', kind: 's' });
		return out;
	};
	const made = (pairs, alter = () => {}) => {
		const all = roll();
		alter(all);
		return record({ voters: all, reissues: pairs.map(([a, b]) => [all[a], all[b]]) }).files;
	};
	await expect(made([[0, 7], [7, 8]]), 0);
	await expect(made([[7, 8], [8, 7]]), 3, 'reissues');		// a ring
	await expect(made([[0, 7], [8, 8]]), 3, 'reissues');
	await expect(made([[7, 8]]), 3, 'reissues');			// begins at a spare nobody was given
	await expect(made([[0, 9]]), 3, 'reissues');			// another district
	await expect(made([[0, 1]]), 3, 'reissues');			// no spare
	await expect(made([[0, 7], [0, 8]]), 3, 'reissues');
	await expect(made([[0, 7], [1, 7]]), 3, 'reissues');
	await expect(made([[0, 7], [7, 8]], (v) => { v[0].abstain = false; }), 3, 'ballots');	// the old one votes
	await expect(made([[0, 7], [7, 8]], (v) => { v[7].abstain = false; }), 3, 'ballots');	// one in the middle
	await expect(made([[0, 7]]), 3, 'ballots');			// a spare nobody was given votes
});

// ---- altered ones: one thing wrong, everything after it made for it

const text = (bytes) => new TextDecoder().decode(bytes);
const inJson = (file, patch) => (s) => {
	const value = JSON.parse(text(s.files[file]));
	const out = patch(value, s) ?? value;
	s.files[file] = utf8.encode(typeof out === 'string' ? out : JSON.stringify(out));
};
const inText = (file, patch) => (s) => {
	const out = patch(text(s.files[file]), s);
	s.files[file] = typeof out === 'string' ? utf8.encode(out) : out;
};
const inBytes = (file, patch) => (s) => {
	const bytes = new Uint8Array(s.files[file]);
	s.files[file] = patch(bytes, s) ?? bytes;
};
const at = (stageName, alter, more = {}) => () => record({ ...more, after: { ...more.after, [stageName]: alter } }).files;
const sorted = (lines) => lines.sort().map((line) => `${line}\n`).join('');
const inLines = (patch) => inText('credentials.csv', (t) => patch(t.trimEnd().split('\n')));
const definitionText = (patch) => () => record({ before: { eid: inJson('election.json', patch) } }).files;
const before = (alter) => () => record({ before: { eid: alter } }).files;
const flip = (position) => (bytes) => { bytes[position < 0 ? bytes.length + position : position] ^= 1; };
const withRaw = (point) => ({ ...point, raw: writePoint(point) });
const mixed = (alter) => () => record({ tamperMix: (list, j, out) => list.name === 'presidencia' && alter(out) }).files;
const decrypted = (alter) => () => record({ tamperFactors: (list, factors) => list.name === 'presidencia' && alter(factors) }).files;
const signedSeal = (patch) => at('seal', inJson('seal.json', patch));
const boxOf = (s, ballots, n = ballots.length) => joinBytes([ascii('VMX1'), s.eid, u64(n), ...ballots.map((b) =>
	concat(u8(b.district.length), ascii(b.district), u32(b.bytes.length), b.bytes))]);
const patched = (ballot, position, bytes) => {
	ballot.bytes = new Uint8Array(ballot.bytes);
	ballot.bytes.set(bytes, position);
};
const ZERO = 'lists/presidencia/0.list';
const PROOF = 'lists/presidencia/1.proof';
const HEAD = 4 + 32 + 1 + 11 + 1 + 8;	// of presidencia's files

const broken = {
	definition: {
		'unknown field': definitionText((d) => { d.x = 1; }),
		'unknown field inside': definitionText((d) => { d.contests[0].options[0].x = 1; }),
		'byte-order mark': definitionText((d) => `\ufeff${JSON.stringify(d)}`),
		'key twice': definitionText((d) => JSON.stringify(d).replace('{', '{"id":"simulacro",')),
		'key twice, once escaped': definitionText((d) => JSON.stringify(d).replace('{', '{"\\u0069d":"simulacro",')),
		'a count that is no integer': definitionText((d) => JSON.stringify(d).replace('"mixes":1', '"mixes":1.0')),
		'closes before it opens': definitionText((d) => { d.opens = '2028-01-01T00:00:00Z'; }),
		'district called rest': definitionText((d) => { d.districts.push({ id: 'rest', name: 'x' }); }),
		'option in two coalitions': definitionText((d) => { d.contests[0].coalitions[1].options.push('jacaranda'); }),
		'option twice': definitionText((d) => { d.contests[0].options[6].id = 'nopal'; }),
		'width 5': definitionText((d) => { d.contests[0].write_in_bytes = 65; }),
		'lists of one': definitionText((d) => { d.min_list = 1; }),
		'upper-case id': definitionText((d) => { d.contests[1].id = 'A'; }),
	},
	keys: {
		'another election': before(inJson('keys.json', (k) => { k.election = 'otra'; })),
		'threshold of one': before(inJson('keys.json', (k) => { k.threshold = 1; k.commitments.length = 1; })),
		'committee keys equal': before(inJson('keys.json', (k) => { k.committee_key[3] = k.committee_key[0]; })),
		'a card too many': before(inJson('keys.json', (k) => { k.members[1].card = 9; })),
		'upper-case hex': before(inJson('keys.json', (k) => { k.election_key = k.election_key.toUpperCase(); })),
		'off the curve': before(inJson('keys.json', (k) => { k.commitments[1] = `04${'11'.repeat(64)}`; })),
	},
	opening: {
		'no system keys': before(inJson('opening.json', (o) => { o.system_keys = []; })),
		'no date': before(inJson('opening.json', (o) => { o.opened = '2027-02-29T00:00:00Z'; })),
	},
	credentials: {
		disorder: before(inLines((l) => `${l.reverse().join('\n')}\n`)),
		'twice, other district': before(inLines((l) => sorted([...l, l[0].replace('09,', '21,')]))),
		'no last LF': before(inText('credentials.csv', (t) => t.trimEnd())),
		CRLF: before(inText('credentials.csv', (t) => t.replaceAll('\n', '\r\n'))),
		'off the curve': before(inText('credentials.csv', (t) => `09,04${'11'.repeat(64)},v\n${t}`)),
		'more than max_voters': () => record({ definition: definition((d) => { d.max_voters = 5; }) }).files,
	},
	box: {
		disorder: at('box', (s) => { s.files['encrypted-votes.box'] = boxOf(s, [...s.ballots].reverse()); }),
		'a ballot twice': at('ballots', (s) => { s.ballots.push(s.ballots[0]); }),
		'more than there are': at('box', (s) => { s.files['encrypted-votes.box'] = boxOf(s, s.ballots, 2n ** 64n - 1n); }),
		trailing: at('box', inBytes('encrypted-votes.box', (b) => concat(b, u8(0)))),
	},
	seal: {
		'upper half': at('seal', inJson('seal.json', (j, s) => {
			const hashes = ['encrypted-votes.box', 'reissues.csv'].map((f) => sha256(s.files[f]));
			const message = concat(ascii('VEMRE-V1:seal'), s.eid, ...hashes, u64(j.ballots), ascii(j.closed));
			j.signature = hex(sign(s.system, message, true));
		})),
		'padded DER': signedSeal((j) => {
			const der = unhex(j.signature);
			j.signature = hex(concat(u8(0x30), u8(der[1] + 1), u8(2), u8(der[3] + 1), u8(0), der.subarray(4)));
		}),
		'DER trailing': signedSeal((j) => { j.signature += '00'; }),
		'DER with a byte more inside': signedSeal((j) => {
			const der = unhex(j.signature);
			j.signature = hex(concat(u8(0x30), u8(der[1] + 1), der.subarray(2), u8(0)));
		}),
		'another count': signedSeal((j) => { j.ballots--; }),
		'2^32 more': signedSeal((j) => { j.ballots += 2 ** 32; }),
		'closed too early': () => record({ closed: '2027-06-06T17:59:59.999-06:00' }).files,
		'closed at no hour': () => record({ closed: '2027-06-07T24:00:00Z' }).files,
		'trailing text': signedSeal((j) => `${JSON.stringify(j)}x`),
	},
	ballots: {
		'of another election': at('ballots', (s) => patched(s.ballots[0], 4, u8(s.ballots[0].bytes[4] ^ 1))),
		signature: at('ballots', (s) => patched(s.ballots[0], s.ballots[0].bytes.length - 1, u8(s.ballots[0].bytes.at(-1) ^ 1))),
		'a byte more, signed too': at('ballots', (s) => {
			const [ballot] = s.ballots;
			const { sk, credential } = s.voters[0];
			const beta = random();
			const as = writePoint(times(beta));
			// What is signed by whoever takes the last 97 bytes for the signature.
			const tracker = sha256(concat(ballot.bytes.subarray(0, ballot.bytes.length - 97), u8(as[0])));
			const zs = mod(beta + Hs('ballot-signature', credential, as, tracker) * sk, N);
			ballot.bytes = concat(ballot.bytes.subarray(0, ballot.bytes.length - 97), as, bytes32(zs), u8(0));
		}),
		'scalar n': at('ballots', (s) => patched(s.ballots[0], s.ballots[0].bytes.length - 32, bytes32(N))),
		"another's key": () => record({ voters: [{ district: '09', signingKey: 5n }, ...voters(2, 2, 2)] }).files,
		'false proof': () => record({ special: (s, v, c, i) => (i === 0 ? { plain: plain(c, 1n), falsePok: 1n } : undefined) }).files,
		'equal C_0': () => record({ special: (s, v, c, i) => (i === 0 ? { plain: plain(c, 1n), t: 77n } : undefined) }).files,
		'a contest too few': () => record({ after: { eid(s) { s.voters[0].contests = s.read.contests.slice(0, 1); } } }).files,
		'a contest twice': () => record({ after: { eid(s) { s.voters[0].contests = [0, 0, 2].map((i) => s.read.contests[i]); } } }).files,
		'another order': () => record({ after: { eid(s) { s.voters[0].contests = [...s.read.contests].reverse(); } } }).files,
		'another width': () => record({ after: { eid(s) {
			s.voters[0].contests = [{ ...s.read.contests[0], width: 2 }, ...s.read.contests.slice(1)];
		} } }).files,
		'another district in the box': at('ballots', (s) => { s.ballots[0].district = '21'; }, { voters: voters(3) }),
		'another district in the box, with the same contests': at('ballots', (s) => {
			s.ballots.find((b) => b.district === '14').district = '21';
		}),
		'two of one credential': at('ballots', (s) => {
			const first = s.ballots;
			stage('ballots', s);
			s.ballots = [...first, s.ballots[0]];
		}),
		'of nobody': at('eid', (s) => { s.voters.push({ district: '09', sk: 5n, credential: writePoint(times(5n)) }); }),
	},
	lists: {
		'two rows swapped': at('lists', inBytes(ZERO, (b) => concat(b.subarray(0, HEAD), b.subarray(HEAD + 260, HEAD + 520),
			b.subarray(HEAD, HEAD + 260), b.subarray(HEAD + 520)))),
		'joined otherwise': () => record({ voters: voters(1, 4, 3), joinLists: (s) => {
			const senate = s.read.contests[2];
			const of = (name, ...districts) => ({ name, contest: senate, ballots: s.ballots.filter((b) => districts.includes(b.district))
				.map((b) => ({ district: b.district, points: b.envelopes[b.contests.indexOf(senate)].c })) });
			const all = s.ballots.map((b) => ({ district: b.district, points: b.envelopes[0].c }));
			return [{ name: 'presidencia', contest: s.read.contests[0], ballots: all },
				{ ...of('senadurias.21', '21'), district: '21' }, of('senadurias.rest', '09', '14')];
		} }).files,
		'an extra file': at('results', (s) => { s.files['lists/presidencia/notes'] = u8(0); }),
		'an extra list': at('results', (s) => { s.files['lists/otra/0.list'] = s.files[ZERO]; }),
		'a mix without proof': at('results', (s) => { s.files['lists/presidencia/2.list'] = s.files[ZERO]; }),
	},
	shuffles: {
		'output copied': mixed((out) => out.forEach((column) => { column[1] = column[0]; })),
		'+D and −D across components': mixed((out) => {
			out[0][0] = withRaw(add(out[0][0], times(9n)));
			out[1][0] = withRaw(add(out[1][0], times(-9n)));
		}),
		'+D and −D across rows': mixed((out) => {
			out[0][0] = withRaw(add(out[0][0], times(9n)));
			out[0][1] = withRaw(add(out[0][1], times(-9n)));
		}),
		'scalar n': at('mixes', inBytes(PROOF, (b) => { b.set(bytes32(N), b.length - 32); })),
		'another width': at('mixes', inBytes(PROOF, flip(HEAD - 9))),
		'c_A changed': at('mixes', inBytes(PROOF, (b) => { b.set(writePoint(G), HEAD); })),
		trailing: at('mixes', inBytes(PROOF, (b) => concat(b, u8(0)))),
		'a second mix that is none': at('results', (s) => {
			s.files['lists/presidencia/2.list'] = s.files['lists/presidencia/1.list'];
			s.files['lists/presidencia/2.proof'] = s.files[PROOF];
		}),
	},
	decryption: {
		'factor replaced': decrypted((f) => { f[0][0] = withRaw(G); }),
		'factors swapped': decrypted((f) => { [f[0][0], f[0][1]] = [f[0][1], f[0][0]]; }),
		'+D and −D': decrypted((f) => {
			f[0][0] = withRaw(add(f[0][0], G));
			f[0][1] = withRaw(add(f[0][1], negate(G)));
		}),
		'of another list': at('results', (s) => {
			s.files['lists/senadurias.09/decryption'] = s.files['lists/senadurias.14/decryption'];
		}),
	},
	votes: {
		'rows swapped': at('results', inText('decrypted-votes.csv', (t) => t.replace(/^(.*\n)(.*\n)/, '$2$1'))),
		'a row less': at('results', inText('decrypted-votes.csv', (t) => t.replace(/^.*\n/, ''))),
		'a row more': at('results', inText('decrypted-votes.csv', (t) => `${t}${t.split('\n').at(-2)}\n`)),
		'another idx': at('results', inText('decrypted-votes.csv', (t) => t.replace(',0,', ',5,'))),
		'idx 00': at('results', inText('decrypted-votes.csv', (t) => t.replace(',0,', ',00,'))),
		'upper-case hex': at('results', inText('decrypted-votes.csv', (t) => t.replace(/,valid,([0-9a-f]+)/, (m) => m.toUpperCase().replace('VALID', 'valid')))),
		'another seed': at('results', inText('decrypted-votes.csv', (t) => t.replace(/(,valid,[0-9a-f]+,)../, '$1zz'.replace('zz', '00')))),
	},
	results: {
		'one vote more': at('results', inJson('results.json', (r) => { r.lists[0].null++; })),
		'1.0 for 1': at('results', inText('results.json', (t) => t.replace(/: 1,/, ': 1.0,'))),
		'an empty combination': at('results', inJson('results.json', (r) => { r.lists[0].combinations['jacaranda+maguey'] = 0; })),
		'lists swapped': at('results', inJson('results.json', (r) => { r.lists.reverse(); })),
		'key twice': at('results', inText('results.json', (t) => t.replace('"null"', '"null": 0, "null"'))),
		'a thousand levels': at('results', inText('results.json', () => '['.repeat(100000))),
	},
};

for (const [check, cases] of Object.entries(broken))
	test(`broken: ${check}`, async (t) => {
		for (const [name, make] of Object.entries(cases))
			await t.test(name, () => expect(make(), 3, check));
	});

test('broken: openings of odd votes', async (t) => {
	const s = hostile();
	const with_ = (line, changed) => ({ ...s.files, 'decrypted-votes.csv':
		ascii(s.lines.map((l) => `${(l === line ? changed : l).join(',')}\n`).join('')) });
	const minusG = s.lines.find((l) => l[3] === hex(unhex(l[3])) && l[3].startsWith(hex(bytes32(G.x))));
	const mismatch = s.lines.find((l) => l[2] === 'mismatch' && l !== minusG);
	const valid = s.lines.find((l) => l[0] === 'jefatura-cdmx');
	const off = s.lines.find((l) => l[2] === 'off-curve');
	const w = (point) => hex(writePoint(point));
	const trueW = times(s.opening, liftX(number(unhex(valid[3]).subarray(0, 32))));
	const as = (line, ...fields) => with_(line, [line[0], line[1], ...fields]);
	await t.test('R = −G, W not −A', () => expect(as(minusG, 'mismatch', minusG[3], '', '', w(times(5n))), 3, 'votes'));
	await t.test('a false W, unproved', () => expect(as(mismatch, 'mismatch', mismatch[3], '', '', w(times(5n))), 7));
	await t.test('W off the curve', () => expect(as(mismatch, 'mismatch', mismatch[3], '', '', `04${'11'.repeat(64)}`), 3, 'votes'));
	await t.test('no W', () => expect(as(mismatch, 'mismatch', mismatch[3], '', '', ''), 3, 'votes'));
	await t.test('valid called mismatch, true W', () => expect(as(valid, 'mismatch', valid[3], '', '', w(trueW)), 3, 'votes'));
	await t.test('valid called mismatch, −W', () => expect(as(valid, 'mismatch', valid[3], '', '', w(negate(trueW))), 3, 'votes'));
	await t.test('valid called off-curve', () => expect(as(valid, 'off-curve', valid[3], '', '', ''), 3, 'votes'));
	await t.test('valid called undecodable', () => expect(as(valid, 'undecodable', '', '', '', ''), 3, 'votes'));
	await t.test('valid with W', () => expect(with_(valid, [...valid.slice(0, 6), w(G)]), 3, 'votes'));
	await t.test('off-curve without inner', () => expect(as(off, 'off-curve', '', '', '', ''), 3, 'votes'));
	await t.test('off-curve called mismatch', () => expect(as(off, 'mismatch', off[3], '', '', w(G)), 3, 'votes'));
});

test('broken: challenges', async (t) => {
	const s = hostile({ challenged: 2 });
	const all = s.challenges;
	const made = (challenges, more = {}) => ({ ...s.files, 'challenges.json': utf8.encode(JSON.stringify({ format: 'VEMRE-V1', challenges, ...more })) });
	const first = (patch) => made([{ ...all[0], ...patch }, ...all.slice(1)]);
	const presidencia = s.due.find((list) => list.name === 'presidencia').votes;
	const index = (status) => presidencia.findIndex((vote) => vote.status === status);
	const minusG = all.findIndex(({ idx }) => presidencia[idx].r.x === G.x);
	const infinity = all.map((c, i) => (i === minusG ? { ...c, u: '11'.repeat(32), v: '11'.repeat(32), answer: '00'.repeat(32) } : c));
	const bad = {
		'u = 0, with the answer to that': first({ u: '00'.repeat(32), answer: hex(bytes32(times(number(unhex(all[0].v)), s.A).x)) }),
		'u = n': first({ u: hex(bytes32(N)) }),
		answer: first({ answer: '00'.repeat(32) }),
		'upper-case answer': first({ answer: all[0].answer.toUpperCase() }),
		'of a valid vote': first({ idx: index('valid') }),
		'of an off-curve one': first({ idx: index('off-curve') }),
		'beyond the list': first({ idx: 1000 }),
		'of no list': first({ list: '__proto__' }),
		infinity: made(infinity),
		'unknown field': made(all, { x: 1 }),
		'more than 1,000': made(Array(1001).fill(all[0])),
	};
	for (const [name, files] of Object.entries(bad))
		await t.test(name, () => expect(files, 3, 'challenges'));
	await t.test('twice, lawful', () => expect(made([...all, all[0]]), 0));
	await t.test('none, unproved', () => expect(made([]), 7, 'challenges'));
});

test('a valid vote called mismatch with a false W, and counted so, is never silent', async () => {
	const s = record();
	const line = s.lines[0];
	const [list] = s.due;
	s.files['decrypted-votes.csv'] = ascii(s.lines.map((l) => `${(l === line
		? [l[0], l[1], 'mismatch', l[3], '', '', hex(writePoint(times(5n)))] : l).join(',')}\n`).join(''));
	list.votes[0] = { status: 'mismatch' };
	remake(s, 'results');
	await expect(s.files, 7);
});

test('what is missing is incomplete', async () => {
	const { files } = record({ mixes: 1 });
	for (const [name, check] of [['election.json', 'definition'], ['keys.json', 'keys'], ['credentials.csv', 'credentials'],
		['opening.json', 'opening'], ['reissues.csv', 'reissues'], ['encrypted-votes.box', 'box'], ['seal.json', 'seal'],
		[ZERO, 'lists'], ['lists/presidencia/decryption', 'decryption'], ['decrypted-votes.csv', 'votes'], ['results.json', 'results']]) {
		const { [name]: gone, ...rest } = files;
		assert.ok(gone);
		await expect(rest, 8, check);
	}
	const { 'lists/presidencia/1.list': a, [PROOF]: b, ...unmixed } = files;
	assert.ok(a && b);
	await expect(unmixed, 8, 'lists');
});

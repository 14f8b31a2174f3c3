// The oracle of test/faults sees what it is there to see: each kind of loss and doubling, made by hand.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const dir = mkdtempSync(join(tmpdir(), 'oracle-'));
after(() => rmSync(dir, { recursive: true }));
const program = fileURLToPath(new URL('../faults/oracle.mjs', import.meta.url));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Ballots in form alone: magic and eid, credential, something, a signature's length of bytes. */
const voters = Array.from({ length: 5 }, (_, voter) => {
  const credential = randomBytes(65);
  const ballot = Buffer.concat([Buffer.alloc(36, 1), credential, randomBytes(40), randomBytes(97)]);
  return { voter, credential: credential.toString('hex'), ballot: ballot.toString('hex'),
    tracker: sha256(ballot.subarray(0, -97)), receipt: randomBytes(70).toString('hex') };
});
const row = (v) => [v.tracker, v.credential, v.ballot, v.receipt].join('\t');
const begun = (v) => ({ begun: 1, voter: v.voter });
const got = (v, more = {}) => ({ voter: v.voter, sent: 1, got: 2, valid: true, again: false, try: 1,
  receipt: { eid: '00', format: 'VEMRE-V1', tracker: v.tracker, signature: v.receipt }, ...more });
const boxOf = (all) => {
  const head = Buffer.alloc(44);
  head.writeBigUInt64BE(BigInt(all.length), 36);
  return Buffer.concat([head, ...all.map((v) => {
    const bytes = Buffer.from(v.ballot, 'hex');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([Buffer.from([2]), Buffer.from('09'), size, bytes]);
  })]);
};

function oracle({ rows = voters.map(row), out = voters.flatMap((v) => [begun(v), got(v)]), box = voters, may = voters } = {}) {
  writeFileSync(join(dir, 'casts'), voters.map((v) => `t\tc\t${v.tracker}\t${v.ballot}\n`).join(''));
  writeFileSync(join(dir, 'credentials.csv'), may.map((v) => `09,${v.credential},v\n`).join(''));
  writeFileSync(join(dir, 'rows'), rows.map((line) => `${line}\n`).join(''));
  writeFileSync(join(dir, 'box'), boxOf(box));
  writeFileSync(join(dir, 'out'), out.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const args = [program, '--casts', join(dir, 'casts'), '--record', dir, '--rows', join(dir, 'rows'), '--box', join(dir, 'box'), join(dir, 'out')];
  try {
    return { status: 0, ...JSON.parse(execFileSync('node', args)) };
  } catch (error) {
    return { status: error.status, ...JSON.parse(error.stdout) };
  }
}

test('all is well', () => {
  const seen = oracle();
  assert.deepEqual([seen.status, seen.tried, seen.acknowledged, seen.found, seen.lost, seen.doubled, seen.stray],
    [0, 5, 5, 5, 0, 0, 0]);
});

const [a, b, c] = voters;
const changed = (v) => ({ ...v, ballot: `${v.ballot.slice(0, -2)}${v.ballot.endsWith('00') ? '01' : '00'}` });
const others = voters.slice(1);
for (const [name, kind, given] of [
  ['a receipt whose ballot is not in the box', 'lost', { rows: others.map(row), box: others }],
  ['a ballot in the box with another last byte', 'lost', { rows: [row(changed(a)), ...others.map(row)] }],
  ['a receipt that is not signed', 'lost', { out: [begun(a), got(a, { valid: false })] }],
  ['a receipt of another ballot', 'lost', { out: [begun(a), got(b, { voter: a.voter })] }],
  ['another receipt stored than the one given', 'lost', { rows: [row({ ...a, receipt: b.receipt }), ...others.map(row)] }],
  ['a ballot missing in the exported box', 'lost', { box: others }],
  ['a tracker twice', 'doubled', { rows: [...voters, a].map(row) }],
  ['a credential twice', 'doubled', { rows: [row({ ...a, credential: b.credential }), ...others.map(row)] }],
  ['two different receipts for a voter', 'doubled', { out: [begun(a), got(a), got({ ...a, receipt: c.receipt })] }],
  ['a ballot twice in the exported box', 'doubled', { box: [...voters, a] }],
  ['a credential that may not vote', 'stray', { may: others }],
]) {
  test(name, () => {
    const seen = oracle(given);
    assert.equal(seen.status, 1);
    assert.ok(seen[kind] > 0, JSON.stringify(seen));
  });
}

test('nobody got a receipt', () => {
  assert.equal(oracle({ out: voters.map(begun) }).status, 1);
});

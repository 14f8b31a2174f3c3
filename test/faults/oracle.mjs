// The one oracle of test/faults. Holds what the voters wrote down (voters.mjs) against the box:
//
//   - every receipt that was given is valid, is for the ballot that was sent, and has that ballot in the box, byte for byte;
//     the receipt stored beside it is the one that was given; asked again, the same one came
//   - every ballot in the box is one that somebody sent, has a credential of credentials.csv that may vote, and one only; no
//     credential and no tracker twice; its name in the box (tracker) is the hash of its bytes
//
//   node oracle.mjs --casts FILE --record DIR --rows FILE [--box FILE] OUT…
//
// --rows: the table of ballots, a line each: tracker TAB credential TAB ballot TAB receipt (hex). --box: the exported
// encrypted-votes.box, where there is one; it must hold the same. OUT: what the voters wrote.
// Prints JSON: {tried, acknowledged, found, lost, doubled, stray, resent, closed, unheard, in_box, refused, faults: [the first
// ten, in words]}. Exit status 1 unless lost, doubled, stray are 0 and something was acknowledged.
//
//   lost      a receipt without its ballot in the box, byte for byte, or that does not hold
//   doubled   a credential or a tracker that the box has twice, a voter with two different receipts
//   stray     a ballot in the box that nobody sent, or of nobody who may vote
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const SIGNATURE = 65 + 32; // a ballot's last bytes (PROTOCOL 8); its tracker is the hash of what is before them
const CREDENTIAL = 4 + 32; // after magic and eid
const text = { type: 'string' };
const { values: given, positionals: outs } = parseArgs({ allowPositionals: true,
  options: { casts: text, record: text, rows: text, box: text } });
const lines = (path) => readFileSync(path, 'latin1').split('\n').filter((line) => line !== '');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const faults = [];
const count = { lost: 0, doubled: 0, stray: 0 };
const say = (kind, words) => {
  count[kind]++;
  if (faults.length < 10) faults.push(`${kind}: ${words}`);
};

const casts = lines(given.casts).map((line) => line.split('\t')).map(([, , tracker, ballot]) => ({ tracker, ballot }));
const byTracker = new Map(casts.map((cast) => [cast.tracker, cast]));
const mayVote = new Set(lines(`${given.record}/credentials.csv`).map((line) => line.split(','))
  .filter(([, , kind]) => kind === 'v').map(([, credential]) => credential));

// ---- the box, as the database has it and as it was exported
const box = new Map();
const credentials = new Set();
for (const line of lines(given.rows)) {
  const [tracker, credential, ballot, receipt] = line.split('\t');
  const bytes = Buffer.from(ballot, 'hex');
  if (box.has(tracker)) say('doubled', `tracker ${tracker} twice in the box`);
  if (credentials.has(credential)) say('doubled', `credential of ${tracker} twice in the box`);
  if (!mayVote.has(credential)) say('stray', `${tracker}: its credential may not vote`);
  if (bytes.subarray(CREDENTIAL, CREDENTIAL + 65).toString('hex') !== credential) say('stray', `${tracker}: another's credential`);
  if (sha256(bytes.subarray(0, bytes.length - SIGNATURE)) !== tracker) say('stray', `${tracker}: not the hash of its ballot`);
  if (byTracker.get(tracker)?.ballot !== ballot) say('stray', `${tracker}: nobody sent this ballot`);
  box.set(tracker, { ballot, receipt });
  credentials.add(credential);
}
if (given.box) {
  const file = readFileSync(given.box);
  const ballots = Number(file.readBigUInt64BE(36));
  const seen = new Set();
  let at = 44;
  for (let i = 0; i < ballots; i++) {
    at += 1 + file[at];
    const bytes = file.subarray(at + 4, at + 4 + file.readUInt32BE(at));
    const tracker = sha256(bytes.subarray(0, bytes.length - SIGNATURE));
    at += 4 + bytes.length;
    if (seen.has(tracker)) say('doubled', `tracker ${tracker} twice in ${given.box}`);
    if (box.get(tracker)?.ballot !== bytes.toString('hex')) say('stray', `${tracker}: in ${given.box}, not in the database`);
    seen.add(tracker);
  }
  if (at !== file.length) say('stray', `${given.box}: bytes after the last ballot`);
  for (const tracker of box.keys()) if (!seen.has(tracker)) say('lost', `${tracker}: in the database, not in ${given.box}`);
}

// ---- what the voters have in hand
const voters = new Set();
const receipts = new Map();
const refused = {};
const sum = { resent: 0, closed: 0, unheard: 0 };
for (const line of outs.flatMap(lines).map((one) => JSON.parse(one))) {
  if (line.begun) voters.add(line.voter);
  if (line.final) sum.closed++;
  if (line.end) {
    sum.unheard += line.unheard;
    for (const [why, n] of Object.entries(line.refused)) refused[why] = (refused[why] ?? 0) + n;
  }
  if (!line.receipt) continue;
  const { tracker, signature } = line.receipt;
  const before = receipts.get(line.voter);
  if (before) {
    sum.resent++;
    if (before.tracker !== tracker || before.signature !== signature) say('doubled', `voter ${line.voter}: two receipts`);
  }
  receipts.set(line.voter, { tracker, signature, valid: line.valid && (before?.valid ?? true) });
}
let found = 0;
for (const [voter, { tracker, signature, valid }] of receipts) {
  const stored = box.get(tracker);
  if (!valid) say('lost', `voter ${voter}: the receipt's signature does not hold`);
  else if (casts[voter].tracker !== tracker) say('lost', `voter ${voter}: the receipt is of another ballot`);
  else if (stored?.ballot !== casts[voter].ballot) say('lost', `voter ${voter}: ${tracker} is not in the box as it was sent`);
  else if (stored.receipt !== signature) say('lost', `voter ${voter}: another receipt is stored`);
  else found++;
}
console.log(JSON.stringify({ tried: voters.size, acknowledged: receipts.size, found, ...count, ...sum, in_box: box.size,
  refused, faults }));
process.exit(count.lost + count.doubled + count.stray === 0 && receipts.size > 0 ? 0 : 1);

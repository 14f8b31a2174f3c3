// node test/tools/make-box.mjs --keys FILE --definition FILE --out DIR --voters N [--seed TEXT]
//                              [--expected FILE] [--odd]
//
// Makes the election record up to the closing of an election in which N voters per district voted, sealed
// by the page's own modules, with a registrar's and a system key of its own: election.json, keys.json,
// credentials.csv, opening.json, reissues.csv, encrypted-votes.box, seal.json in DIR, so that mixes and
// tally can run without a server. Beside DIR: expected.json, the counts of what was cast. --seed decides
// what is voted, never a key. --odd adds lawful odd ballots and malformed envelopes. Tests only.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { contestPart, signBallot, unsignedBallot } from '../../fcgi/site/src/protocol/ballot.js';
import { ascii, compare, concat, hex, u32, u64, u8 } from '../../fcgi/site/src/protocol/bytes.js';
import { ALPHABET } from '../../fcgi/site/src/protocol/alphabet.js';
import { deriveCredential } from '../../fcgi/site/src/protocol/credential.js';
import { contestsOf, electionId, readKeys } from '../../fcgi/site/src/protocol/election.js';
import { embedAll, innerContext, sealInner, sealOuter } from '../../fcgi/site/src/protocol/envelope.js';
import { G, pointBytes, randomScalar, scalarBytes, table } from '../../fcgi/site/src/protocol/group.js';
import { FORMAT, sha256 } from '../../fcgi/site/src/protocol/hash.js';
import { makeSignature, reissueMessage, sealMessage } from '../../fcgi/site/src/protocol/signature.js';
import { encodeChoice, widthOf } from '../../fcgi/site/src/protocol/vote.js';
import { dice, lawfulChoice, nullVotes } from './choices.mjs';
import { Expected } from './expected.mjs';
import { ODD, oddPart } from './odd.mjs';

const SPARES = 3; // per district; the first two of a district are given to voters

const { values: options } = parseArgs({
  options: {
    keys: { type: 'string' },
    definition: { type: 'string' },
    out: { type: 'string' },
    voters: { type: 'string', default: '5' },
    seed: { type: 'string', default: 'vemre' },
    expected: { type: 'string' },
    odd: { type: 'boolean', default: false },
  },
});
for (const name of ['keys', 'definition', 'out']) {
  if (!options[name]) {
    console.error(`make-box: --${name} is missing`);
    process.exit(2);
  }
}

const files = new Map();
const definitionBytes = readFileSync(options.definition);
const definition = JSON.parse(definitionBytes);
const keysBytes = readFileSync(options.keys);
const keys = readKeys(keysBytes);
if (keys.slug !== definition.id) {
  console.error(`make-box: keys of ${keys.slug}, definition of ${definition.id}`);
  process.exit(3);
}
files.set('election.json', definitionBytes);
files.set('keys.json', keysBytes);
keys.election = table(keys.election);
keys.committee = keys.committee.map(table);

const signingKey = () => {
  const secret = scalarBytes(randomScalar());
  return { secret, point: hex(pointBytes(G.multiply(BigInt(`0x${hex(secret)}`)))) };
};
const system = signingKey();
const registrar = signingKey();

// ---- roll: every district has N voters and a few sealed spares
const password = () => Array.from(randomBytes(20), (b) => ALPHABET[b & 31]).join('');

function enroll(district, kind, number) {
  const username = `${kind === 's' ? 'R' : 'V'}${district.toUpperCase()}-${number}`;
  const { secret, credential } = deriveCredential(definition.id, username, password());
  return { district, kind, secret, credential: pointBytes(credential) };
}

const voters = [];
const spares = [];
for (const { id } of definition.districts) {
  for (let i = 1; i <= Number(options.voters); i++) voters.push(enroll(id, 'v', i));
  for (let i = 1; i <= SPARES; i++) spares.push(enroll(id, 's', i));
}
const line = ({ district, credential, kind }) => `${district},${hex(credential)},${kind}\n`;
const credentials = ascii([...voters, ...spares].map(line).sort().join(''));
files.set('credentials.csv', credentials);

const json = (value) => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
const opening = json({
  format: FORMAT,
  election: definition.id,
  system_keys: [system.point],
  registrar_key: registrar.point,
  system_hash: createHash('sha256').update(`make-box ${options.seed}`).digest('hex'),
  opened: definition.opens,
});
files.set('opening.json', opening);
const eid = electionId(definitionBytes, keysBytes, sha256(credentials), opening);

// ---- reissues: in the first two districts with voters, one voter loses the password once, one twice
const reissues = [];
function reissue(old, next) {
  const signature = makeSignature(registrar.secret, reissueMessage(eid, old.credential, next.credential));
  reissues.push(`${hex(old.credential)},${hex(next.credential)},${hex(signature)}\n`);
  old.replacedBy = next;
}
definition.districts.slice(0, 2).forEach(({ id }, i) => {
  const voter = voters.find((v) => v.district === id);
  const [first, second] = spares.filter((s) => s.district === id);
  if (!voter) return;
  reissue(voter, first);
  if (i === 0) reissue(first, second);
});
const reissuesBytes = ascii(reissues.sort().join(''));
files.set('reissues.csv', reissuesBytes);

const current = (voter) => (voter.replacedBy ? current(voter.replacedBy) : voter);

// ---- ballots
const below = dice(options.seed);
const expected = new Expected(definition);
const oddKinds = Object.keys(ODD);
const odd = { next: 0, nulls: new Map() };

function oddPlain(contest) {
  const votes = nullVotes(contest);
  const i = odd.nulls.get(contest.id) ?? 0;
  odd.nulls.set(contest.id, i + 1);
  return votes[i % votes.length];
}

function part(contest, voter) {
  const name = contest.id;
  const common = { eid, credential: voter.credential, name };
  const how = options.odd ? below(5) : 2;
  const plain = how === 1 ? oddPlain(contest) : encodeChoice(contest, lawfulChoice(below, contest));
  if (how === 0) {
    expected.count(contest, voter.district, null);
    const kind = oddKinds[odd.next++ % oddKinds.length];
    return oddPart({ ...common, kind, w: widthOf(contest), plain, keys });
  }
  expected.count(contest, voter.district, plain);
  const inner = sealInner(keys.election, innerContext(eid, name), randomBytes(16), plain);
  const t = randomScalar();
  const C = sealOuter(keys.committee, embedAll(inner), t);
  return contestPart({ ...common, C, t, alpha: randomScalar() });
}

const ballots = voters.map(current).map((voter) => {
  const parts = contestsOf(definition, voter.district).map((contest) => part(contest, voter));
  const unsigned = unsignedBallot(eid, voter.credential, parts);
  const bytes = signBallot(unsigned, voter.credential, voter.secret);
  return { district: voter.district, tracker: sha256(unsigned), bytes };
});
ballots.sort((a, b) => compare(a.tracker, b.tracker));

const box = concat(
  ascii('VMX1'), eid, u64(ballots.length),
  ...ballots.flatMap(({ district, bytes }) => [u8(district.length), ascii(district), u32(bytes.length), bytes]),
);
files.set('encrypted-votes.box', box);

const seal = [sha256(box), sha256(reissuesBytes), ballots.length, definition.closes];
files.set('seal.json', json({
  format: FORMAT,
  eid: hex(eid),
  box_sha256: hex(seal[0]),
  reissues_sha256: hex(seal[1]),
  ballots: ballots.length,
  closed: definition.closes,
  signature: hex(makeSignature(system.secret, sealMessage(eid, ...seal))),
}));

mkdirSync(options.out, { recursive: true });
for (const [name, bytes] of files) writeFileSync(join(options.out, name), bytes);
const beside = options.expected ?? join(dirname(resolve(options.out)), 'expected.json');
writeFileSync(beside, json({ eid: hex(eid), ballots: ballots.length, contests: expected.contests }));
console.log(`${ballots.length} ballots in ${options.out}, eid ${hex(eid)}`);

// Opening files (protocol, section 8, end) for the tests of their checkers: a good one and the same with each thing
// wrong that a test must find, sealed by the page's own modules to the keys of a record, for one of its credentials.
//
//   node test/tools/make-opening.mjs RECORD OUT-DIR
//
// OUT-DIR/cases.json: [{file, fails: id of the test that must fail or null, tracker, credential, words: [...]}]

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { openingFile, sealBallot, signBallot } from '../../fcgi/site/src/protocol/ballot.js';
import { hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { credentialCode, trackerCode } from '../../fcgi/site/src/protocol/code.js';
import { contestsOf, electionId, readKeys } from '../../fcgi/site/src/protocol/election.js';
import { G, pointBytes, randomScalar, scalarBytes } from '../../fcgi/site/src/protocol/group.js';
import { sha256 } from '../../fcgi/site/src/protocol/hash.js';
import { readJson } from '../../fcgi/site/src/protocol/json.js';
import { encodeChoice, widthOf } from '../../fcgi/site/src/protocol/vote.js';

/** [{name, text, fails, tracker, credential, words}] */
export function openings(folder) {
  const bytes = (name) => new Uint8Array(readFileSync(`${folder}/${name}`));
  const [definitionFile, keysFile, openingBytes, list] = ['election.json', 'keys.json', 'opening.json', 'credentials.csv'].map(bytes);
  const definition = readJson(definitionFile);
  const keys = readKeys(keysFile);
  const eid = electionId(definitionFile, keysFile, sha256(list), openingBytes);
  const [district, key] = new TextDecoder().decode(list).split('\n')[0].split(',');
  const contests = contestsOf(definition, district);

  // By a coalition where there is one; in another good case by name where that may be, and blank.
  const choice = (contest) => ({ options: contest.coalitions[0]?.options.slice(0, 2) ?? [contest.options[0].id], writeIn: null });
  const written = (contest) => ({ options: [], writeIn: contest.write_in_bytes > 0 ? 'José Ñandú' : null });
  const plains = contests.map((contest) => encodeChoice(contest, choice(contest)));
  const seal = (with_ = {}) => {
    const parts = contests.map((c, i) => ({ name: c.id, w: widthOf(c), plain: plains[i] }));
    return sealBallot({ eid, credential: unhex(key, 65), contests: parts, keys, ...with_ });
  };

  const good = seal();
  const code = trackerCode(good.tracker);
  const credential = credentialCode(unhex(key, 65));
  const cases = [];
  const add = (name, fails, file, more = {}) => cases.push({
    name, fails, text: typeof file === 'string' ? file : `${JSON.stringify(file, null, 1)}\n`, tracker: code, credential, ...more,
  });
  const altered = (change) => {
    const file = structuredClone(openingFile(good));
    change(file);
    return file;
  };
  const flip = (text, at) => text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
  // A ballot other than the good one has its own tracker, which the voter wrote down.
  const other = (name, fails, sealed, more = {}) => add(name, fails, openingFile(sealed), { tracker: trackerCode(sealed.tracker), ...more });

  const candidate = (contest) => contest.candidates.find((c) => c.id === contest.options[0].candidate).name;
  add('good', null, openingFile(good), { words: contests.map(candidate) });
  other('good-written', null, seal({ contests: contests.map((c) => ({ name: c.id, w: widthOf(c), plain: encodeChoice(c, written(c)) })) }),
    { words: ['José Ñandú'] });
  add('not-json', 'form', '{"format": "VEMRE-V1"');
  add('key-twice', 'form', JSON.stringify(openingFile(good)).replace('{', '{"format":"VEMRE-V1",'));
  add('unknown-field', 'form', altered((f) => { f.more = 1; }));
  add('format', 'form', altered((f) => { f.format = 'VEMRE-V2'; }));
  add('signed', 'form', altered((f) => { f.ballot = hex(signBallot(good.unsigned, unhex(key, 65), randomScalar())); }));
  add('cut', 'form', altered((f) => { f.ballot = f.ballot.slice(0, -2); }));
  add('point', 'form', altered((f) => { f.ballot = flip(f.ballot, 2 * (4 + 32 + 65 + 1 + 1 + contests[0].id.length + 1) + 4); }));
  add('contest-missing', 'form', altered((f) => { f.contests.pop(); }));
  add('contest-other', 'form', altered((f) => { f.contests.reverse(); f.contests[0].contest = 'nada'; }));
  add('seed', 'envelopes', altered((f) => { f.contests[0].seed = flip(f.contests[0].seed, 5); }));
  add('plain', 'envelopes', altered((f) => { f.contests[0].plain = flip(f.contests[0].plain, 15); }));
  add('t', 'envelopes', altered((f) => { f.contests[0].t = hex(scalarBytes(randomScalar())); }));
  // The vote the page sealed is another than the one it shows: the opening cannot be bent to it.
  const instead = contests.map((c, i) => ({ name: c.id, w: widthOf(c), plain: encodeChoice(c, { options: [c.options.at(-1).id], writeIn: null }) }));
  const cheat = openingFile(seal({ contests: instead }));
  cheat.contests.forEach((c, i) => { c.plain = hex(plains[i]); });
  add('another-vote', 'envelopes', cheat, { tracker: trackerCode(sha256(unhex(cheat.ballot))) });
  other('another-election', 'eid', seal({ eid: new Uint8Array(32).fill(7) }));
  add('tracker', 'tracker', openingFile(good), { tracker: trackerCode(sha256(good.tracker)) });
  const stranger = pointBytes(G.multiply(randomScalar()));
  other('stranger', 'listed', seal({ credential: stranger }), { credential: credentialCode(stranger) });
  const second = new TextDecoder().decode(list).split('\n').find((line) => line.startsWith(`${district},`) && !line.includes(key));
  if (second) other('another-credential', 'credential', seal({ credential: unhex(second.split(',')[1], 65) }));
  if (contests.length > 1) {
    other('fewer-contests', 'contests', seal({ contests: contests.slice(1).map((c, i) => ({ name: c.id, w: widthOf(c), plain: plains[i + 1] })) }));
  }
  const proof = 2 * (good.unsigned.length - 1);
  add('proof', 'proofs', altered((f) => { f.ballot = flip(f.ballot, proof); }), {
    tracker: trackerCode(sha256(unhex(flip(hex(good.unsigned), proof)))),
  });
  const weaker = { ...keys, election: G.multiply(randomScalar()) };
  other('another-election-key', 'envelopes', seal({ keys: weaker }));
  other('another-committee-key', 'envelopes', seal({ keys: { ...keys, committee: keys.committee.map(() => G.multiply(randomScalar())) } }));
  return cases;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [, , folder, out] = process.argv;
  mkdirSync(out, { recursive: true });
  const cases = openings(folder).map(({ name, text, ...rest }) => {
    writeFileSync(`${out}/${name}.json`, text);
    return { file: `${name}.json`, ...rest };
  });
  writeFileSync(`${out}/cases.json`, JSON.stringify(cases, null, 1));
  for (const c of cases) console.log([c.file, c.fails ?? '-', c.tracker, c.credential].join(' '));
}

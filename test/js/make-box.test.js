// A box of test/tools/make-box.mjs, opened with the secret keys of vectors/keys.json (which nobody has in
// an election), holds what it says it cast; and the rule that joins small lists.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { verifyBallot } from '../../fcgi/site/src/protocol/ballot.js';
import { Reader, concat, hex, toBigInt, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { contestsOf, readKeys, shapeOf } from '../../fcgi/site/src/protocol/election.js';
import { innerContext, readBlock } from '../../fcgi/site/src/protocol/envelope.js';
import { sha256 } from '../../fcgi/site/src/protocol/hash.js';
import { reissueMessage, sealMessage, verifySignature } from '../../fcgi/site/src/protocol/signature.js';
import { Expected, differences, joined } from '../tools/expected.mjs';
import { openInner } from '../tools/opener.mjs';
import { bytesOf, vectors } from './vectors.js';

const here = dirname(fileURLToPath(import.meta.url));
const v = vectors('keys');
const b = v.b.map((k) => toBigInt(unhex(k)));
const a = toBigInt(unhex(v.a));

// Runs make-box.mjs under the vectors' keys; gives the folder and what it says it cast.
function makeBox(folder, ...more) {
  const definition = join(here, '..', 'elections', 'simulacro.json');
  const keys = {
    format: 'VEMRE-V1', election: 'simulacro', threshold: v.threshold,
    members: v.shares.map((_, i) => ({ card: i + 1, name: `Integrante ${i + 1}` })),
    commitments: v.commitments, committee_key: v.B, election_key: v.A,
  };
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
  const tool = join(here, '..', 'tools', 'make-box.mjs');
  const args = ['--keys', join(folder, 'keys.json'), '--definition', definition, '--out', join(folder, 'record')];
  execFileSync(process.execPath, [tool, ...args, ...more]);
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
}

function* ballots(box) {
  const reader = new Reader(box);
  reader.take(36);
  for (let n = toBigInt(reader.take(8)); n > 0n; n--) {
    const district = Buffer.from(reader.take(reader.u8())).toString();
    yield { district, bytes: reader.take(Number(toBigInt(reader.take(4)))) };
  }
  reader.end();
}

// The plain vote of an outer envelope, or null where it is malformed.
function open(keys, eid, { name, C }) {
  const blocks = C.slice(1).map((Ck, k) => readBlock(Ck.subtract(C[0].multiply(b[k]))));
  if (blocks.includes(null)) return null;
  const opened = openInner(keys.election, a, innerContext(eid, name), concat(...blocks));
  return opened.status === 'valid' ? opened.plain : null;
}

function checkBox(folder, expected) {
  const file = (name) => new Uint8Array(readFileSync(join(folder, 'record', name)));
  const definition = JSON.parse(Buffer.from(file('election.json')));
  const keys = readKeys(file('keys.json'));
  const eid = unhex(expected.eid);
  const counted = new Expected(definition);
  let last = '';
  let total = 0;
  for (const { district, bytes } of ballots(file('encrypted-votes.box'))) {
    const ballot = verifyBallot(bytes, { eid, contests: shapeOf(definition, district) });
    assert.ok(hex(ballot.tracker) > last);
    last = hex(ballot.tracker);
    total += 1;
    ballot.contests.forEach((c, i) => {
      counted.count(contestsOf(definition, district)[i], district, open(keys, eid, c));
    });
  }
  assert.equal(total, expected.ballots);
  assert.deepEqual(counted.contests, expected.contests);
  return { definition, eid, file };
}

function checkSignatures({ eid, file }) {
  const opening = JSON.parse(Buffer.from(file('opening.json')));
  const seal = JSON.parse(Buffer.from(file('seal.json')));
  const hashes = [sha256(file('encrypted-votes.box')), sha256(file('reissues.csv'))];
  const message = sealMessage(eid, ...hashes, seal.ballots, seal.closed);
  assert.ok(verifySignature(unhex(opening.system_keys[0]), message, unhex(seal.signature)));
  const lines = Buffer.from(file('reissues.csv')).toString().trimEnd().split('\n');
  assert.deepEqual(lines, [...lines].sort());
  for (const line of lines) {
    const [old, next, signature] = line.split(',').map((text) => unhex(text));
    assert.ok(verifySignature(unhex(opening.registrar_key), reissueMessage(eid, old, next), signature));
  }
}

test('make-box: the box opens to what was cast, odd ballots too', () => {
  for (const more of [['--voters', '4'], ['--voters', '12', '--odd', '--seed', 'b']]) {
    const folder = mkdtempSync(join(tmpdir(), 'vemre-box-'));
    try {
      checkSignatures(checkBox(folder, makeBox(folder, ...more)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

test('small lists are joined as the records of the vectors join them', () => {
  for (const record of ['record', 'record-odd', 'record-small']) {
    const definition = JSON.parse(Buffer.from(bytesOf(record, 'election.json')));
    const results = JSON.parse(Buffer.from(bytesOf(record, 'results.json')));
    const totals = Object.fromEntries(definition.districts.map((d) => [d.id, 0]));
    for (const { district } of ballots(bytesOf(record, 'encrypted-votes.box'))) totals[district] += 1;
    const rest = joined(totals, definition.min_list);
    const lists = definition.districts.map((d) => d.id).filter((d) => !rest.includes(d));
    const names = [...lists, ...(rest.length ? ['rest'] : [])].map((d) => `senadurias.${d}`);
    assert.deepEqual(results.lists.map((l) => l.list).filter((l) => l.startsWith('senadurias')), names, record);
  }
  assert.deepEqual(joined({ a: 2, b: 9, c: 4, d: 4, e: 0 }, 3), ['a', 'c']);
  assert.deepEqual(joined({ a: 3, b: 9 }, 3), []);
});

test('a count that differs by one vote is seen', () => {
  const definition = JSON.parse(Buffer.from(bytesOf('record', 'election.json')));
  const cast = new Expected(definition);
  assert.equal(differences(definition, cast, { lists: [] }).length, 5);
  const lists = [{ ...cast.contests.presidencia['09'], list: 'presidencia', total: 1 }];
  assert.match(differences(definition, cast, { lists }).join('\n'), /presidencia total: cast 0, counted 1/);
});

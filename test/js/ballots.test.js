// protocol, sections 5 to 8: envelopes and ballots, lawful odd ones taken, rejected ones refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  openingFile, parseBallot, sealBallot, signBallot, verifyBallot,
} from '../../fcgi/site/src/protocol/ballot.js';
import { Reader, hex, toBigInt, unhex, utf8 } from '../../fcgi/site/src/protocol/bytes.js';
import { trackerCode } from '../../fcgi/site/src/protocol/code.js';
import { contestsOf, readKeys, shapeOf } from '../../fcgi/site/src/protocol/election.js';
import {
  embedAll, innerContext, innerScalar, sealInner, sealOuter,
} from '../../fcgi/site/src/protocol/envelope.js';
import { pointBytes, readPoint, scalarBytes } from '../../fcgi/site/src/protocol/group.js';
import { plainVote } from '../../fcgi/site/src/protocol/vote.js';
import { openInner } from '../tools/opener.mjs';
import { bytesOf, vectors } from './vectors.js';

const v = vectors('ballots');
const eid = unhex(v.eid);
const keys = {
  election: readPoint(unhex(v.election_key)),
  committee: v.committee_key.map((B) => readPoint(unhex(B))),
};
const a = toBigInt(unhex(v.opening_secret));
const credentials = new Map(vectors('credentials').cases.map((c) => [c.username, unhex(c.credential)]));
const shape = (b) => b.contests.map((c) => ({ name: c.contest, w: c.w }));

test('inner envelopes: sealed alike, opened with the right status', () => {
  for (const e of v.inner) {
    const ctx = innerContext(eid, e.contest);
    if (e.seed) {
      const plain = plainVote(e.w, BigInt(e.marks), utf8(e.write_in));
      assert.equal(hex(plain), e.plain);
      assert.equal(hex(scalarBytes(innerScalar(ctx, unhex(e.seed), plain))), e.r);
      assert.equal(hex(sealInner(keys.election, ctx, unhex(e.seed), plain)), e.inner);
    }
    const opened = openInner(keys.election, a, ctx, unhex(e.inner));
    assert.equal(opened.status, e.status, e.note);
    if (e.status === 'valid') assert.equal(hex(opened.plain), e.plain);
    if (e.W) assert.equal(hex(pointBytes(opened.W)), e.W);
  }
});

test('the challenge of a mismatch accepts the true W and no other', () => {
  const { inner, W, u, v: vv, Q, answer, rejected_W: rejected } = v.challenge;
  const { R } = openInner(keys.election, a, innerContext(eid, 'presidencia'), unhex(inner));
  const [U, VV] = [u, vv].map((k) => toBigInt(unhex(k)));
  const point = (text) => readPoint(unhex(text));
  assert.equal(hex(pointBytes(R.multiply(U).add(point('04' + G_HEX).multiply(VV)))), Q);
  const accepts = (text) =>
    hex(pointBytes(point(text).multiply(U).add(keys.election.multiply(VV)))).slice(2, 66) === answer;
  assert.ok(accepts(W));
  for (const bad of rejected) assert.ok(!accepts(bad));
});
const G_HEX =
  '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
  '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';

// Gives out the vector's randomness in the order in which sealBallot and signBallot ask.
function replay(b) {
  const seeds = b.contests.map((c) => unhex(c.seed));
  const scalars = [...b.contests.flatMap((c) => [c.t, c.alpha]), b.beta].map((k) => toBigInt(unhex(k)));
  return { seed: () => seeds.shift(), scalar: () => scalars.shift() };
}

test('ballots, byte for byte', () => {
  for (const b of v.ballots) {
    const credential = credentials.get(b.username);
    const draw = replay(b);
    const contests = b.contests.map((c) => ({ name: c.contest, w: c.w, plain: unhex(c.plain) }));
    const sealed = sealBallot({ eid, credential, contests, keys }, draw);
    assert.equal(hex(sealed.unsigned), b.unsigned);
    assert.equal(hex(sealed.tracker), b.tracker);
    assert.equal(trackerCode(sealed.tracker), b.code);
    const ballot = signBallot(sealed.unsigned, credential, toBigInt(unhex(b.sk)), draw);
    assert.equal(hex(ballot), b.ballot);
    const parsed = verifyBallot(ballot, { eid, contests: shape(b) });
    parsed.contests.forEach((c, i) => assert.deepEqual(c.C.map((P) => hex(pointBytes(P))), b.contests[i].C));
  }
});

test('lawful odd ballots are taken', () => {
  for (const { why, ballot } of v.lawful) {
    const { contests } = parseBallot(unhex(ballot));
    verifyBallot(unhex(ballot), { eid, contests: contests.map(({ name, w }) => ({ name, w })) });
    assert.ok(why);
  }
});

// Each is refused for its own reason, not because its contests are not those expected.
const REASONS = {
  magic: /VMB1/,
  'cut short': /cut short/,
  'a byte too many': /left over/,
  unsigned: /cut short/,
  'another election': /another election/,
  signature: /^signature/,
  "signed by another's key": /^signature/,
  'C_0 off the curve': /point/,
  'C_0 replaced, signed anew': /proof of knowledge/,
  'C_2 replaced, signed anew': /proof of knowledge/,
  "another voter's envelope and proof, signed anew": /proof of knowledge/,
  'scalar z not below n': /not below n/,
  'width 5': /width 5/,
  'two contests with the same C_0': /same C_0/,
  'two different contests sealed with the same t': /same C_0/,
};

test('rejected ballots are refused, each for its reason', () => {
  for (const { why, ballot } of v.rejected) {
    const bytes = unhex(ballot);
    const check = () => {
      const contests = parseBallot(bytes).contests.map(({ name, w }) => ({ name, w }));
      verifyBallot(bytes, { eid, contests });
    };
    assert.throws(check, (fault) => REASONS[why].test(fault.message), why);
  }
  const contests = shape(v.ballots[0]);
  assert.throws(() => verifyBallot(unhex(v.ballots[1].ballot), { eid, contests }), /^RangeError: contests/);
});

test('a ballot sealed with fresh randomness: the opening file makes the same envelopes', () => {
  const b = v.ballots[1];
  const credential = credentials.get(b.username);
  const contests = b.contests.map((c) => ({ name: c.contest, w: c.w, plain: unhex(c.plain) }));
  const sealed = sealBallot({ eid, credential, contests, keys });
  const file = JSON.parse(JSON.stringify(openingFile(sealed)));
  assert.deepEqual(Object.keys(file), ['format', 'ballot', 'contests']);
  const parsed = parseBallot(Buffer.concat([unhex(file.ballot), unhex(b.ballot).subarray(-97)]));
  file.contests.forEach((c, i) => {
    const inner = sealInner(keys.election, innerContext(eid, c.contest), unhex(c.seed), unhex(c.plain));
    const C = sealOuter(keys.committee, embedAll(inner), toBigInt(unhex(c.t)));
    assert.deepEqual(C.map((P) => hex(pointBytes(P))), parsed.contests[i].C.map((P) => hex(pointBytes(P))));
  });
  const again = sealBallot({ eid, credential, contests, keys });
  assert.notEqual(hex(again.tracker), hex(sealed.tracker));
});

test('every ballot of the records\' boxes verifies', () => {
  for (const record of ['record', 'record-odd', 'record-small']) {
    const definition = JSON.parse(Buffer.from(bytesOf(record, 'election.json')));
    readKeys(bytesOf(record, 'keys.json'));
    const box = new Reader(bytesOf(record, 'encrypted-votes.box'));
    assert.equal(Buffer.from(box.take(4)).toString(), 'VMX1');
    const boxEid = box.take(32);
    const n = toBigInt(box.take(8));
    for (let i = 0n; i < n; i++) {
      const district = Buffer.from(box.take(box.u8())).toString();
      const ballot = box.take(Number(toBigInt(box.take(4))));
      assert.ok(contestsOf(definition, district).length > 0);
      verifyBallot(ballot, { eid: boxEid, contests: shapeOf(definition, district) });
    }
    box.end();
  }
});

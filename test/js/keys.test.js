// protocol, section 3: the public half, as keys.json gives it to the page; K, shares and PINs from the
// vectors' own arithmetic, so that both languages agree on the labels.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex, toBigInt, u8, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { electionId, readKeys } from '../../fcgi/site/src/protocol/election.js';
import { G, mod, pointBytes, readPoint, readScalar, scalarBytes } from '../../fcgi/site/src/protocol/group.js';
import { Hb, Hs, sha256 } from '../../fcgi/site/src/protocol/hash.js';
import { bytesOf, vectors } from './vectors.js';

const v = vectors('keys');
const K = toBigInt(unhex(v.K));

test('committee key, vault PINs, spare key', () => {
  v.b.forEach((b, i) => {
    assert.equal(hex(scalarBytes(Hs('committee-key', unhex(v.K), u8(i + 1)))), b);
    assert.equal(hex(pointBytes(G.multiply(readScalar(unhex(b))))), v.B[i]);
  });
  const pin = (label) => Buffer.from(Hb(label, unhex(v.K)).subarray(0, 24)).toString('base64url');
  assert.equal(pin('vault-pin'), v.vault_pin);
  assert.equal(pin('vault-so-pin'), v.vault_so_pin);
  assert.equal(hex(Hb('vault-spare', unhex(v.K))), v.spare_key);
  assert.equal(hex(pointBytes(G.multiply(toBigInt(unhex(v.a))))), v.A);
  assert.equal(hex(pointBytes(G.multiply(K))), v.commitments[0]);
});

test('every share holds against the commitments, the bad one does not', () => {
  const F = v.commitments.map((c) => readPoint(unhex(c)));
  const expected = (card) =>
    F.reduce((sum, Fj, j) => sum.add(Fj.multiplyUnsafe(mod(BigInt(card) ** BigInt(j)))), G.multiplyUnsafe(0n));
  const holds = (card, share) => G.multiply(toBigInt(unhex(share))).equals(expected(card));
  v.shares.forEach((share, i) => assert.ok(holds(i + 1, share)));
  assert.ok(!holds(v.bad_share.card, v.bad_share.share));
});

test('the records\' keys.json and eid', () => {
  for (const record of ['record', 'record-odd', 'record-small']) {
    const file = (name) => bytesOf(record, name);
    assert.equal(readKeys(file('keys.json')).committee.length, 4);
    const eid = electionId(
      file('election.json'), file('keys.json'), sha256(file('credentials.csv')), file('opening.json'));
    assert.equal(hex(eid), JSON.parse(Buffer.from(file('seal.json'))).eid);
    assert.equal(hex(file('encrypted-votes.box').subarray(4, 36)), hex(eid));
  }
});

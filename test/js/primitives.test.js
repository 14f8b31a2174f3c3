// protocol, sections 2, 7, 8: hashes, points, scalars, blocks, codes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as bytes from '../../fcgi/site/src/protocol/bytes.js';
import { trackerCode } from '../../fcgi/site/src/protocol/code.js';
import { embed, readBlock } from '../../fcgi/site/src/protocol/envelope.js';
import { INFINITY, pointBytes, readPoint, readScalar, scalarBytes } from '../../fcgi/site/src/protocol/group.js';
import { Hb, Hp, Hs } from '../../fcgi/site/src/protocol/hash.js';
import { readJson } from '../../fcgi/site/src/protocol/json.js';
import { vectors } from './vectors.js';

const { hex, unhex } = bytes;
const v = vectors('primitives');

test('Hb, Hs, Hp', () => {
  for (const { label, parts, out } of v.Hb) assert.equal(hex(Hb(label, ...parts.map((p) => unhex(p)))), out);
  for (const { label, parts, out } of v.Hs) {
    assert.equal(hex(scalarBytes(Hs(label, ...parts.map((p) => unhex(p))))), out);
  }
  for (const { label, msg, out } of v.Hp) assert.equal(hex(pointBytes(Hp(label, unhex(msg)))), out);
});

test('blocks as points and back', () => {
  for (const { block, point } of v.embed) {
    assert.equal(hex(pointBytes(embed(unhex(block)))), point);
    assert.equal(hex(readBlock(readPoint(unhex(point)))), block);
  }
  for (const { why, point } of v.unreadable_points) assert.equal(readBlock(readPoint(unhex(point))), null, why);
  assert.equal(readBlock(INFINITY), null);
});

test('codes for reading aloud', () => {
  for (const { hash, code } of v.tracker) assert.equal(trackerCode(unhex(hash)), code);
});

test('bad points and scalars are refused', () => {
  for (const { why, hex: text } of v.bad_points) assert.throws(() => readPoint(unhex(text)), why);
  for (const { why, hex: text } of v.bad_scalars) assert.throws(() => readScalar(unhex(text)), why);
  assert.throws(() => readScalar(new Uint8Array(31)));
  assert.throws(() => pointBytes(INFINITY));
});

test('integers, hexadecimal, bounded reading', () => {
  assert.equal(hex(bytes.u64(2n ** 64n - 1n)), 'ffffffffffffffff');
  assert.throws(() => bytes.u64(2n ** 64n));
  assert.throws(() => bytes.u8(256));
  assert.throws(() => unhex('AB'));
  assert.throws(() => unhex('abc'));
  assert.throws(() => unhex('ab', 2));
  const reader = new bytes.Reader(Uint8Array.of(1, 2));
  assert.equal(reader.u8(), 1);
  assert.throws(() => reader.end());
  assert.throws(() => reader.take(2));
});

test('JSON with a key twice is refused, also where the key is spelt otherwise', () => {
  const read = (text) => readJson(bytes.utf8(text));
  assert.deepEqual(read('{"a": [1, {"a": "{,\\""}], "b": {"a": 2}}'), { a: [1, { a: '{,"' }], b: { a: 2 } });
  assert.throws(() => read('{"a": 1, "a": 2}'), /key twice/);
  assert.throws(() => read('[{"b": {"a": 1, "\\u0061": 2}}]'), /key twice/);
  assert.throws(() => read('{"a": 1'));
});

// protocol, section 5, and the count's reading of a plain vote.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { encodeChoice, meaning, plainVote, widthOf } from '../../fcgi/site/src/protocol/vote.js';
import { vectors } from './vectors.js';

const v = vectors('count');

test('what each vote counts as', () => {
  assert.ok(v.votes.length > 20);
  for (const { why, plain, counts_as: as, what } of v.votes) {
    assert.deepEqual(meaning(v.contest, unhex(plain)), { as, what }, why);
  }
});

test('choices as plain votes', () => {
  const { contest } = v;
  const plain = (options, writeIn = null) => encodeChoice(contest, { options, writeIn });
  assert.equal(widthOf(contest), 3);
  assert.equal(hex(plain(['pri', 'pan'])), hex(plainVote(3, 3n)));
  assert.deepEqual(meaning(contest, plain([], 'Ñandú')), { as: 'unregistered', what: 'Ñandú' });
  assert.deepEqual(meaning(contest, plain([])), { as: 'null', what: null });
  assert.throws(() => plain(['nobody']));
  assert.throws(() => plain([], 'ñ'.repeat(11)));
});

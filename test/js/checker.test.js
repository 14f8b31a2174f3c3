// The checker of opened ballots (fcgi/checker): a good file passes every test of PROTOCOL 8, and each thing wrong fails
// the test that is named for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TESTS, check, readCode } from '../../fcgi/checker/src/check.js';
import { openings } from '../tools/make-opening.mjs';
import { bytesOf, path } from './vectors.js';

const NAMES = ['election.json', 'keys.json', 'opening.json', 'credentials.csv'];
const files = Object.fromEntries(NAMES.map((name) => [name, bytesOf('record', name)]));
const cases = openings(path('record'));
const run = ({ text, tracker, credential }, more = {}) =>
  check({ ...files, opening: new TextEncoder().encode(text), ...more }, { tracker, credential });

test('a good opening passes every test and says the votes in words', () => {
  const good = cases.find((c) => c.name === 'good');
  const result = run(good);
  assert.deepEqual(result.tests.map(({ id, status }) => [id, status]), TESTS.map((id) => [id, 'holds']));
  assert.ok(result.good);
  const words = JSON.stringify(result.votes);
  for (const word of good.words) assert.ok(words.includes(word), word);
  const lazy = check({ ...files, opening: new TextEncoder().encode(good.text) }, { tracker: '', credential: '' });
  assert.deepEqual(lazy.tests.filter(({ status }) => status === 'open').map(({ id }) => id), ['tracker', 'credential']);
});

for (const wrong of cases.filter((c) => c.fails)) {
  test(`${wrong.name}: fails «${wrong.fails}»`, () => {
    const result = run(wrong);
    assert.ok(!result.good);
    assert.equal(result.tests.find(({ status }) => status === 'false')?.id, wrong.fails);
    if (['envelopes', 'form', 'listed'].includes(wrong.fails)) assert.equal(result.votes.length, 0, 'tells votes that are not proved');
  });
}

test('a published file that is missing or altered', () => {
  const [good] = cases;
  for (const name of NAMES) {
    assert.equal(run(good, { [name]: null }).tests.find(({ status }) => status === 'false').id, 'files');
    const altered = new TextEncoder().encode(`${new TextDecoder().decode(files[name])} `);
    assert.ok(!run(good, { [name]: altered }).good, name);
  }
});

test('codes as people type them', () => {
  assert.equal(readCode(' p0cjv 4s69m-gr65n k3ngf'), 'P0CJV-4S69M-GR65N-K3NGF');
  assert.equal(readCode('IO111-11111-11111-11111'), '10111-11111-11111-11111');
  assert.equal(readCode('P0CJV-4S69M'), null);
});

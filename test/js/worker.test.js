// The page's worker: what it holds back. A sealed ballot is signed or opened, never both; another voter finds
// nothing of the one before.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyBallot } from '../../fcgi/site/src/protocol/ballot.js';
import { hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { contestsOf, readKeys, shapeOf } from '../../fcgi/site/src/protocol/election.js';
import { sha256 } from '../../fcgi/site/src/protocol/hash.js';
import { encodeChoice } from '../../fcgi/site/src/protocol/vote.js';
import { reopens } from '../tools/opener.mjs';
import { bytesOf, vectors } from './vectors.js';

// The worker's own global, as a browser gives it.
let answer = null;
globalThis.self = { postMessage: (message) => { answer = message; } };
await import('../../fcgi/site/src/worker.js');

function ask(name, value) {
  globalThis.self.onmessage({ data: { id: 1, name, value } });
  if (answer.fault !== undefined) throw new Error(answer.fault);
  return answer.result;
}

const file = (name) => bytesOf('record', name);
const [first, other] = vectors('credentials').cases;
const password = (c) => c.password.replace(/-/g, '');
const derive = (c) => ask('derive', { slug: 'simulacro', username: c.username, password: password(c) });

const loaded = ask('load', {
  definition: file('election.json'), keys: file('keys.json'), opening: file('opening.json'),
  credentials: hex(sha256(file('credentials.csv'))),
});
ask('prepare');
const { definition } = loaded;
const contests = contestsOf(definition, '09').map((contest, i) => ({
  ...shapeOf(definition, '09')[i],
  plain: encodeChoice(contest, { options: [contest.options[0].id], writeIn: null }),
}));
const expected = { eid: unhex(loaded.eid), contests: shapeOf(definition, '09') };

test('eid is computed from the files', () => {
  assert.equal(loaded.eid, JSON.parse(Buffer.from(file('seal.json'))).eid);
});

test('an opened ballot holds what was marked and is never signed', () => {
  derive(first);
  const { tracker } = ask('seal', { contests });
  const opening = ask('open');
  const election = { keys: readKeys(file('keys.json')), eid: expected.eid };
  assert.ok(reopens(election, opening, contests.map((c) => c.plain)));
  assert.ok(!reopens(election, opening, contests.map((c) => c.plain.map((b) => b ^ 1))));
  assert.equal(hex(sha256(unhex(opening.ballot))), tracker);
  assert.throws(() => ask('sign'));
  assert.throws(() => ask('open'));
});

test('a signed ballot is never opened, nor replaced; asked again, the same bytes', () => {
  derive(first);
  const { tracker } = ask('seal', { contests });
  const ballot = ask('sign');
  assert.equal(hex(verifyBallot(ballot, expected).tracker), tracker);
  assert.throws(() => ask('open'));
  assert.throws(() => ask('seal', { contests }));
  derive(first); // the same voter logs in again after a lost reply
  assert.deepEqual(ask('sign'), ballot);
});

test('a ballot that the server will never take gives way to another, and is not opened either', () => {
  derive(first);
  ask('refused');
  assert.throws(() => ask('sign'));
  assert.throws(() => ask('open'));
  const { tracker } = ask('seal', { contests });
  const ballot = ask('sign');
  assert.equal(hex(verifyBallot(ballot, expected).tracker), tracker);
  ask('refused');
  assert.throws(() => ask('sign'));
  assert.notEqual(ask('seal', { contests }).tracker, tracker);
});

test('another voter, and whoever comes after leaving, finds nothing', () => {
  derive(other);
  assert.throws(() => ask('sign'));
  ask('seal', { contests });
  ask('forget');
  assert.throws(() => ask('sign'));
  assert.throws(() => ask('seal', { contests }));
});

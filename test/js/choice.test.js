// What may be marked together, and the two languages of the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  BLANK, cleanText, faultOf, finished, isBlank, textLength, toggle, toggleWriteIn,
} from '../../fcgi/site/src/choice.js';
import { encodeChoice, meaning } from '../../fcgi/site/src/protocol/vote.js';
import { en } from '../../fcgi/site/src/text-en.js';
import { es } from '../../fcgi/site/src/text-es.js';
import { clock } from '../../fcgi/site/src/time.js';
import { vectors } from './vectors.js';

const { contest } = vectors('count');
const press = (choice, ...ids) => ids.reduce((c, id) => toggle(contest, c, id).choice, choice);

test('partners of a coalition stand together, in the ballot\'s order; others give way', () => {
  assert.deepEqual(press(BLANK, 'prd', 'pan').options, ['pan', 'prd']);
  assert.deepEqual(press(BLANK, 'prd', 'pan', 'prd').options, ['pan']);
  assert.deepEqual(toggle(contest, press(BLANK, 'pan', 'pri'), 'mc'), {
    choice: { options: ['mc'], writeIn: null }, dropped: ['pan', 'pri'],
  });
  assert.deepEqual(press(BLANK, 'mc', 'morena').options, ['morena']);
  assert.ok(isBlank(press(BLANK, 'mc', 'mc')));
});

test('whatever order of marks, what is sealed is one vote or blank', () => {
  const ids = contest.options.map((o) => o.id);
  for (let i = 0; i < 300; i++) {
    const presses = Array.from({ length: 5 }, (_, k) => ids[(i * 7 + k * k * (i % 5) + k) % ids.length]);
    const choice = press(BLANK, ...presses);
    const { as } = meaning(contest, encodeChoice(contest, finished(choice)));
    assert.equal(as === 'null', isBlank(choice), presses.join());
  }
});

test('a write-in stands alone, with a text that the count takes', () => {
  const { choice, dropped } = toggleWriteIn(press(BLANK, 'pan', 'pri'));
  assert.deepEqual([choice, dropped], [{ options: [], writeIn: '' }, ['pan', 'pri']]);
  assert.deepEqual(toggle(contest, { options: [], writeIn: 'X' }, 'pan').dropped, ['write-in']);
  assert.equal(faultOf(contest, choice), 'write-in-empty');
  for (const blank of [' ', '\u00a0 ', '\u200b'.slice(1), '\n\t']) assert.equal(faultOf(contest, { options: [], writeIn: blank }), 'write-in-empty');
  assert.equal(faultOf(contest, { options: [], writeIn: 'ñ'.repeat(11) }), 'write-in-long');
  assert.equal(faultOf(contest, { options: [], writeIn: 'ñ'.repeat(10) }), null);
  for (const typed of [' Ana\u0301 ', 'A\u2028na\ufeff', 'Ana\u0007', '  x']) {
    const sealed = encodeChoice(contest, finished({ options: [], writeIn: typed }));
    assert.equal(meaning(contest, sealed).as, 'unregistered', JSON.stringify(typed));
  }
  assert.equal(cleanText('An\u0303o'), 'Año');
  assert.equal(textLength('Año'), 4);
});

test('both languages have the same words', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(es).sort());
  for (const key of Object.keys(es)) {
    assert.equal(typeof en[key], typeof es[key], key);
    if (typeof es[key] === 'function') assert.equal(en[key].length, es[key].length, key);
    assert.doesNotMatch(String(es[key]), /distrito/i);
  }
});

test('clocks', () => {
  assert.deepEqual([0, 65, 3600, 90061, -3].map(clock), ['00:00', '01:05', '1:00:00', '1 d 1:01:01', '00:00']);
});

// Pieces that several screens are made of.

import { h } from '../dom.js';
import { moments } from '../time.js';

const OWN = { network: ['network', 'networkNext'], busy: ['busy', 'busyNext'] };
const VOTE = { none: 'voteNone', stored: 'voteStored', unknown: 'voteUnknown' };

/** A refusal in the server's own words: what happened, what to do (or `next`, where the page knows better), whether a vote
 * exists, the reference. */
export function faultBox(app, next = null) {
  const { text, local: { fault } } = app;
  if (!fault) return null;
  const [message, ownNext] = OWN[fault.code] ?? OWN.network;
  // Before there is a ballot, that none is stored goes without saying.
  const said = fault.vote && (fault.vote === 'stored' || ['sealed', 'review'].includes(app.screen));
  return h('div.fault', { id: 'fault', role: 'alert', tabindex: '-1', 'data-focus': true, 'data-code': fault.code },
    h('p', {}, h('strong', {}, fault.words?.[text.lang] ?? text[message])),
    h('p', {}, next ?? fault.next?.[text.lang] ?? text[ownNext]),
    fault.tries_left > 0 ? h('p', {}, text.triesLeft(fault.tries_left)) : null,
    fault.until === null ? null : waiting(text, fault.until),
    said ? h('p', {}, text[VOTE[fault.vote]]) : null,
    fault.reference ? h('p.small', {}, text.reference, ' ', h('code', {}, fault.reference)) : null);
}

// The time until the next try, counted down; role timer keeps a screen reader from saying every second.
function waiting(text, until) {
  const line = h('p', {}, text.waitUntil, ' ',
    h('span', { role: 'timer', 'data-until': until, onover: () => line.replaceChildren(text.waitOver) }));
  return line;
}

/** A labelled field; `error` is said beside it and the field is focused. */
export function field({ id, label, hint, error, input, box = input }) {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  if (described) input.setAttribute('aria-describedby', described);
  if (error) {
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('data-focus', '');
  }
  input.id = id;
  return h('div.field', {},
    h('label', { for: id }, label),
    hint && h('p.hint', { id: `${id}-hint` }, hint),
    error && h('p.error', { id: `${id}-error` }, error),
    box);
}

/** A file to choose, as { input, box }. The browser's own words would be in the browser's language: the box shows ours, and
 * the input lies over it, unseen. */
export function fileToChoose(text, properties) {
  const name = h('span.file-name', { 'aria-hidden': 'true' }, text.noFile);
  const input = h('input', { type: 'file', onchange: () => { name.textContent = input.files[0]?.name ?? text.noFile; }, ...properties });
  return { input, box: h('div.file', {}, h('span.file-button', { 'aria-hidden': 'true' }, text.chooseFile), name, input) };
}

export const primary = (words, onclick, more = {}) => h('button.primary', { type: 'button', onclick, ...more }, words);
export const secondary = (words, onclick, more = {}) => h('button.secondary', { type: 'button', onclick, ...more }, words);
export const buttons = (...children) => h('div.buttons', {}, ...children);

export const form = (onsubmit, ...children) =>
  h('form', { novalidate: true, onsubmit: (event) => { event.preventDefault(); onsubmit(event.target); } }, ...children);

/** A moment in the election's zone and in the voter's own. */
export function moment(app, label, when) {
  const zone = app.election?.definition.timezone ?? 'America/Mexico_City';
  const { there, here } = moments(app.text.locale, when, zone);
  return h('p', {}, label, ' ', h('strong', {}, there),
    here ? h('span.here', {}, `${app.text.yourTime} `, h('strong', {}, here)) : null);
}

/** A code of four groups, large, to be read aloud and copied; a narrow screen breaks it in the middle. */
export const bigCode = (label, code, id) =>
  h('dl.code', {}, h('dt', {}, label),
    h('dd', { id, translate: 'no' }, code.match(/^(.{12})(.*)$/).slice(1).map((half) => h('span', {}, half))));

export const groups = (hex) => hex.replace(/(.{4})(?=.)/g, '$1 ');

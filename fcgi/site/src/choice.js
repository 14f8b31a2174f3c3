// What may be marked together on a ballot. Pure rules, no screen: { options: [id, …], writeIn: text or null }.

import { utf8 } from './protocol/bytes.js';

export const BLANK = Object.freeze({ options: [], writeIn: null });

/** The coalition that holds all of these options, or null. */
export const coalitionOf = (contest, ids) =>
  contest.coalitions.find((c) => ids.every((id) => c.options.includes(id))) ?? null;

const inOrder = (contest, ids) => contest.options.map((o) => o.id).filter((id) => ids.includes(id));

/**
 * A mark set or taken away. Gives { choice, dropped }: dropped are the options (and 'write-in') that had to
 * give way, because only parties of one coalition may be marked together.
 */
export function toggle(contest, choice, id) {
  if (choice.options.includes(id)) {
    return { choice: { ...choice, options: choice.options.filter((other) => other !== id) }, dropped: [] };
  }
  const together = [...choice.options, id];
  if (choice.writeIn === null && coalitionOf(contest, together)) {
    return { choice: { options: inOrder(contest, together), writeIn: null }, dropped: [] };
  }
  const dropped = choice.writeIn === null ? choice.options : ['write-in'];
  return { choice: { options: [id], writeIn: null }, dropped };
}

export function toggleWriteIn(choice) {
  if (choice.writeIn !== null) return { choice: BLANK, dropped: [] };
  return { choice: { options: [], writeIn: '' }, dropped: choice.options };
}

/** The text as it will be sealed: composed, no controls, no marks that the count calls null. */
export const cleanText = (typed) =>
  typed.normalize('NFC').replace(/[\u0000-\u001f\u007f-\u009f\ufeff\u2028\u2029]/g, '').trim();

export const textLength = (typed) => utf8(cleanText(typed)).length;

/** null, or what stands in the way of going on: 'write-in-empty', 'write-in-long'. */
export function faultOf(contest, choice) {
  if (choice.writeIn === null) return null;
  const length = textLength(choice.writeIn);
  if (!/[^ \u00a0]/.test(cleanText(choice.writeIn))) return 'write-in-empty';
  return length > contest.write_in_bytes ? 'write-in-long' : null;
}

export const isBlank = (choice) => choice.options.length === 0 && choice.writeIn === null;

/** As it is sealed. */
export const finished = (choice) =>
  choice.writeIn === null ? choice : { options: [], writeIn: cleanText(choice.writeIn) };

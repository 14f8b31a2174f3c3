// Votes that a crowd might cast: deterministic in a text, so that a run can be repeated. It decides what
// is voted, never a key, a seed or a scalar.

import { createHash } from 'node:crypto';

import { concat, integer, utf8 } from '../../fcgi/site/src/protocol/bytes.js';
import { plainVote, widthOf } from '../../fcgi/site/src/protocol/vote.js';

/** Gives below(n): the next number in [0, n), from SHA-256 of the text and a counter. */
export function dice(text) {
  let counter = 0;
  return (n) => createHash('sha256').update(`${text}/${counter++}`).digest().readUInt32BE(0) % n;
}

const WRITE_INS = ['María Ñandú', 'José Á. Peña', '  Benita J.  ', 'Zoë O’Brien', '愛 López', 'N. N.'];

const pick = (below, list) => list[below(list.length)];

// Two or more options of one coalition.
function combination(below, contest) {
  const coalition = pick(below, contest.coalitions);
  const left = [...coalition.options];
  const many = 2 + below(left.length - 1);
  return Array.from({ length: many }, () => left.splice(below(left.length), 1)[0]);
}

const fits = (contest, text) => utf8(text).length <= contest.write_in_bytes;

/** A choice that the page lets a voter make: { options, writeIn }. */
export function lawfulChoice(below, contest) {
  const roll = below(20);
  if (roll === 0) return { options: [], writeIn: null };
  const texts = WRITE_INS.filter((text) => fits(contest, text));
  if (roll <= 2 && texts.length > 0) return { options: [], writeIn: pick(below, texts) };
  if (roll <= 7 && contest.coalitions.length > 0) {
    return { options: combination(below, contest), writeIn: null };
  }
  return { options: [pick(below, contest.options).id], writeIn: null };
}

/** Well-formed plain votes that the page would not make and the count calls null, one after another. */
export function nullVotes(contest) {
  const w = widthOf(contest);
  const n = contest.options.length;
  const all = (1n << BigInt(n)) - 1n;
  const beyond = 1n << BigInt(contest.write_in_bytes > 0 ? n + 1 : n);
  const plain = (marks, text = '') => plainVote(w, marks, utf8(text));
  const votes = [plain(all), plain(beyond), plain(beyond | 1n), plain(1n << 63n), plain(1n, 'abc'), plain(0n, 'abc')];
  if (contest.write_in_bytes > 0) {
    const mark = 1n << BigInt(n);
    votes.push(plain(mark), plain(mark, ' \u00a0'), plain(mark | 1n, 'ab'), plain(mark, 'a\nb'));
    votes.push(plainVote(w, mark, Uint8Array.of(0xff)), plainVote(w, mark, concat(utf8('a'), integer(1, 2))));
  }
  return votes;
}

// What people type, brought into the one form that everything is derived from (protocol, section 4).

import { ALPHABET } from './alphabet.js';

// ASCII alone is folded: toUpperCase() would turn letters of other alphabets into ours.
const upper = (text) => text.replace(/[a-z]/g, (c) => c.toUpperCase());

/** As typed → as derived from; null where it cannot be a user name. */
export function readUsername(typed) {
  const name = upper(typed.trim());
  return /^[0-9A-Z._-]{1,40}$/.test(name) ? name : null;
}

/** As typed → the 20 symbols; null where it cannot be a password. */
export function readPassword(typed) {
  const symbols = upper(typed)
    .replace(/[\s\u2010-\u2015\u2212\u00ad\u200b-]/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0');
  return symbols.length === 20 && [...symbols].every((c) => ALPHABET.includes(c)) ? symbols : null;
}

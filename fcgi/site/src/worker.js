// The cryptography, apart from the page so that it never stalls. Here alone live the voter's signing key
// and what a sealed ballot keeps secret. A sealed ballot is either signed or opened, never both.

import { openingFile, sealBallot, signBallot, verifyBallot } from './protocol/ballot.js';
import { equal, hex, unhex } from './protocol/bytes.js';
import { credentialCode, trackerCode } from './protocol/code.js';
import { deriveCredential } from './protocol/credential.js';
import { electionId, readKeys } from './protocol/election.js';
import { pointBytes, table } from './protocol/group.js';
import { readJson } from './protocol/json.js';
import { verifyReceipt } from './protocol/signature.js';

let election = null; // { eid, keys, systemKeys }
let voter = null; // { secret, credential }
let sealed = null; // { unsigned, tracker, contests }
let signed = null; // bytes of the ballot that was cast or is being cast

function forget() {
  voter = null;
  sealed = null;
  signed = null;
}

const calls = {
  // The public files as bytes → the definition and eid, computed here and never taken from the server.
  load({ definition, keys, opening, credentials }) {
    const eid = electionId(definition, keys, unhex(credentials, 32), opening);
    const opened = readJson(opening);
    election = { eid, keys: readKeys(keys), systemKeys: opened.system_keys };
    return { definition: readJson(definition), eid: hex(eid), systemHash: opened.system_hash };
  },

  // Tables for A and the B_k, made while the voter reads.
  prepare() {
    table(election.keys.election);
    election.keys.committee.forEach(table);
    return true;
  },

  // The same voter logging in again keeps what was sealed; another one finds nothing.
  derive({ slug, username, password }) {
    const { auth, secret, credential } = deriveCredential(slug, username, password);
    const bytes = pointBytes(credential);
    if (!voter || !equal(voter.credential, bytes)) forget();
    voter = { secret, credential: bytes };
    return { auth: hex(auth), credential: hex(voter.credential), code: credentialCode(voter.credential) };
  },

  seal({ contests }) {
    if (signed) throw new Error('a ballot is signed already');
    const { eid, keys } = election;
    sealed = sealBallot({ eid, credential: voter.credential, contests, keys });
    return { tracker: hex(sealed.tracker), code: trackerCode(sealed.tracker) };
  },

  // The ballot to cast; asked again, the very same bytes, so that a lost reply does no harm.
  sign() {
    if (!signed) {
      const bytes = signBallot(sealed.unsigned, voter.credential, voter.secret);
      const contests = sealed.contests.map(({ contest, plain }) => ({ name: contest, w: (plain.length + 48) / 30 }));
      verifyBallot(bytes, { eid: election.eid, contests });
      signed = bytes;
      sealed = null;
    }
    return signed.slice();
  },

  // The opening file of a ballot that will never be signed.
  open() {
    if (!sealed) throw new Error('no sealed ballot to open');
    const file = openingFile(sealed);
    sealed = null;
    return file;
  },

  // The server will not have the signed ballot (and said so): another may be sealed, as after a reload.
  refused() {
    sealed = null;
    signed = null;
  },

  checkReceipt({ receipt, tracker }) {
    const { eid, systemKeys } = election;
    const good = verifyReceipt(receipt, { eid: hex(eid), tracker, systemKeys });
    return { good, code: trackerCode(unhex(tracker, 32)) };
  },

  forget,
};

self.onmessage = ({ data: { id, name, value } }) => {
  try {
    self.postMessage({ id, result: calls[name](value) });
  } catch (fault) {
    self.postMessage({ id, fault: String(fault?.message ?? fault) });
  }
};

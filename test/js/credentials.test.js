// protocol, sections 4, 8: what is derived from a password; signatures of the registrar and the system.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex, unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { credentialCode } from '../../fcgi/site/src/protocol/code.js';
import { deriveCredential, storedAuth } from '../../fcgi/site/src/protocol/credential.js';
import { G, pointBytes, randomScalar, scalarBytes } from '../../fcgi/site/src/protocol/group.js';
import {
  makeSignature, receiptMessage, reissueMessage, verifyReceipt, verifySignature,
} from '../../fcgi/site/src/protocol/signature.js';
import { readPassword, readUsername } from '../../fcgi/site/src/protocol/typed.js';
import { vectors } from './vectors.js';

const v = vectors('credentials');

test('auth, signing key and credential of every case, as printed and as typed', () => {
  for (const c of v.cases) {
    for (const username of [c.username, ...(c.username_typed ?? [])]) {
      for (const password of [c.password, ...(c.typed ?? [])]) {
        const d = deriveCredential(v.slug, readUsername(username), readPassword(password));
        assert.equal(hex(d.auth), c.auth);
        assert.equal(hex(storedAuth(d.auth)), c.stored);
        assert.equal(hex(scalarBytes(d.secret)), c.sk);
        assert.equal(hex(pointBytes(d.credential)), c.credential);
      }
    }
  }
});

test('what cannot be a user name or password', () => {
  for (const bad of ['', ' ', 'A B', 'ÑANDU', 'x'.repeat(41), 'a\u0131']) assert.equal(readUsername(bad), null, bad);
  for (const bad of ['', 'ABCDE-FGH0J-KMN1Q-RSTV', 'ABCDE-FGH0J-KMN1Q-RSTVU', 'ABCDE-FGH0J-KMN1Q-RSTV11']) {
    assert.equal(readPassword(bad), null, bad);
  }
  assert.equal(readPassword('abcde\u2013fgh0j\u00a0kmn1q\u2011rstv1'), 'ABCDEFGH0JKMN1QRSTV1');
});

test('the credential\'s code has four groups of five', () => {
  assert.match(credentialCode(unhex(v.cases[0].credential)), /^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
});

test('a reissue\'s signature', () => {
  const { registrar_key: key, old, new: next, signature } = v.reissue;
  const message = reissueMessage(unhex(v.eid), unhex(old), unhex(next));
  assert.ok(verifySignature(unhex(key), message, unhex(signature)));
  assert.ok(!verifySignature(unhex(key), reissueMessage(unhex(v.eid), unhex(next), unhex(old)), unhex(signature)));
});

test('a receipt\'s signature, and the rejected ones', () => {
  const { system_key: key, tracker, signature, rejected } = v.receipt;
  const receipt = { format: 'VEMRE-V1', eid: v.eid, tracker, signature };
  const expected = { eid: v.eid, tracker, systemKeys: [hex(pointBytes(G)), key] };
  assert.ok(verifyReceipt(receipt, expected));
  assert.ok(!verifyReceipt(receipt, { ...expected, systemKeys: [hex(pointBytes(G))] }));
  assert.ok(!verifyReceipt({ ...receipt, more: 1 }, expected));
  assert.ok(!verifyReceipt({ ...receipt, tracker: v.eid }, expected));
  for (const r of rejected) assert.ok(!verifyReceipt({ ...receipt, signature: r.signature }, expected), r.why);
});

test('own signatures verify, with s in the lower half', () => {
  for (let i = 0; i < 8; i++) {
    const secret = randomScalar();
    const message = receiptMessage(unhex(v.eid), unhex(v.receipt.tracker));
    const signature = makeSignature(scalarBytes(secret), message);
    assert.ok(verifySignature(pointBytes(G.multiply(secret)), message, signature));
  }
});

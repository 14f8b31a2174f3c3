// What enrol.bats reads of files; one check per call, exit status 1 with the reason.
//
//   mails MAILDIR SERVER-LOAD ROLL SLUG   each voter's mail, read as a mail program reads it, says that voter's user name,
//                                         and the password there derives (PROTOCOL 4, computed here afresh) what the
//                                         server was given
//   spool FILE VOTERS SPARES              every v mailed and its password zeros, every s waiting and not (ceremony/spool.h)
//   swap FILE                             entries 0 and 1 of a spool change places
//   phones FILE                           the fake phones got what the test sent
//   figures FILE ACCEPTED REFUSED WAITING
import assert from 'node:assert/strict';
import { createHash, hkdfSync } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sha256 = (data) => createHash('sha256').update(data).digest();
const percent = (text, sign) => Buffer.from(text.replace(new RegExp(`${sign}([0-9A-F]{2})`, 'g'),
  (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');

// ---- mails (RFC 5322, 2045, 2046, 2047; only what a letter may hold)

const words = (text) => text.replace(/(\?=)\s+(=\?)/g, '$1$2')
  .replace(/=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=/g, (_, coded) => Buffer.from(coded, 'base64').toString('utf8'));

function parse(message) {
  const [, head, body] = /^(.*?)\r?\n\r?\n(.*)$/s.exec(message);
  const headers = new Map();
  for (const line of head.replace(/\r?\n[ \t]/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line);
    headers.set(name.toLowerCase(), value);
  }
  return { headers, body };
}

function parts(message) {
  const { headers, body } = parse(message);
  const boundary = /^multipart\/alternative;\s+boundary="([^"]+)"$/.exec(headers.get('content-type'))[1];
  const cut = body.split(new RegExp(`^--${boundary}(?:--)?\r?\n`, 'm'));
  assert.equal(cut.length, 4, 'two parts, and nothing after them');
  const texts = cut.slice(1, 3).map((part) => {
    const p = parse(part);
    assert.equal(p.headers.get('content-transfer-encoding'), 'quoted-printable');
    for (const line of p.body.split(/\r?\n/)) assert.ok(line.length <= 76, line);
    return [p.headers.get('content-type'), percent(p.body.replace(/=\r?\n/g, ''), '=').toString('utf8')];
  });
  return { headers, text: Object.fromEntries(texts) };
}

function table(file) { // CSV without quotes
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(','));
  return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i]])));
}

const lp = (data) => { const b = Buffer.from(data); const n = Buffer.alloc(4); n.writeUInt32BE(b.length); return Buffer.concat([n, b]); };

function code(credential) { // the first 100 bits of its hash
  const bits = BigInt(`0x${sha256(Buffer.from(credential, 'hex')).toString('hex')}`) >> 156n;
  const symbols = Array.from({ length: 20 }, (_, i) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number((bits >> BigInt(95 - 5 * i)) & 31n)]);
  return symbols.join('').replace(/.{5}(?=.)/g, '$&-');
}

function mails(folder, load, roll, slug) {
  const server = new Map(table(load).map((row) => [row.username, row]));
  const people = new Map(table(roll).map((row) => [row.email, row]));
  const seen = new Set();
  for (const name of readdirSync(folder)) {
    const { headers, text } = parts(readFileSync(join(folder, name), 'latin1'));
    const person = people.get(headers.get('envelope-to'));
    assert.equal(words(headers.get('to')), `${person.name} <${person.email}>`);
    assert.equal(words(headers.get('subject')), 'SIMULACRO: su usuario y contraseña para votar por internet');
    const plain = text['text/plain; charset=UTF-8'].replace(/\r\n/g, '\n'), html = text['text/html; charset=UTF-8'];
    const user = /^Usuario: ([0-9A-Z]{10})$/m.exec(plain)[1];
    const password = /^Contraseña: ((?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5})$/m.exec(plain)[1];
    const row = server.get(user);
    assert.deepEqual([row.phone, row.district, row.kind], [person.phone, person.district, 'v']);
    const salt = sha256(Buffer.concat(['VEMRE-V1:credential', slug, user].map(lp)));
    const auth = Buffer.from(hkdfSync('sha256', password.replaceAll('-', ''), salt, 'VEMRE-V1:auth', 32));
    assert.equal(sha256(auth).toString('hex'), row.auth_sha256);
    for (const part of [plain, html])
      for (const said of [user, password, code(row.credential), 'SIMULACRO, sin validez oficial'])
        assert.ok(part.includes(said), 'a part lacks something');
    seen.add(person.voter);
  }
  assert.equal(seen.size, people.size);
}

// ---- the spool

const HEADER = 96, ENTRY = 4 + 688 + 28 + 20 + 28;

function spool(file, voters, spares) {
  const data = readFileSync(file);
  const kinds = { v: 0, s: 0 };
  assert.equal((data.length - HEADER) % ENTRY, 0);
  for (let at = HEADER; at < data.length; at += ENTRY) {
    const kind = String.fromCharCode(data[at + 1]);
    kinds[kind] += 1;
    assert.equal(data.subarray(at + ENTRY - 48, at + ENTRY).every((byte) => byte === 0), kind === 'v');
    assert.equal(data[at], kind === 'v' ? 2 : 0);
  }
  assert.deepEqual(kinds, { v: Number(voters), s: Number(spares) });
}

function swap(file) {
  const data = readFileSync(file);
  const first = Buffer.from(data.subarray(HEADER, HEADER + ENTRY));
  data.copy(data, HEADER, HEADER + ENTRY, HEADER + 2 * ENTRY);
  first.copy(data, HEADER + ENTRY);
  data[HEADER] = 0;
  data[HEADER + ENTRY] = 0;
  writeFileSync(file, data);
}

// ---- telephones, figures

function phones(file) {
  const got = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const m = /Got message \d+: <(\S+) (\S+) ucs-2 (\S*)>$/.exec(line);
    if (m) got.push([m[2], percent(m[3].replaceAll('+', ' '), '%').swap16().toString('utf16le')]);
  }
  assert.deepEqual(got, Array.from({ length: 20 }, (_, i) =>
    [`+44770090000${i % 10}`, `Código de votación: 4711${i + 10}. No lo comparta.`]));
}

function figures(file, accepted, refused, waiting) {
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).total,
    { accepted: Number(accepted), refused: Number(refused), waiting: Number(waiting) });
}

const [what, ...args] = process.argv.slice(2);
({ mails, spool, swap, phones, figures })[what](...args);

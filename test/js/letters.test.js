// The simulacro's voters read their mails and phones: the readers of test/tools against what exim and
// Kannel's fake telephone network write.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { readMail } from '../tools/mailbox.mjs';
import { Phones, readSms } from '../tools/phones.mjs';
import { csvFields } from '../tools/roll.mjs';

const MAIL = [
  'Envelope-to: ana@example.org', 'From: =?utf-8?Q?Instituto?= <voto@example.org>', 'To: =?utf-8?Q?Ana_=C3=91?=',
  ' <Ana@Example.org>', 'Content-Type: multipart/alternative;', ' boundary="=_b+1"', '',
  '--=_b+1', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '',
  'Usuario: 0123456789', 'Contrase=C3=B1a: ABCDE-FGH0J-K=', 'MN1Q-RSTV1', 'Clave de su credencial: ZZZZZ-YYYYY-XXXXX-WWWWW',
  '--=_b+1', 'Content-Type: text/html; charset=utf-8', '', '<p>Usuario: OTRO</p>', '--=_b+1--', '',
];

test('user name and password out of a mail', () => {
  for (const end of ['\r\n', '\n']) {
    assert.deepEqual(readMail(MAIL.join(end)), {
      to: 'ana@example.org', username: '0123456789', password: 'ABCDE-FGH0J-KMN1Q-RSTV1', credential: 'ZZZZZ-YYYYY-XXXXX-WWWWW',
    });
  }
  assert.equal(readMail('To: a@example.org\n\nHola'), null);
});

const line = (phone, text) => {
  const body = [...Buffer.from(text, 'utf16le').swap16()].map((b) => `%${b.toString(16).padStart(2, '0').toUpperCase()}`);
  return `2027-05-15 20:00:07 [812] [0] DEBUG: Got message 17: <VEMRE ${phone} ucs-2 ${body.join('')}>\n`;
};

test('the last code of a phone, new ones alone, whole lines alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vemre-sms-'));
  const file = join(folder, 'sms.txt');
  try {
    const phones = new Phones(file);
    assert.equal(phones.lastCode('+15550101'), null);
    writeFileSync(file, line('+15550101', 'Código: 111111. Válido 5 min.') + line('+15550102', 'Código: 333333'));
    const mark = phones.mark();
    assert.equal(phones.lastCode('+1 555 0101'), '111111');
    assert.equal(phones.lastCode('+15550101', mark), null);
    writeFileSync(file, line('+15550101', '222222'), { flag: 'a' });
    assert.equal(phones.lastCode('+15550101', mark), '222222');
    writeFileSync(file, line('+15550101', '444444').slice(0, -5), { flag: 'a' });
    assert.equal(phones.lastCode('+15550101', mark), '222222');
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.deepEqual(readSms('to +525512345678 your code is 123456'), { phone: '525512345678', text: ' your code is 123456' });
});

test('lines of a roll', () => {
  assert.deepEqual(csvFields('1,"Peña, ""Ana""",a@example.org,+1555,09'), ['1', 'Peña, "Ana"', 'a@example.org', '+1555', '09']);
  assert.deepEqual(csvFields('a,,c,'), ['a', '', 'c', '']);
});

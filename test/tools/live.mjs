// node test/tools/live.mjs --mailbox DIR --roll FILE --voter I --sms FILE
// For whoever votes by hand in a simulacro left open: one voter's user name and password, out of the mail, and then
// the SMS of everybody's phones as they arrive. Runs until it is interrupted.

import { statSync, watchFile } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { readSms } from './phones.mjs';
import { readVoters } from './roll.mjs';

const { values: options } = parseArgs({
  options: {
    mailbox: { type: 'string' },
    roll: { type: 'string' },
    voter: { type: 'string', default: '1' },
    sms: { type: 'string' },
  },
});

const voter = readVoters(options.roll, options.mailbox)[Number(options.voter) - 1];
console.log(`  usuario:     ${voter.username}`);
console.log(`  contraseña:  ${voter.password}`);
console.log(`  teléfono:    ${voter.phone}   (Entidad ${voter.district})`);
console.log('  SMS conforme llegan:');

let at = statSync(options.sms).size;
async function more() {
  const file = await open(options.sms);
  try {
    const size = (await file.stat()).size;
    const buffer = Buffer.alloc(Math.max(0, size - at));
    await file.read(buffer, 0, buffer.length, at);
    const whole = buffer.lastIndexOf(10) + 1; // lines that have ended
    at += whole;
    for (const line of buffer.toString('latin1', 0, whole).split('\n')) {
      const sms = readSms(line);
      if (sms) console.log(`    +${sms.phone}: ${sms.text}`);
    }
  } finally {
    await file.close();
  }
}
watchFile(options.sms, { interval: 300 }, () => more().catch((fault) => console.error(fault.message)));

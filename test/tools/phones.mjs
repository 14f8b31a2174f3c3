// Reads the one-time codes that the gateway's telephone simulator shows, as the voters read their phones.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// The form body of Kannel's fakesmsc: '+' a space, %HH a byte, UTF-16BE in all.
function ucs2(body) {
  const bytes = body.replace(/\+/g, ' ').replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const buffer = Buffer.from(bytes, 'latin1');
  return buffer.length % 2 === 0 ? buffer.swap16().toString('utf16le') : bytes;
}

/** { phone, text } of one line, or null where it shows no message. */
export function readSms(line) {
  const kannel = /Got message \d+: <(\S+) (\S+) (\S+) (.*)>\s*$/.exec(line);
  if (kannel) {
    const [, , phone, kind, body] = kannel;
    const text = kind === 'ucs-2' ? ucs2(body) : decodeURIComponent(body.replace(/\+/g, ' '));
    return { phone: digits(phone), text };
  }
  const other = /\+(\d{7,15})\b(.*)$/.exec(line);
  return other ? { phone: other[1], text: other[2] } : null;
}

const digits = (phone) => phone.replace(/[^0-9]/g, '');

function readFrom(file, offset) {
  let fd;
  try {
    fd = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(fd).size - offset));
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, offset));
  } finally {
    closeSync(fd);
  }
}

export class Phones {
  constructor(file) {
    this.file = file;
  }

  /** How much of the file there is now: what comes later is new. */
  mark() {
    return readFrom(this.file, 0).length;
  }

  /** The last six-digit code that came to this phone after the mark, or null. */
  lastCode(phone, mark = 0) {
    const lines = readFrom(this.file, mark).split('\n').slice(0, -1); // whole lines only
    for (const line of lines.reverse()) {
      const sms = readSms(line);
      const codes = sms?.phone === digits(phone) ? sms.text.match(/(?<![0-9])[0-9]{6}(?![0-9])/g) : null;
      if (codes) return codes[codes.length - 1];
    }
    return null;
  }

  /** Waits for it, at most `seconds`. */
  async waitCode(phone, mark = 0, seconds = 60) {
    for (let waited = 0; waited < seconds * 1000; waited += 200) {
      const code = this.lastCode(phone, mark);
      if (code) return code;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`no code came to the phone ending in ${digits(phone).slice(-2)} within ${seconds} s`);
  }
}

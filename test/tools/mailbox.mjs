// Reads user names and passwords out of the voters' mails, as the voters do: a Maildir (or a folder of
// mails), each with a text/plain part that has lines «Usuario: X» and «Contraseña: XXXXX-…». The mails hold
// secrets: what is read here is never printed.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

function decodeBody(body, encoding) {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(encoding)) return Buffer.from(body, 'latin1').toString('utf8');
  const bytes = body.replace(/[ \t]+$/gm, '').replace(/=\r?\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function split(message) {
  const at = message.search(/\r?\n\r?\n/);
  const head = at < 0 ? message : message.slice(0, at);
  const body = at < 0 ? '' : message.slice(at).replace(/^\r?\n\r?\n/, '');
  const headers = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon > 0 && !(name in headers)) headers[name] = line.slice(colon + 1).trim();
  }
  return { headers, body };
}

/** The text/plain part, decoded, of a message (latin1 string), '' where there is none. */
export function plainText(message) {
  const { headers, body } = split(message);
  const type = headers['content-type'] ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type);
  if (/^multipart\//i.test(type) && boundary) {
    const parts = body.split(new RegExp(`^--${boundary[1].replace(/[^A-Za-z0-9]/g, '\\$&')}(?:--)?[ \t]*\r?$`, 'm'));
    return parts.slice(1).map((part) => plainText(part.replace(/^\r?\n/, ''))).find((text) => text !== '') ?? '';
  }
  return /^text\/plain/i.test(type) ? decodeBody(body, headers['content-transfer-encoding'] ?? '') : '';
}

const addressOf = (header) => (/<([^<>]+)>/.exec(header ?? '')?.[1] ?? header ?? '').trim().toLowerCase();

/** { to, username, password, credential } of one mail, or null where it gives no user name. */
export function readMail(message) {
  const { headers } = split(message);
  const text = plainText(message);
  const username = /^\W*Usuario:\s*([0-9A-Z._-]+)\s*$/im.exec(text);
  const password = /^\W*Contrase(?:ñ|n)a:\s*([0-9A-Z-]{20,})\s*$/im.exec(text);
  const credential = /credencial:\s*((?:[0-9A-Z]{5}-){3}[0-9A-Z]{5})\s*$/im.exec(text);
  if (!username || !password) return null;
  const to = addressOf(headers.to ?? headers['envelope-to']);
  return { to, username: username[1], password: password[1], credential: credential?.[1] ?? null };
}

function filesOf(folder) {
  const files = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const info = statSync(path);
    if (info.isDirectory() && ['new', 'cur'].includes(name)) files.push(...filesOf(path));
    else if (info.isFile()) files.push({ path, time: info.mtimeMs });
  }
  return files;
}

/** Every mail of a folder: address → what readMail gives; of several to one address, the newest. */
export function readMailbox(folder) {
  const mails = new Map();
  for (const { path } of filesOf(folder).sort((a, b) => a.time - b.time || (a.path < b.path ? -1 : 1))) {
    const mail = readMail(readFileSync(path, 'latin1'));
    if (mail) mails.set(mail.to, mail);
  }
  return mails;
}

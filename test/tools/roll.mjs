// The voters of a simulacro or test: the roll (CSV: voter,name,email,phone,district) joined with what came
// to their mailboxes.

import { readFileSync } from 'node:fs';

import { readMailbox } from './mailbox.mjs';

/** RFC 4180 fields of one line (no line breaks within quotes). */
export function csvFields(line) {
  const fields = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g;
  for (const [, quoted, plain] of line.matchAll(pattern)) fields.push(quoted?.replace(/""/g, '"') ?? plain);
  return fields;
}

export function readRoll(file) {
  const lines = readFileSync(file, 'utf8').replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line !== '');
  const rows = lines.map(csvFields);
  const named = rows[0]?.includes('email');
  const names = named ? rows.shift() : ['voter', 'name', 'email', 'phone', 'district'];
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ''])));
}

/** Voters in the roll's order, each with username and password; throws for one whose mail is not there. */
export function readVoters(rollFile, mailbox) {
  const mails = readMailbox(mailbox);
  return readRoll(rollFile).map((row) => {
    const mail = mails.get(row.email.toLowerCase());
    if (!mail) throw new Error(`no mail with a password came to ${row.email}`);
    return { ...row, username: mail.username, password: mail.password, credentialCode: mail.credential };
  });
}

/** The same from a test's command line: --voters FILE (JSON, as server-election.mjs writes it), or --roll and --mailbox. */
export const votersOf = ({ voters, roll, mailbox }) =>
  voters ? JSON.parse(readFileSync(voters, 'utf8')) : readVoters(roll, mailbox);

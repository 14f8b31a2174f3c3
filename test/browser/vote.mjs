// A voter in a real browser: headless Chromium, clicking (or by keyboard alone) through the page, with what
// came to the mailbox and the phone. Every screen is saved as PNG and examined: no violation by axe-core, no
// sideways scrolling, no error in the console, no request to another origin, nothing in storage.
//
//   node test/browser/vote.mjs --site URL --sms FILE (--mailbox DIR --roll FILE | --voters FILE) --voter I (of the roll, from 1)
//        [--ca FILE] [--screens DIR] [--lang es|en] [--width 320|1280] [--keyboard] [--check] [--tour]
//        [--expected FILE] [--opening FILE] [--browser /usr/bin/chromium]
//
// --check has a sealed ballot opened, and its file checked (and left in --opening, with its tracker and credential in
// FILE.codes, for another checker), before casting another; --tour also visits what
// goes wrong on the way: a bad password, a wrong code, marks that give way, an empty name, a blank ballot.
// Prints one line of JSON; exit status 0 where everything held.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { parseArgs } from 'node:util';

import { unhex } from '../../fcgi/site/src/protocol/bytes.js';
import { trackerCode } from '../../fcgi/site/src/protocol/code.js';
import { contestsOf } from '../../fcgi/site/src/protocol/election.js';
import { encodeChoice } from '../../fcgi/site/src/protocol/vote.js';
import { Client, exchange, loadElection } from '../tools/client.mjs';
import { Expected } from '../tools/expected.mjs';
import { reopens } from '../tools/opener.mjs';
import { Phones } from '../tools/phones.mjs';
import { votersOf } from '../tools/roll.mjs';
import { Browser } from './browser.mjs';

const { values: options } = parseArgs({
  options: {
    site: { type: 'string' },
    mailbox: { type: 'string' },
    sms: { type: 'string' },
    roll: { type: 'string' },
    voters: { type: 'string' },
    voter: { type: 'string', default: '1' },
    ca: { type: 'string' },
    screens: { type: 'string' },
    lang: { type: 'string', default: 'es' },
    width: { type: 'string', default: '1280' },
    keyboard: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    tour: { type: 'boolean', default: false },
    expected: { type: 'string' },
    opening: { type: 'string' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});
for (const name of ['site', 'sms', ...(options.voters ? [] : ['mailbox', 'roll'])]) {
  if (!options[name]) {
    console.error(`vote: --${name} is missing`);
    process.exit(2);
  }
}
if (options.screens) mkdirSync(options.screens, { recursive: true });

const site = { site: options.site, ca: options.ca ? readFileSync(options.ca) : undefined, agent: new Agent() };
if (!options.ca) site.agent.options.rejectUnauthorized = false; // a certificate of the test's own
const voter = votersOf(options)[Number(options.voter) - 1];
const phones = new Phones(options.sms);
const election = await loadElection(site);
const contests = contestsOf(election.definition, voter.district);
const browser = await Browser.open(options);

// ---- the way
async function enter() {
  await browser.screen('enter');
  await browser.look('entrar');
  if (options.lang === 'en') await browser.press('#language');
  await browser.type('#username', ` ${voter.username.toLowerCase()} `);
  if (options.tour) {
    await browser.type('#password', 'ABCDE');
    await browser.press('form button[type=submit]');
    await browser.look('entrar-incompleta');
    await browser.type('#password', voter.password.replace(/.$/, (c) => (c === '0' ? '1' : '0')));
    await browser.press('form button[type=submit]');
    await browser.fault('bad-login');
    await browser.look('entrar-equivocada');
  }
  const mark = phones.mark();
  await browser.type('#password', voter.password.toLowerCase().replace(/-/g, ' '));
  await browser.press('form button[type=submit]');
  await browser.screen('code');
  if ((await browser.page.$('#password')) !== null) throw new Error('the password field is still there');
  return phones.waitCode(voter.phone, mark);
}

async function code(right) {
  await browser.look('codigo');
  if (options.tour) {
    await browser.type('#code', right === '000000' ? '000001' : '000000');
    await browser.press('form button[type=submit]');
    await browser.fault('bad-code');
    await browser.look('codigo-equivocado');
  }
  await browser.type('#code', right);
  await browser.press('form button[type=submit]');
  await browser.screen('ballot');
}

const option = (id) => `input[name=option][value="${id}"]`;
const explained = () => browser.page.textContent('#explain');

// Two partners of a coalition where there are two, else the first option.
async function markBallot(contest, index) {
  const partners = contest.coalitions[0]?.options.slice(0, 2) ?? [contest.options[0].id];
  if (options.tour && index === 0) await giveWay(contest, partners);
  const marked = options.tour && index === 1 ? [] : partners;
  for (const id of marked) await browser.press(option(id));
  if (marked.length > 1 && !(await explained())) throw new Error('a combination is not explained');
  await browser.look(`boleta-${contest.id}`);
  await browser.press('#next');
  if (marked.length === 0) {
    await browser.look(`boleta-${contest.id}-blanco`);
    await browser.press('#blank-no');
    await browser.press('#next');
    await browser.press('#blank-yes');
  }
  return { options: marked, writeIn: null };
}

// A mark outside the coalition makes the others give way; an empty name is not taken.
async function giveWay(contest, partners) {
  const stranger = contest.options.find((o) => !contest.coalitions[0]?.options.includes(o.id));
  await browser.press(option(partners[0]));
  await browser.press(option(stranger.id));
  if (!(await explained()) || (await browser.page.isChecked(option(partners[0])))) throw new Error('the marks did not give way');
  await browser.look(`boleta-${contest.id}-cede`);
  if (contest.write_in_bytes > 0) {
    await browser.press(option(''));
    await browser.press('#next');
    await browser.look(`boleta-${contest.id}-sin-nombre`);
    await browser.type('#write-in', 'ñ'.repeat(contest.write_in_bytes));
    await browser.press('#next');
    await browser.look(`boleta-${contest.id}-nombre-largo`);
    await browser.press(option(''));
  } else {
    await browser.press(option(stranger.id));
  }
}

async function ballots() {
  const choices = [];
  for (const [index, contest] of contests.entries()) {
    await browser.page.waitForSelector(option(contest.options[0].id));
    choices.push(await markBallot(contest, index));
  }
  await browser.screen('review');
  await browser.look('revisar');
  if (contests[0].write_in_bytes > 0 && options.tour) choices[0] = await writeIn(contests[0], choices[0]);
  return choices;
}

// From the review back to the first ballot: somebody who is not on it.
async function writeIn(contest, before) {
  await browser.press('section.reviewed button');
  await browser.page.waitForSelector(option(contest.options[0].id));
  for (const id of before.options) if (!(await browser.page.isChecked(option(id)))) throw new Error('a mark was forgotten');
  await browser.press(option(''));
  await browser.type('#write-in', 'José Ñandú');
  await browser.look(`boleta-${contest.id}-no-registrada`);
  await browser.press('#next');
  await browser.screen('review');
  return { options: [], writeIn: 'José Ñandú' };
}

async function sealed() {
  await browser.press('#seal');
  await browser.screen('sealed');
  await browser.look('sellada');
  return browser.page.textContent('#tracker');
}

async function check(plains) {
  const code = await browser.page.textContent('#tracker');
  await browser.press('#check');
  await browser.screen('checked');
  await browser.look('comprobar');
  const file = JSON.parse(await browser.download('#download'));
  if (!reopens(election, file, plains)) throw new Error('the opened ballot does not hold what was marked');
  const shown = await browser.page.textContent('#credential');
  if (options.opening) {
    writeFileSync(options.opening, JSON.stringify(file));
    writeFileSync(`${options.opening}.codes`, `${code} ${shown}\n`);
  }
  if (voter.credentialCode && shown !== voter.credentialCode) throw new Error(`credential ${shown} is not the mail's`);
  if ((await sealed()) === code) throw new Error('the new ballot has the tracker of the opened one');
}

async function cast() {
  const code = await browser.page.textContent('#tracker');
  await browser.press('#cast');
  await browser.screen('receipt');
  await browser.look('acuse');
  const receipt = JSON.parse(await browser.download('#download'));
  const client = new Client(site);
  if (!client.goodReceipt(election, receipt, receipt.tracker)) throw new Error('the receipt\'s signature is bad');
  if ((await browser.page.textContent('#tracker')) !== code) throw new Error('the receipt shows another tracker');
  if ((await browser.page.$('#signature.good')) === null) throw new Error('the page does not vouch for the signature');
  await onPaper(receipt);
  return receipt;
}

// As it is printed: with what proves it, and without the buttons.
async function onPaper(receipt) {
  await browser.page.emulateMedia({ media: 'print' });
  const paper = await browser.page.innerText('main');
  if (!paper.replace(/\s/g, '').includes(receipt.signature) || !paper.replace(/\s/g, '').includes(receipt.tracker)) {
    throw new Error('the printed receipt does not have its signature');
  }
  if (await browser.page.isVisible('#download')) throw new Error('buttons on paper');
  if (options.screens) await browser.page.screenshot({ path: `${options.screens}/${options.lang}-${options.width}-acuse-impreso.png`, fullPage: true });
  await browser.page.emulateMedia({ media: 'screen' });
}

async function lookUp(receipt) {
  await browser.press('#to-box');
  await browser.screen('box');
  await browser.look('urna');
  if (options.tour) {
    await browser.page.setInputFiles('#file', { name: 'otro.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await browser.press('form button[type=submit]');
    await browser.page.waitForSelector('#file-error');
    await browser.look('urna-otro-archivo');
    await browser.type('#box-tracker', 'ABCDE');
    await browser.press('form button[type=submit]');
    await browser.page.waitForSelector('#box-tracker-error');
    await browser.look('urna-codigo-incompleto');
  }
  await browser.page.setInputFiles('#file', { name: 'acuse.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(receipt)) });
  await browser.press('form button[type=submit]');
  await browser.page.waitForSelector('#answer.good');
  await browser.look('urna-si');
  await browser.type('#box-tracker', '0'.repeat(64));
  await browser.press('form button[type=submit]');
  await browser.page.waitForSelector('#answer.fault');
  await browser.look('urna-no');
  // by the code that people read, as they type it
  await browser.type('#box-tracker', trackerCode(unhex(receipt.tracker)).toLowerCase().replace(/-/g, ' ').replace(/0/g, 'o'));
  await browser.press('form button[type=submit]');
  await browser.page.waitForSelector('#answer.good');
  const reply = await exchange(site, 'GET', `/api/box/${receipt.tracker}`);
  if (!JSON.parse(reply.body).in_box) throw new Error('the server does not find the ballot');
}

async function leave() {
  await browser.press('form button.secondary');
  await browser.screen('receipt');
  await browser.press('#leave');
  await browser.screen('ended');
  await browser.look('salida');
}

function report(choices, receipt) {
  const expected = new Expected(election.definition);
  contests.forEach((contest, i) => expected.count(contest, voter.district, encodeChoice(contest, choices[i])));
  const result = { ballots: 1, receipts: [{ tracker: receipt.tracker, receipt, verified: true }], contests: expected.contests };
  if (options.expected) writeFileSync(options.expected, `${JSON.stringify(result, null, 1)}\n`);
}

try {
  await browser.page.goto(options.site);
  await code(await enter());
  const choices = await ballots();
  await sealed();
  if (options.check) await check(contests.map((contest, i) => encodeChoice(contest, choices[i])));
  const receipt = await cast();
  await lookUp(receipt);
  await leave();
  await browser.conclude();
  report(choices, receipt);
  console.log(JSON.stringify({ voter: voter.voter, tracker: receipt.tracker, screens: browser.screens, lang: options.lang, width: Number(options.width), keyboard: options.keyboard }));
} catch (fault) {
  await browser.page.screenshot({ path: `${options.screens ?? '/tmp'}/falla.png`, fullPage: true }).catch(() => {});
  console.error(`vote: ${fault.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  site.agent.destroy();
}

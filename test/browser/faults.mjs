// What goes wrong around a voter, in a real browser against the real server, with replies altered on their
// way: files that do not agree, a server that is not there, a session that ends, a reply that is lost, a
// receipt with a bad signature, a second log-in and ballot. Two voters of the roll vote on the way, the
// first logging in five times: minutes, unless the server's limits let codes follow each other.
//
//   node test/browser/faults.mjs --site URL --sms FILE (--mailbox DIR --roll FILE | --voters FILE) --voter I --second J
//        [--ca FILE] [--screens DIR] [--width 320|1280] [--browser /usr/bin/chromium]

import { mkdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { parseArgs } from 'node:util';

import { contestsOf } from '../../fcgi/site/src/protocol/election.js';
import { loadElection } from '../tools/client.mjs';
import { Phones } from '../tools/phones.mjs';
import { votersOf } from '../tools/roll.mjs';
import { Browser } from './browser.mjs';
import { Hands, firstOption } from './hands.mjs';

const { values: options } = parseArgs({
  options: {
    site: { type: 'string' },
    mailbox: { type: 'string' },
    sms: { type: 'string' },
    roll: { type: 'string' },
    voters: { type: 'string' },
    voter: { type: 'string', default: '1' },
    second: { type: 'string', default: '2' },
    ca: { type: 'string' },
    screens: { type: 'string' },
    lang: { type: 'string', default: 'es' },
    width: { type: 'string', default: '320' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});
if (options.screens) mkdirSync(options.screens, { recursive: true });

const site = { site: options.site, ca: options.ca ? readFileSync(options.ca) : undefined, agent: new Agent() };
if (!options.ca) site.agent.options.rejectUnauthorized = false;
const voters = votersOf(options);
const phones = new Phones(options.sms);
const election = await loadElection(site);
const browser = await Browser.open(options);
const { page } = browser;
const hands = new Hands(browser, phones);

const demand = (holds, words) => {
  if (!holds) throw new Error(words);
};

/** Alters the JSON of the next reply to this path, once. */
const alter = (path, change) =>
  page.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  }, { times: 1 });

const refuse = (path, status, error) =>
  page.route(`**${path}`, (route) => route.fulfill({ status, json: { error } }), { times: 1 });

const refusal = (code, more = {}) => ({
  code, reference: 'ABCD1234', vote: 'none', retry_after: null, receipt: null, tries_left: null,
  message: { es: `Rechazo ${code}`, en: `Refusal ${code}` }, next: { es: 'Siga.', en: 'Go on.' }, ...more,
});

// ---- before anybody logs in
async function atTheDoor() {
  await alter('/api/status', (status) => ({ ...status, eid: '0'.repeat(64) }));
  await browser.visit(options.site);
  await page.waitForSelector('.fault[data-code=eid]');
  demand((await page.$('#password')) === null, 'asks for a password on files that do not agree');
  await browser.look('falla-eid');

  await page.route('**/api/status', (route) => route.fulfill({ status: 502, body: '<html>' }), { times: 1 });
  await browser.press('#retry');
  await browser.fault('network');
  await browser.look('falla-red');

  const old = await browser.tab(); // a browser that cannot
  await old.page.addInitScript(() => { delete globalThis.Worker; });
  await old.visit(options.site);
  await old.page.waitForSelector('.fault[data-code=browser]');
  await old.look('falla-navegador');
  await old.page.close();


  for (const [minutes, es, en] of [[59, 'una hora', 'an hour'], [14, '15 minutos', '15 minutes'], [4, '5 minutos', '5 minutes']]) {
    await alter('/api/status', (status) => ({ ...status, closes: new Date(Date.parse(status.now) + minutes * 60000).toISOString() }));
    await browser.visit(options.site);
    const said = (await page.textContent('#closing-soon')).replace(/\s/g, ' ');
    demand(said.includes(options.lang === 'en' ? en : es), `${minutes} minutes before the closing: ${said}`);
  }
  await page.click('footer summary');
  await browser.look('datos-de-la-eleccion');
  await page.route('**/api/login', (route) => route.fulfill({ status: 429, body: '<html>' }), { times: 1 });
  demand((await hands.password(voters[Number(options.voter) - 1])) === 'busy', 'not said to be busy');
  await browser.look('falla-demasiadas');

  await alter('/api/status', (status) => ({ ...status, state: 'closed' }));
  await browser.visit(options.site);
  await browser.screen('enter');
  demand((await page.$('#password')) === null, 'asks for a password after the closing');
  await browser.look('cerrada');

  const opens = new Date(Date.now() + 5000).toISOString();
  await alter('/api/status', (status) => ({ ...status, state: 'before', now: new Date().toISOString(), opens }));
  await browser.visit(options.site);
  await browser.screen('enter');
  demand((await page.$('#password')) === null, 'asks for a password before the opening');
  await browser.look('antes');
  await page.waitForSelector('#password'); // by itself, when the hour comes
}

// ---- the roll says another credential: not one step further
async function strangeCredential(voter) {
  await alter('/api/code', (session) => ({ ...session, credential: `04${'0'.repeat(128)}` }));
  await hands.logIn(voter);
  await page.waitForSelector('.fault[data-code=credential]');
  await browser.look('falla-credencial');
  await browser.visit(options.site);
}

// ---- the session ends by the clock; marks are there again for the same voter
async function clockRunsOut(voter, contests) {
  await alter('/api/code', (session) => ({ ...session, expires_in: 5 }));
  await hands.logIn(voter);
  await browser.screen('ballot');
  await browser.press(firstOption(contests[0]));
  await browser.screen('ended');
  await browser.look('sesion-terminada');
  await browser.press('#again');
  await hands.logIn(voter);
  await browser.screen('ballot');
  demand(await page.isChecked(firstOption(contests[0])), 'the marks were forgotten');
}

// ---- the server forgets the session, then its answer is lost: one ballot, one receipt
async function answersAreLost(voter, contests) {
  const tracker = await hands.seal(contests);
  await refuse('/api/cast', 401, refusal('no-session'));
  await browser.press('#cast');
  await browser.screen('ended');
  await browser.look('sesion-perdida');
  await browser.press('#again');
  await page.waitForSelector('p.notice');
  await hands.logIn(voter);
  await browser.screen('sealed');
  demand((await page.textContent('#tracker')) === tracker, 'another ballot than the one sealed');
  demand((await page.$('#check')) === null, 'a signed ballot can still be opened');

  await page.route('**/api/cast', async (route) => {
    await route.fetch(); // it is stored
    await route.abort();
  }, { times: 1 });
  await browser.press('#cast');
  await browser.fault('network');
  await browser.look('respuesta-perdida');
  await browser.press('#cast');
  await browser.screen('receipt');
  demand((await page.textContent('#tracker')) === tracker, 'the receipt is of another ballot');
  await browser.press('#leave');
  await browser.screen('ended');
}

async function comesAgain(voter, contests) {
  await browser.press('#again');
  await hands.logIn(voter);
  await browser.screen('receipt');
  demand((await page.$('#signature.good')) !== null, 'the receipt is not vouched for');
  await browser.look('ya-voto');
  await browser.press('#leave');
  await browser.screen('ended');

  // As where another device casts meanwhile: the page learns of it only from the refusal.
  await browser.press('#again');
  await alter('/api/code', (session) => ({ ...session, receipt: null }));
  await hands.logIn(voter);
  const tracker = await hands.seal(contests);
  await browser.press('#cast');
  await browser.screen('receipt');
  demand((await page.textContent('#tracker')) !== tracker, 'the second ballot was taken');
  demand((await page.$('#signature.good')) !== null, 'the first receipt is not vouched for');
  await browser.look('ya-habia-otro');
}

// ---- «back» in the browser goes one screen back; a receipt with a bad signature is called so
async function backAndBadReceipt(voter, contests) {
  await browser.visit(options.site);
  await hands.logIn(voter);
  await browser.screen('ballot');
  await browser.press(firstOption(contests[0]));
  await browser.press('#next');
  await page.waitForSelector(firstOption(contests[1]));
  await page.goBack();
  await page.waitForSelector(firstOption(contests[0]));
  demand(await page.isChecked(firstOption(contests[0])), '«back» forgot the mark');
  await hands.seal(contests);
  await refuse('/api/cast', 503, refusal('failed', { vote: 'unknown' }));
  await browser.press('#cast');
  await browser.fault('failed');
  await browser.look('falla-servidor');
  await alter('/api/cast', (reply) => {
    const { signature } = reply.receipt;
    const last = signature.endsWith('0') ? '1' : '0';
    return { ...reply, receipt: { ...reply.receipt, signature: signature.slice(0, -1) + last } };
  });
  await browser.press('#cast');
  await browser.screen('receipt');
  demand((await page.$('#signature.fault')) !== null, 'a bad signature passes');
  await browser.look('acuse-falso');
}

try {
  const [voter, second] = [options.voter, options.second].map((i) => voters[Number(i) - 1]);
  const contests = contestsOf(election.definition, voter.district);
  await atTheDoor();
  await strangeCredential(voter);
  await clockRunsOut(voter, contests);
  await answersAreLost(voter, contests);
  await comesAgain(voter, contests);
  await backAndBadReceipt(second, contestsOf(election.definition, second.district));
  await browser.conclude();
  console.log(JSON.stringify({ voters: [voter.voter, second.voter], screens: browser.screens }));
} catch (fault) {
  await page.screenshot({ path: `${options.screens ?? '/tmp'}/falla.png`, fullPage: true }).catch(() => {});
  console.error(`faults: ${fault.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  site.agent.destroy();
}

// What the paths stand on: the options, one voter of the roll in one browser, the database's and the helpers' levers.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { parseArgs } from 'node:util';

import decodeQR from '../../../fcgi/site/node_modules/qr/decode.js';
import { contestsOf } from '../../../fcgi/site/src/protocol/election.js';
import { loadElection } from '../../tools/client.mjs';
import { Phones } from '../../tools/phones.mjs';
import { votersOf } from '../../tools/roll.mjs';
import { Browser } from '../browser.mjs';
import { Hands } from '../hands.mjs';

export const { values: options, positionals: [path] } = parseArgs({
  allowPositionals: true,
  options: {
    site: { type: 'string' },
    sms: { type: 'string' },
    voters: { type: 'string' },
    voter: { type: 'string', default: '1' },
    ca: { type: 'string' },
    database: { type: 'string' },
    run: { type: 'string' },
    screens: { type: 'string' },
    lang: { type: 'string', default: 'es' },
    width: { type: 'string', default: '320' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});
if (options.screens) mkdirSync(options.screens, { recursive: true });

export const site = { site: options.site, ca: readFileSync(options.ca), agent: new Agent() };
export const voter = votersOf(options)[Number(options.voter) - 1];
export const phones = new Phones(options.sms);
export const election = await loadElection(site);
export const contests = contestsOf(election.definition, voter.district);
export const browser = await Browser.open(options);
export const { page } = browser;
export const hands = new Hands(browser, phones);

export const demand = (holds, words) => {
  if (!holds) throw new Error(words);
};
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const text = (selector, where = page) => where.textContent(selector);
/** Waits for the words: what a press leads to may have a screen of its own before it. */
export const says = async (es, en, where = page) => {
  const words = options.lang === 'en' ? en : es;
  await where.locator('main').filter({ hasText: words }).waitFor().catch(async () => {
    throw new Error(`does not say «${words}»: ${await text('main', where)}`);
  });
};
export const sql = (role, statement) => execFileSync('psql', ['-X', '-q', '-At', '-h', options.database, '-U', role,
  '-d', `vemre-${election.definition.id}`, '-v', 'ON_ERROR_STOP=1', '-c', statement], { encoding: 'utf8' }).trim();
// The election's dates may not change while it is open: only the cluster's superuser moves them, for the tests.
export const hidden = (statement) => sql('postgres', `SET session_replication_role = replica; ${statement}`);
export const helper = (name, signal) => process.kill(Number(readFileSync(`${options.run}/${name}.pid`, 'utf8')), signal);
export const ballots = () => Number(sql('vemre_owner',
  `SELECT count(*) FROM vemre.ballot b JOIN vemre.voter v USING (credential) WHERE v.username = '${voter.username}'`));
export const refused = async (code, name) => {
  await browser.fault(code);
  await browser.look(name);
};
export const lose = (times = 1) => page.route('**/api/cast', async (route) => {
  await route.fetch(); // the server has it
  await route.abort();
}, { times });

/** What the QR code on the screen says to a camera. */
export async function readQr() {
  const size = 480;
  const pixels = await page.$eval('svg.qr', async (shown, width) => {
    const copy = shown.cloneNode(true);
    copy.setAttribute('width', width);
    copy.setAttribute('height', width);
    const picture = new Image();
    picture.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await picture.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width, height: width });
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    return [...context.getImageData(0, 0, width, width).data];
  }, size);
  return decodeQR({ width: size, height: size, data: Uint8Array.from(pixels) });
}

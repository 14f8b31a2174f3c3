// A ballot and its way to the box: one request, one ballot, whatever happens; checked instead of cast; the closing.

import { exchange } from '../../tools/client.mjs';
import {
  options, site, voter, contests, browser, page, hands, demand, wait, text, says, sql, hidden, helper, ballots, refused, lose, readQr,
} from './stage.mjs';

export const casting = {
  // The definition's own picture, and never another in its place.
  async emblems() {
    await hands.logIn(voter);
    await browser.screen('ballot');
    await page.waitForFunction(() => [...document.querySelectorAll('img.emblem')].every((i) => i.complete));
    const sizes = await page.$$eval('img.emblem', (all) => all.map((i) => i.naturalWidth));
    demand(sizes.length > 0 && sizes.every((width) => width > 0), `emblems: ${sizes}`);
    await browser.look('boleta-con-emblema');
    await page.route('**/emblems/*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('#fff', '#eee') });
    });
    await page.reload();
    await browser.speak();
    await hands.logIn(voter);
    await browser.screen('ballot');
    demand((await page.$('img.emblem')) === null && (await page.$('svg.emblem')) !== null, 'another picture is shown');
  },

  // The checked ballot's file, shared with a second device; the checker and the published files from the same place.
  async share() {
    await page.addInitScript(() => { // headless Chromium has no share sheet: the page's call is what is seen
      navigator.canShare = ({ files }) => files.every((f) => /\.txt$/.test(f.name));
      navigator.share = async ({ files }) => { globalThis.shared = { name: files[0].name, text: await files[0].text() }; };
    });
    await browser.visit(options.site);
    await hands.logIn(voter);
    await hands.seal(contests);
    await browser.press('#check');
    await browser.screen('checked');
    await browser.look('comprobar-compartir');
    await browser.press('#share');
    const shared = await page.waitForFunction(() => globalThis.shared).then((v) => v.jsonValue());
    const file = JSON.parse(shared.text);
    demand(/\.txt$/.test(shared.name) && file.contests.length === contests.length, 'not the opening file');
    const checker = await browser.tab(); // over https, under its own policy, with what the site publishes
    await checker.page.goto(`${options.site}/comprobador.html`);
    if (options.lang === 'en') await checker.page.click('#language');
    const fetched = await Promise.all(['election.json', 'keys.json', 'opening.json', 'credentials.csv'].map(async (name) => {
      const reply = await exchange(site, 'GET', `/record/${name}`);
      return { name, mimeType: 'application/octet-stream', buffer: reply.body };
    }));
    await checker.page.setInputFiles('#opening', { name: shared.name, mimeType: 'text/plain', buffer: Buffer.from(shared.text) });
    await checker.page.setInputFiles('#files', fetched);
    await checker.page.fill('#tracker', await text('#tracker'));
    await checker.page.fill('#credential', voter.credentialCode);
    await checker.page.click('#form button');
    await checker.page.waitForSelector('#verdict.good');
    await checker.look('comprobador-https');
    await checker.page.close();
    demand(ballots() === 0, 'an opened ballot is in the box');
  },

  async 'double-click'() {
    let casts = 0;
    await page.route('**/api/cast', async (route) => {
      casts += 1;
      await wait(400);
      await route.continue();
    });
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    await page.dblclick('#cast');
    await page.locator('#cast').click({ timeout: 2000 }).catch(() => {}); // and again while it is on its way
    await browser.screen('receipt');
    demand(casts === 1, `${casts} requests`);
    demand((await hands.tracker()) === tracker && ballots() === 1, 'not the one ballot');
  },

  // The page's code cannot make such a ballot: the bytes are changed on their way.
  async 'bad-ballot'() {
    await hands.logIn(voter);
    const first = await hands.seal(contests);
    await page.route('**/api/cast', (route) => {
      const body = Buffer.from(route.request().postDataBuffer());
      body[body.length - 1] ^= 1;
      return route.continue({ postData: body });
    }, { times: 1 });
    await browser.press('#cast');
    await browser.screen('review'); // the marks are still there, to be sealed anew
    await refused('bad-ballot', 'boleta-mala');
    await says('Ningún voto suyo se ha guardado', 'No vote of yours');
    demand(ballots() === 0, 'stored');
    const reference = await text('#fault code');
    demand(sql('vemre_owner', `SELECT count(*) FROM vemre.journal WHERE reference = '${reference}'`) === '1',
      `reference ${reference} is not in the journal`);
    await browser.press('#seal');
    await browser.screen('sealed');
    demand((await hands.tracker()) !== first, 'the refused ballot again');
    await browser.press('#cast');
    await browser.screen('receipt');
    demand(ballots() === 1, 'not one ballot');
  },

  async 'signer-away'() {
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    helper('signer', 'SIGSTOP');
    try {
      await browser.press('#cast');
      await refused('failed', 'firma-no-responde');
    } finally {
      helper('signer', 'SIGCONT');
    }
    await browser.press('#cast');
    await browser.screen('receipt');
    demand((await hands.tracker()) === tracker && ballots() === 1, 'not the ballot that was sealed');
  },

  // A receipt's QR code, read as a camera reads it, leads here.
  async 'box-code'() {
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    await browser.press('#cast');
    await browser.screen('receipt');
    const address = await readQr();
    demand(address === `${options.site}/#urna=${tracker}`, `the QR code reads ${address}`);
    await page.goto(address);
    await page.reload();
    await browser.speak();
    await browser.screen('box');
    demand((await page.inputValue('#box-tracker')) === tracker, 'the code is not filled in');
    await browser.press('form button[type=submit]');
    await page.waitForSelector('#answer.good');
    await browser.look('urna-por-qr');
  },

  // In the sealed screen when it closes: the page says so by itself, nothing is stored, the box still answers.
  async closing() {
    const closes = sql('vemre_owner', 'SELECT closes FROM vemre.election');
    hidden("UPDATE vemre.election SET closes = now() + interval '16 seconds'");
    try {
      await page.reload(); // what the page knows of the closing it asked for before
      await browser.speak();
      await hands.logIn(voter);
      await hands.seal(contests);
      await page.waitForSelector('#closing-soon');
      await browser.look('cierra-pronto');
      await browser.screen('ended');
      await says('La votación ha cerrado', 'Voting has closed');
      await says('no está en la urna', 'is not in the box');
      await browser.look('cerro-con-boleta-sellada');
      demand(ballots() === 0, 'stored');
      await browser.press('#again');
      await browser.screen('enter');
      await says('La votación ha cerrado', 'Voting has closed');
      await browser.press('#to-box');
      await browser.screen('box');
    } finally {
      hidden(`UPDATE vemre.election SET closes = '${closes}'`);
    }
  },

  // The answer to a cast is lost, and then voting closes: the box says whether it is in; if the box is not heard either, so
  // does the page.
  async 'lost-at-closing'() {
    const closes = sql('vemre_owner', 'SELECT closes FROM vemre.election');
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    await lose();
    await browser.press('#cast');
    await browser.fault('network');
    hidden('UPDATE vemre.election SET closes = now()');
    const heard = options.width === '320';
    if (!heard) await page.route('**/api/box/*', (route) => route.abort());
    try {
      await browser.press('#cast');
      await page.waitForSelector(heard ? '#last-ballot.good' : '#last-ballot.notice');
      await (heard ? says('está en la urna: su voto cuenta', 'is in the box: your vote counts')
        : says('no sabemos si alcanzó a guardarse', 'we do not know whether it was stored'));
      demand((await hands.tracker()) === tracker && ballots() === 1, 'not the ballot that was sent');
      await browser.look(heard ? 'cerro-con-voto' : 'cerro-sin-saber');
    } finally {
      hidden(`UPDATE vemre.election SET closes = '${closes}'`);
    }
  },

  // The page's clock is behind: the cast comes a moment too late, and the refusal says the truth.
  async 'too-late'() {
    const closes = sql('vemre_owner', 'SELECT closes FROM vemre.election');
    await hands.logIn(voter);
    await hands.seal(contests);
    hidden('UPDATE vemre.election SET closes = now()');
    try {
      await browser.press('#cast');
      await browser.screen('ended');
      await page.waitForSelector('#last-ballot.notice');
      await says('no está en la urna', 'is not in the box');
      await browser.look('tarde');
      demand(ballots() === 0, 'stored');
    } finally {
      hidden(`UPDATE vemre.election SET closes = '${closes}'`);
    }
  },
};

// The paths on which a voter could end with two ballots, with none, or without knowing: each in real Chromium on the
// real server, whose clock and helpers are moved where a path needs it. One path a run; every screen is examined.
//
//   node test/browser/paths.mjs PATH --site URL --sms FILE --voters FILE --voter I [--ca FILE] [--database SOCKET-DIR]
//        [--run DIR of the servers' pid files] [--screens DIR] [--lang es|en] [--width 320|1280] [--browser FILE]

import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { parseArgs } from 'node:util';

import { contestsOf } from '../../fcgi/site/src/protocol/election.js';
import { exchange, loadElection } from '../tools/client.mjs';
import { Phones } from '../tools/phones.mjs';
import { votersOf } from '../tools/roll.mjs';
import { Browser } from './browser.mjs';
import { Hands, firstOption } from './hands.mjs';

const { values: options, positionals: [path] } = parseArgs({
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

const site = { site: options.site, ca: readFileSync(options.ca), agent: new Agent() };
const voter = votersOf(options)[Number(options.voter) - 1];
const phones = new Phones(options.sms);
const election = await loadElection(site);
const contests = contestsOf(election.definition, voter.district);
const browser = await Browser.open(options);
const { page } = browser;
const hands = new Hands(browser, phones);

const demand = (holds, words) => {
  if (!holds) throw new Error(words);
};
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (selector, where = page) => where.textContent(selector);
/** Waits for the words: what a press leads to may have a screen of its own before it. */
const says = async (es, en, where = page) => {
  const words = options.lang === 'en' ? en : es;
  await where.locator('main').filter({ hasText: words }).waitFor().catch(async () => {
    throw new Error(`does not say «${words}»: ${await text('main', where)}`);
  });
};
const sql = (role, statement) => execFileSync('psql', ['-X', '-q', '-At', '-h', options.database, '-U', role,
  '-d', `vemre-${election.definition.id}`, '-v', 'ON_ERROR_STOP=1', '-c', statement], { encoding: 'utf8' }).trim();
// The election's dates may not change while it is open: only the cluster's superuser moves them, for the tests.
const hidden = (statement) => sql('postgres', `SET session_replication_role = replica; ${statement}`);
const helper = (name, signal) => process.kill(Number(readFileSync(`${options.run}/${name}.pid`, 'utf8')), signal);
const ballots = () => Number(sql('vemre_owner',
  `SELECT count(*) FROM vemre.ballot b JOIN vemre.voter v USING (credential) WHERE v.username = '${voter.username}'`));
const refused = async (code, name) => {
  await browser.fault(code);
  await browser.look(name);
};
const lose = (times = 1) => page.route('**/api/cast', async (route) => {
  await route.fetch(); // the server has it
  await route.abort();
}, { times });

// RFC 6238, as an app computes it, from the key as the page shows it.
function appCode(shown, step) {
  const bits = [...shown.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const paths = {
  // Enrolled only inside a session; then a code of the app in place of the SMS, each once.
  async authenticator() {
    await hands.logIn(voter);
    await browser.press('#to-app');
    await browser.screen('authenticator');
    await browser.look('aplicacion');
    const secret = await text('#app-secret');
    const step = Math.floor(Date.now() / 30000);
    const right = appCode(secret, step);
    await hands.code(String((Number(right) + 1) % 1000000).padStart(6, '0'));
    await refused('bad-code', 'aplicacion-mal');
    await hands.code(right);
    await page.waitForSelector('main .good');
    await browser.look('aplicacion-registrada');
    await browser.press('#app-back');
    await browser.screen('ballot');
    await page.reload();
    await browser.speak();
    await hands.password(voter);
    await hands.code(right); // used up by the confirmation
    await refused('bad-code', 'aplicacion-usado');
    await page.$eval('#fault', (box) => box.remove());
    const next = appCode(secret, step + 1);
    await hands.code(next);
    await browser.screen('ballot');
    await page.reload();
    await browser.speak();
    const mark = phones.mark();
    await hands.password(voter);
    await hands.code(next);
    await browser.fault('bad-code'); // no code twice
    await hands.code(await hands.newCode(voter, mark)); // the SMS still works
    await browser.screen('ballot');
    const kept = sql('vemre_owner', `SELECT encode(secret, 'hex') FROM vemre.totp WHERE username = '${voter.username}'`);
    const plain = [...secret.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
      .join('').match(/.{8}/g).map((byte) => parseInt(byte, 2).toString(16).padStart(2, '0')).join('');
    demand(kept.length === 96 && !kept.includes(plain), 'the secret is not encrypted at rest');
  },

  // Leaving without a vote: asked first, nothing of it stays on the device, the server ends the session; back in later.
  async leave() {
    await hands.logIn(voter);
    await browser.press(firstOption(contests[0]));
    await browser.press('#to-leave');
    await browser.screen('leave');
    await browser.look('salir');
    await browser.press('#leave-no');
    await browser.screen('ballot');
    demand(await page.isChecked(firstOption(contests[0])), 'the mark went with a «no»');
    await browser.press('#to-leave');
    await page.goBack(); // the back button is a «no» too
    await browser.screen('ballot');
    const token = (await browser.context.cookies()).find((c) => c.name === '__Host-vemre').value;
    const ask = () => exchange(site, 'GET', '/api/session', { Cookie: `__Host-vemre=${token}` });
    demand((await ask()).status === 200, 'no session');
    await browser.press('#to-leave');
    await browser.press('#leave-yes');
    await browser.screen('ended');
    await browser.look('salio');
    await says('Ha salido', 'You have left');
    demand((await ask()).status === 401, 'the session lives on');
    await browser.press('#again');
    await browser.screen('enter');
    demand((await page.inputValue('#username')) === '', 'the user name is still there');
    await hands.logIn(voter);
    demand(!(await page.isChecked(firstOption(contests[0]))), 'the mark is still there');
    demand(ballots() === 0, 'a ballot was stored');
    await hands.seal(contests);
    await browser.press('#cast');
    await browser.screen('receipt');
    demand(ballots() === 1, 'not one ballot');
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

  // A receipt's QR code leads here.
  async 'box-code'() {
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    await browser.press('#cast');
    await browser.screen('receipt');
    await page.goto(`${options.site}/#urna=${tracker}`);
    await page.reload();
    await browser.speak();
    await browser.screen('box');
    demand((await page.inputValue('#box-tracker')) === tracker, 'the code is not filled in');
    await browser.press('form button[type=submit]');
    await page.waitForSelector('#answer.good');
    await browser.look('urna-por-qr');
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

  async reload() {
    let asked = 0;
    page.on('dialog', async (dialog) => {
      asked += dialog.type() === 'beforeunload' ? 1 : 0;
      await dialog.accept();
    });
    await hands.logIn(voter);
    await browser.press(firstOption(contests[0]));
    await page.reload();
    await browser.speak();
    demand(asked === 1, 'leaves a ballot without asking');
    await hands.logIn(voter);
    await hands.seal(contests);
    await page.reload();
    await browser.speak();
    await hands.logIn(voter);
    demand(!(await page.isChecked(firstOption(contests[0]))), 'marks outlive a reload: they were kept somewhere');
    const tracker = await hands.seal(contests);
    await lose();
    await browser.press('#cast');
    await refused('network', 'recargar-sin-respuesta');
    await says('Todavía no sabemos si su voto quedó guardado', 'We do not know yet whether your vote was stored');
    await page.reload();
    await browser.speak();
    await hands.logIn(voter);
    await browser.screen('receipt');
    demand((await hands.tracker()) === tracker && ballots() === 1, 'not the ballot that was sent');
    await browser.look('recargar-acuse');
  },

  async 'killed-tab'() {
    const mark = phones.mark();
    demand((await hands.password(voter)) === null, 'no code asked for');
    const code = await phones.waitCode(voter.phone, mark);
    const other = await browser.tab();
    await page.close();
    await other.visit(options.site);
    const again = new Hands(other, phones);
    demand((await again.password(voter)) === null, 'no code asked for');
    await says('sigue vigente', 'still good', other.page);
    await other.look('codigo-vigente');
    await again.code(code);
    await again.seal(contests);
    await other.press('#cast');
    await other.screen('receipt');
    demand(ballots() === 1, 'not one ballot');
    browser.page = other.page;
  },

  async 'two-tabs'() {
    await hands.logIn(voter);
    await hands.seal(contests);
    const other = await browser.tab();
    await other.visit(options.site);
    const there = new Hands(other, phones);
    await there.logIn(voter);
    await browser.press('#cast'); // the other tab's log-in took the session
    await browser.screen('ended');
    await browser.look('dos-pestanas-fuera');
    demand(ballots() === 0, 'a ballot of a session that was over');
    const tracker = await there.seal(contests);
    await other.press('#cast');
    await other.screen('receipt');
    await browser.press('#again');
    await hands.logIn(voter);
    await browser.screen('receipt');
    await says('Usted ya votó', 'You have already voted');
    demand((await hands.tracker()) === tracker && ballots() === 1, 'not the receipt of the ballot in the box');
  },

  async 'two-devices'() {
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    const other = await Browser.open(options);
    try {
      await other.visit(options.site);
      const there = new Hands(other, phones);
      await there.logIn(voter);
      await other.screen('ballot');
      await browser.press('#cast');
      await browser.screen('ended');
      await browser.press('#again'); // back here: the ballot sealed here is still here
      await hands.logIn(voter);
      await browser.screen('sealed');
      await browser.press('#cast');
      await browser.screen('receipt');
      demand((await hands.tracker()) === tracker && ballots() === 1, 'not the ballot sealed here');
      await other.press(firstOption(contests[0]));
      await other.press('#next');
      await other.conclude();
    } finally {
      await other.close();
    }
  },

  async back() {
    await hands.logIn(voter);
    const first = await hands.seal(contests);
    await page.goBack();
    await browser.screen('review');
    await page.goBack();
    await page.waitForSelector(firstOption(contests.at(-1)));
    demand(await page.isChecked(firstOption(contests.at(-1))), '«back» forgot a mark');
    await browser.press('#next');
    await browser.screen('review');
    await browser.press('#seal');
    await browser.screen('sealed');
    const tracker = await hands.tracker();
    demand(tracker !== first, 'a ballot that was left is cast');
    await browser.press('#cast');
    await browser.screen('receipt');
    await page.goBack();
    await wait(300);
    demand((await hands.tracker()) === tracker, '«back» lost the receipt');
    await browser.look('atras-acuse');
    demand(ballots() === 1, 'not one ballot');
  },

  // The server's own session ends (30 minutes, moved), then the voter comes back with what was sealed.
  async 'session-end'() {
    await hands.logIn(voter);
    const tracker = await hands.seal(contests);
    sql('vemre_owner', `UPDATE vemre.session SET expires = now() WHERE username = '${voter.username}'`);
    await browser.press('#cast');
    await browser.screen('ended');
    await browser.look('sesion-del-servidor');
    demand(ballots() === 0, 'cast without a session');
    await browser.press('#again');
    await says('Su boleta sellada sigue en esta página', 'Your sealed ballot is still on this page');
    await browser.look('entrar-con-boleta');
    await hands.logIn(voter);
    await browser.screen('sealed');
    await browser.press('#cast');
    await browser.screen('receipt');
    demand((await hands.tracker()) === tracker && ballots() === 1, 'not the ballot that was sealed');
  },

  async codes() {
    const mark = phones.mark();
    await hands.password(voter);
    const right = await phones.waitCode(voter.phone, mark);
    const wrong = String((Number(right) + 7) % 1000000).padStart(6, '0');
    for (const [code, name] of [['bad-code', '1'], ['bad-code', '2'], ['code-dead', '3']]) {
      await hands.code(wrong);
      await refused(code, `codigo-mal-${name}`);
      await page.$eval('#fault', (box) => box.remove());
    }
    await hands.code(right);
    await browser.fault('code-dead');
    const then = phones.mark();
    await page.waitForSelector('#resend:visible');
    await browser.press('#resend');
    await hands.code(await phones.waitCode(voter.phone, then));
    await browser.screen('ballot');
  },

  async place() {
    await hands.logIn(voter);
    await refused('inside-territory', 'dentro-de-mexico');
    await says('línea mexicana', 'Mexican SIM');
  },

  async 'unknown-place'() {
    await hands.logIn(voter);
    await refused('place-unknown', 'lugar-desconocido');
  },

  async 'slow-down'() {
    sql('vemre_admin', 'UPDATE vemre.limits SET address_failures = 1, address_seconds = 5');
    try {
      const wrong = voter.password.replace(/.$/, (c) => (c === '0' ? '1' : '0'));
      demand((await hands.password(voter, wrong)) === 'bad-login', 'not refused');
      demand((await hands.password(voter, wrong)) === 'slow-down', 'not slowed down');
      await browser.look('mas-despacio');
      demand(/[0-9]/.test(await text('#fault [data-until]')), 'the time until the next try is not shown');
      await page.waitForFunction(() => !document.querySelector('#fault [data-until]:not([data-over])'));
      await hands.logIn(voter);
      await browser.screen('ballot');
    } finally {
      sql('vemre_admin', 'UPDATE vemre.limits SET address_failures = 1000, address_seconds = 600');
    }
  },

  // The page's code cannot make such a ballot: the bytes are changed on their way.
  async 'bad-ballot'() {
    await hands.logIn(voter);
    await hands.seal(contests);
    await page.route('**/api/cast', (route) => {
      const body = Buffer.from(route.request().postDataBuffer());
      body[body.length - 1] ^= 1;
      return route.continue({ postData: body });
    }, { times: 1 });
    await browser.press('#cast');
    await refused('bad-ballot', 'boleta-mala');
    await says('Ningún voto suyo se ha guardado', 'No vote of yours');
    demand(ballots() === 0, 'stored');
    const reference = await text('#fault code');
    demand(sql('vemre_owner', `SELECT count(*) FROM vemre.journal WHERE reference = '${reference}'`) === '1',
      `reference ${reference} is not in the journal`);
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

  async 'code-not-sent'() {
    demand((await hands.password(voter)) === 'code-not-sent', 'not refused');
    await browser.look('codigo-no-enviado');
  },

  async 'not-open'() {
    hidden("UPDATE vemre.election SET opens = now() + interval '6 seconds'");
    await browser.visit(options.site);
    await says('La votación todavía no abre', 'Voting has not opened yet');
    await browser.look('antes-de-abrir');
    await page.waitForSelector('#password');
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

  async 'clock-off'() {
    await page.clock.setFixedTime(Date.now() + 17 * 60000);
    await browser.visit(options.site);
    await page.waitForSelector('#clock-off');
    demand((await text('#clock-off')).includes('17 min'), 'not by how much');
    await browser.look('reloj-adelantado');
  },
};

try {
  const work = paths[path];
  if (!work) throw new Error(`no path ${path}; there are ${Object.keys(paths).join(', ')}`);
  await browser.visit(options.site);
  await work();
  await browser.conclude();
} catch (fault) {
  await browser.page.screenshot({ path: `${options.screens ?? '/tmp'}/falla-${path}.png`, fullPage: true }).catch(() => {});
  console.error(`${path}: ${fault.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  site.agent.destroy();
}

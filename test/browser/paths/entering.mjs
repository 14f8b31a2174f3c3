// Getting in: the code, an authenticator app, guesses, the place, before the opening; and the clock.

import { createHmac } from 'node:crypto';

import { Hands } from '../hands.mjs';
import {
  options, voter, phones, contests, browser, page, hands, demand, text, says, sql, hidden, ballots, refused, readQr,
} from './stage.mjs';

// RFC 6238, as an app computes it, from the key as the page shows it.
function appCode(shown, step) {
  const bits = [...shown.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

export const entering = {
  async codes() {
    const mark = phones.mark();
    await hands.password(voter);
    await says('el remitente puede verse distinto', 'the sender may look different');
    const right = await phones.waitCode(voter.phone, mark);
    const wrong = String((Number(right) + 7) % 1000000).padStart(6, '0');
    for (const [code, name] of [['bad-code', '1'], ['bad-code', '2'], ['code-dead', '3']]) {
      await hands.code(wrong);
      await refused(code, `codigo-mal-${name}`);
      await page.$eval('#fault', (box) => box.remove());
    }
    await hands.code(right);
    await browser.fault('code-dead');
    demand((await page.$('main [data-until]')) === null, 'a dead code counts down');
    const then = phones.mark();
    await page.waitForSelector('#resend:visible');
    await browser.press('#resend');
    await says('Enviamos un código nuevo', 'We sent a new code');
    await browser.look('codigo-nuevo');
    await hands.code(await phones.waitCode(voter.phone, then));
    await browser.screen('ballot');
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

  // Enrolled only inside a session; then a code of the app in place of the SMS, each once.
  async authenticator() {
    await hands.logIn(voter);
    await browser.press('#to-app');
    await browser.screen('authenticator');
    await browser.look('aplicacion');
    const secret = await text('#app-secret');
    demand((await readQr()).includes(`secret=${secret.replace(/\s/g, '')}&`), 'the QR code has not the secret');
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

  async place() {
    await hands.logIn(voter);
    await refused('inside-territory', 'dentro-de-mexico');
    await says('línea mexicana', 'Mexican SIM');
  },

  async 'unknown-place'() {
    await hands.logIn(voter);
    await refused('place-unknown', 'lugar-desconocido');
  },

  async 'code-not-sent'() {
    demand((await hands.password(voter)) === 'code-not-sent', 'not refused');
    await browser.look('codigo-no-enviado');
  },

  async 'not-open'() {
    hidden("UPDATE vemre.election SET opens = now() + interval '20 minutes'");
    await page.route('**/api/status', async (route) => { // a page that was told otherwise
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), state: 'open' } });
    }, { times: 1 });
    await browser.visit(options.site);
    await page.fill('#username', voter.username);
    await page.fill('#password', voter.password);
    await browser.press('form button[type=submit]');
    await page.waitForSelector('main strong[data-until]'); // and not the refusal's words alone
    demand((await page.$('#fault')) === null && (await page.$('#password')) === null, 'a refusal in place of the hour');
    hidden("UPDATE vemre.election SET opens = now() + interval '6 seconds'");
    await browser.visit(options.site);
    await says('La votación todavía no abre', 'Voting has not opened yet');
    await browser.look('antes-de-abrir');
    await page.waitForSelector('#password');
  },

  async 'clock-off'() {
    await page.clock.setFixedTime(Date.now() + 17 * 60000);
    await browser.visit(options.site);
    await page.waitForSelector('#clock-off');
    demand((await text('#clock-off')).includes('17 min'), 'not by how much');
    await browser.look('reloj-adelantado');
    await page.clock.setFixedTime(Date.now() - 3 * 3600000);
    await browser.visit(options.site);
    await page.waitForSelector('#clock-off');
    demand(/(atrasado 3 horas|3 hours slow)/.test(await text('#clock-off')), 'not how slow');
  },
};

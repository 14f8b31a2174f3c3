// Leaving and coming back: reload, back button, two tabs, two devices, the end of the session.

import { exchange } from '../../tools/client.mjs';
import { Browser } from '../browser.mjs';
import { Hands, firstOption } from '../hands.mjs';
import {
  options, site, voter, phones, contests, browser, page, hands, demand, wait, says, sql, ballots, refused, lose,
} from './stage.mjs';

export const returning = {
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
    await says('No ha votado', 'You have not voted');
    demand((await ask()).status === 401, 'the session lives on');
    await browser.press('#again');
    await browser.screen('enter');
    demand((await page.inputValue('#username')) === '', 'the user name is still there');
    await hands.logIn(voter);
    demand(!(await page.isChecked(firstOption(contests[0]))), 'the mark is still there');
    demand(ballots() === 0, 'a ballot was stored');
    const tracker = await hands.seal(contests);
    await lose();
    await browser.press('#cast');
    await browser.fault('network');
    await browser.press('#to-leave'); // without knowing
    await browser.look('salir-sin-acuse');
    await browser.press('#leave-yes');
    await says('Entre de nuevo para saber', 'Log in again to learn');
    await browser.look('salio-sin-acuse');
    await browser.press('#again');
    await hands.logIn(voter);
    await browser.screen('receipt');
    demand((await hands.tracker()) === tracker && ballots() === 1, 'not the ballot that was sent');
    await browser.press('#leave');
    await says('Su voto está en la urna', 'Your vote is in the box');
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
    await page.route('**/api/code', async (route) => { // five minutes are left
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), expires_in: 301 } });
    }, { times: 1 });
    await hands.logIn(voter);
    await page.locator('#announce').filter({ hasText: /(Quedan 5 minutos de su sesión|5 minutes of your session)/ }).waitFor({ state: 'attached' });
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
};

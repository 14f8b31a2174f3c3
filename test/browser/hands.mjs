// A voter's hands in the browser tests: logging in with the code that the phone got, marking, sealing.

export const firstOption = (contest) => `input[name=option][value="${contest.options[0].id}"]`;

export class Hands {
  constructor(browser, phones) {
    this.browser = browser;
    this.page = browser.page;
    this.phones = phones;
  }

  /** User name and password; gives the refusal's code, or null where the code is asked for. */
  async password(voter, password = voter.password) {
    await this.page.waitForSelector('#username');
    await this.page.evaluate(() => document.getElementById('fault')?.setAttribute('data-old', ''));
    await this.page.fill('#username', voter.username);
    await this.page.fill('#password', password);
    await this.browser.press('form button[type=submit]');
    await this.page.waitForSelector('main[data-screen=code], #fault:not([data-old])');
    return this.page.$eval('#fault', (box) => box.dataset.code).catch(() => null);
  }

  async code(code) {
    await this.page.fill('#code', code);
    await this.browser.press('form button[type=submit]');
  }

  /** The code that comes to the phone after `mark`, or the live one that came before. */
  newCode(voter, mark) {
    return this.phones.waitCode(voter.phone, mark, 10).catch(() => this.phones.lastCode(voter.phone));
  }

  /** All of it, waiting where the server says so. */
  async logIn(voter) {
    for (;;) {
      const mark = this.phones.mark();
      const refusal = await this.password(voter);
      if (refusal === null) return this.code(await this.newCode(voter, mark));
      if (refusal !== 'slow-down') throw new Error(`log-in refused: ${refusal}`);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }

  /** Marks the first option of each ballot and seals; gives the tracker's code. */
  async seal(contests) {
    for (const contest of contests) {
      await this.page.waitForSelector(firstOption(contest));
      if (!(await this.page.isChecked(firstOption(contest)))) await this.browser.press(firstOption(contest));
      await this.browser.press('#next');
    }
    await this.browser.press('#seal');
    await this.browser.screen('sealed');
    return this.tracker();
  }

  tracker() {
    return this.page.textContent('#tracker');
  }
}

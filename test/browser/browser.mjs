// Chromium as a voter's browser, and what is demanded of every screen.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ZONES = { es: 'America/Chicago', en: 'Europe/Madrid' }; // as the election's zone or not, by the season; and never
const PATIENCE = 30000;

export class Browser {
  faults = [];
  screens = 0;

  static async open({ browser, width, lang, site, screens, keyboard }) {
    const self = new Browser();
    Object.assign(self, { screensFolder: screens, keyboard, lang, prefix: `${lang}-${width}`, origin: new URL(site).origin });
    self.browser = await chromium.launch({ executablePath: browser, args: ARGS, headless: true });
    const viewport = { width: Number(width), height: Number(width) < 600 ? 640 : 900 };
    self.context = await self.browser.newContext({
      viewport, ignoreHTTPSErrors: true, acceptDownloads: true, timezoneId: ZONES[lang], locale: 'es-MX',
      reducedMotion: 'reduce',
    });
    await self.#newPage();
    return self;
  }

  /** Another tab of the same browser; its faults are this one's too. */
  async tab() {
    const other = Object.assign(new Browser(), this, { prefix: `${this.prefix}-tab` });
    await other.#newPage();
    return other;
  }

  async #newPage() {
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(PATIENCE);
    this.#listen(this.origin);
  }

  /** The page anew, in the language asked for. */
  async visit(url) {
    await this.page.goto(url);
    await this.speak();
  }

  async speak() {
    await this.page.waitForSelector('main[data-screen]:not([data-screen=loading])');
    if (this.lang === 'en' && (await this.page.getAttribute('html', 'lang')) === 'es') await this.press('#language');
  }

  #listen(origin) {
    this.page.on('pageerror', (fault) => this.faults.push(`error in the page: ${fault.message}`));
    this.page.on('console', (message) => {
      // A refusal of the server shows in the console as a failed resource; the screens show it to the voter.
      const refusal = /Failed to load resource/.test(message.text());
      if (message.type() === 'error' && !refusal) this.faults.push(`console: ${message.text()}`);
    });
    this.page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !url.startsWith('blob:')) this.faults.push(`request to ${url}`);
    });
  }

  /** Waits for a screen by its name. */
  async screen(name) {
    await this.page.waitForSelector(`main[data-screen=${name}]`);
  }

  async fault(code) {
    await this.page.waitForSelector(`#fault[data-code="${code}"]`);
  }

  /** Everything that a screen must be; saved as PNG. */
  async look(name) {
    this.screens += 1;
    const number = String(this.screens).padStart(2, '0');
    if (this.screensFolder) {
      const path = join(this.screensFolder, `${this.prefix}-${number}-${name}.png`);
      await this.page.screenshot({ path, fullPage: true });
    }
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), TAGS);
    for (const { id, help, nodes } of found.violations) {
      this.faults.push(`${name}: axe ${id}: ${help}: ${nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`);
    }
    const wide = await this.page.evaluate(() => document.scrollingElement.scrollWidth > window.innerWidth);
    if (wide) this.faults.push(`${name}: scrolls sideways`);
    const simulated = await this.page.textContent('body');
    if (!/SIMULACRO, sin validez oficial/.test(simulated)) this.faults.push(`${name}: does not say it is a simulacro`);
    if (/\bDistritos?\b/i.test(simulated)) this.faults.push(`${name}: says «Distrito»`);
  }

  async press(selector) {
    if (!this.keyboard) return this.page.locator(selector).first().click();
    await this.#reach(selector);
    const box = await this.page.evaluate(() => document.activeElement.matches('input[type=checkbox]'));
    return this.page.keyboard.press(box ? 'Space' : 'Enter');
  }

  async type(selector, text) {
    if (!this.keyboard) return this.page.fill(selector, text);
    await this.#reach(selector);
    await this.page.keyboard.press('Control+A');
    return this.page.keyboard.type(text);
  }

  // Tab by tab, as somebody without a mouse; the focus must be seen and must not be covered.
  async #reach(selector) {
    await this.page.waitForSelector(selector);
    for (let tabs = 0; tabs < 80; tabs++) {
      const there = await this.page.evaluate((s) => document.activeElement === document.querySelector(s), selector);
      if (there) return this.#seen(selector);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${selector} is not reached by keyboard`);
  }

  async #seen(selector) {
    const seen = await this.page.evaluate(() => {
      const r = document.activeElement.getBoundingClientRect();
      const middle = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
      return r.top >= 0 && r.bottom <= window.innerHeight && (middle === null || document.activeElement.contains(middle)
        || Boolean(middle.closest('label')?.contains(document.activeElement)));
    });
    if (!seen) this.faults.push(`${selector}: focused but out of sight or covered`);
  }

  async download(selector) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.press(selector)]);
    return readFileSync(await download.path(), 'utf8');
  }

  /** Nothing kept, nothing wrong. */
  async conclude() {
    const kept = await this.page.evaluate(async () => ({
      local: localStorage.length,
      session: sessionStorage.length,
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
      cookies: document.cookie,
    }));
    if (kept.local || kept.session || kept.databases || kept.caches || kept.cookies) {
      this.faults.push(`kept in the browser: ${JSON.stringify(kept)}`);
    }
    if (this.faults.length > 0) throw new Error(`${this.faults.length} faults:\n  ${this.faults.join('\n  ')}`);
  }

  close() {
    return this.browser.close();
  }
}

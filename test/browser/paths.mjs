// The paths on which a voter could end with two ballots, with none, or without knowing: each in real Chromium on the
// real server, whose clock and helpers are moved where a path needs it. One path a run; every screen is examined.
//
//   node test/browser/paths.mjs PATH --site URL --sms FILE --voters FILE --voter I [--ca FILE] [--database SOCKET-DIR]
//        [--run DIR of the servers' pid files] [--screens DIR] [--lang es|en] [--width 320|1280] [--browser FILE]

import { casting } from './paths/casting.mjs';
import { entering } from './paths/entering.mjs';
import { returning } from './paths/returning.mjs';
import { browser, options, path, site } from './paths/stage.mjs';

const paths = { ...entering, ...returning, ...casting };

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

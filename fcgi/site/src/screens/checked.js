// A sealed ballot was opened: here is its opening file, for somebody else's program. It is never signed.

import { download, h, share } from '../dom.js';
import { bigCode, buttons, faultBox, primary, secondary } from './parts.js';
import { seal } from './review.js';

const PUBLISHED = ['election.json', 'keys.json', 'opening.json', 'credentials.csv'];

export function checked(app) {
  const { text, local } = app;
  const content = `${JSON.stringify(local.file, null, 1)}\n`;
  const save = () => download(text.openingFile(local.code), 'application/json', content);
  // Browsers share no .json; the checkers read the file whatever its name.
  const send = share(text.openingFile(local.code).replace(/json$/, 'txt'), content);
  return {
    title: text.checkedTitle,
    back: () => app.go('review'),
    body: [
      faultBox(app),
      h('p.notice', {}, text.checkedLead),
      h('ol', {}, [send ? text.checkedGetOrShare : text.checkedGet, ...text.checkedSteps].map((words) => h('li', {}, words))),
      h('p.warning', {}, text.checkedKeep),
      buttons(secondary(text.checkedDownload, save, { id: 'download' }), send && secondary(text.checkedShare, send, { id: 'share' })),
      bigCode(text.tracker, local.code, 'tracker'),
      bigCode(text.credentialCode, app.voter.code, 'credential'),
      h('section.aside', {}, h('h2', {}, text.checkedWith), h('p', {}, text.checkedWithText),
        h('p', {}, h('a', { href: 'comprobador.html', download: 'comprobador.html', id: 'get-checker' }, text.checkedPage)),
        h('ul', {}, PUBLISHED.map((name) => h('li', {}, h('a', { href: `record/${name}`, download: name }, name))))),
      buttons(primary(text.sealNew, () => seal(app), { id: 'seal' }), secondary(text.changeBack, () => app.go('review'))),
    ],
  };
}

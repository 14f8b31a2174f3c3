// A sealed ballot was opened: here is its opening file, for somebody else's program. It is never signed.

import { download, h } from '../dom.js';
import { bigCode, buttons, faultBox, primary, secondary } from './parts.js';
import { seal } from './review.js';

export function checked(app) {
  const { text, local } = app;
  const save = () => download(text.openingFile(local.code), 'application/json', `${JSON.stringify(local.file, null, 1)}\n`);
  return {
    title: text.checkedTitle,
    back: () => app.go('review'),
    body: [
      faultBox(app),
      h('p.notice', {}, text.checkedLead),
      h('ol', {}, text.checkedSteps.map((words) => h('li', {}, words))),
      bigCode(text.tracker, local.code, 'tracker'),
      bigCode(text.credentialCode, app.voter.code, 'credential'),
      h('p.warning', {}, text.checkedKeep),
      buttons(secondary(text.checkedDownload, save, { id: 'download' }),
        primary(text.sealNew, () => seal(app), { id: 'seal' }),
        secondary(text.changeBack, () => app.go('review'))),
    ],
  };
}

// Everything once more, in words, before it is sealed.

import { finished, isBlank } from '../choice.js';
import { h, spanish } from '../dom.js';
import { optionEmblems, writeInEmblem } from '../emblem.js';
import { encodeChoice, widthOf } from '../protocol/vote.js';
import { choiceOf, optionName } from './ballot.js';
import { buttons, faultBox, primary, secondary } from './parts.js';

/** Seals what is chosen now; from the review, or anew after a ballot was opened for checking. */
export const seal = (app) =>
  app.act(app.text.sealing, async () => {
    const contests = app.contests.map((contest) => {
      const plain = encodeChoice(contest, finished(choiceOf(app, contest)));
      return { name: contest.id, w: widthOf(contest), plain };
    });
    app.sealed = await app.sealer.call('seal', { contests });
    app.go('sealed');
  });

function marked(app, contest) {
  const { text } = app;
  const choice = finished(choiceOf(app, contest));
  if (isBlank(choice)) return [h('p.strong', {}, text.reviewBlank), h('p.warning', {}, text.reviewNull)];
  if (choice.writeIn !== null) {
    return [h('div.line', {}, h('span.emblems', {}, writeInEmblem()),
      h('span.names', {}, h('span.party', {}, text.reviewWriteIn), h('strong', {}, choice.writeIn)))];
  }
  const options = contest.options.filter((o) => choice.options.includes(o.id));
  const candidate = contest.candidates.find((c) => c.id === options[0].candidate).name;
  const lines = options.map((option) => h('div.line', {},
    h('span.emblems', {}, optionEmblems(app.election.definition, option)),
    h('span.names', {}, h('strong', { lang: 'es' }, optionName(app, contest, option)))));
  return [...lines, h('p', {}, ...text.reviewFor(spanish(candidate)))];
}

export function review(app) {
  const { text } = app;
  const last = app.contests.length - 1;
  const back = () => app.go('ballot', { index: last });
  return {
    title: text.reviewTitle,
    back,
    body: [
      faultBox(app),
      h('p.lead', {}, text.reviewLead),
      ...app.contests.map((contest, index) => h('section.reviewed', { 'data-contest': contest.id },
        h('h2', { lang: 'es' }, contest.office),
        ...marked(app, contest),
        secondary(text.change, () => app.go('ballot', { index, review: true }),
          { 'aria-label': text.changeOf(contest.office) }))),
      buttons(primary(text.sealButton, () => seal(app), { id: 'seal' }), secondary(text.back, back)),
    ],
  };
}

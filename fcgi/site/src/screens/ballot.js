// One contest as the paper ballot shows it: emblem, party, candidate; coalition partners may be marked
// together, and what that means is said beside it.

import { BLANK, coalitionOf, faultOf, isBlank, textLength, toggle, toggleWriteIn } from '../choice.js';
import { byId, h, spanish } from '../dom.js';
import { optionEmblems, writeInEmblem } from '../emblem.js';
import { buttons, primary, secondary } from './parts.js';

export const choiceOf = (app, contest) => app.choices.get(contest.id) ?? BLANK;

const candidateOf = (contest, option) => contest.candidates.find((c) => c.id === option.candidate);

const partyNames = (app, option) =>
  option.parties.map((id) => app.election.definition.parties.find((p) => p.id === id).name);

/** How people call an option: its party's name, its parties', or that it is independent. */
export function optionName(app, contest, option) {
  if (option.kind === 'independent') return candidateOf(contest, option).name;
  return new Intl.ListFormat('es').format(partyNames(app, option));
}

function tagOf(app, contest, option) {
  const { text } = app;
  if (option.kind === 'common') return [text.kindCommon];
  if (option.kind === 'independent') return [text.kindIndependent];
  const coalition = contest.coalitions.find((c) => c.options.includes(option.id));
  if (!coalition) return null;
  return /^coalici/i.test(coalition.name) ? [spanish(coalition.name)] : text.inCoalition(spanish(coalition.name));
}

function optionCard(app, contest, option) {
  const tag = tagOf(app, contest, option);
  const input = h('input', {
    type: 'checkbox', name: 'option', value: option.id, checked: choiceOf(app, contest).options.includes(option.id),
    onchange: () => mark(app, contest, option.id),
  });
  return h('label.option', {},
    input,
    h('span.emblems', {}, optionEmblems(app.election.definition, option)),
    h('span.names', {},
      option.kind === 'independent' ? null : h('span.party', { lang: 'es' }, optionName(app, contest, option)),
      h('span.candidate', { lang: 'es' }, candidateOf(contest, option).name),
      tag && h('span.tag', {}, ...tag)));
}

function writeInCard(app, contest) {
  const { text } = app;
  const input = h('input', {
    id: 'write-in', name: 'write-in', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'write-in-room',
    oninput: () => write(app, contest, input.value),
  });
  return h('div.option-with-field', {},
    h('label.option', {},
      h('input', { type: 'checkbox', name: 'option', value: '', onchange: () => markWriteIn(app, contest) }),
      h('span.emblems', {}, writeInEmblem()),
      h('span.names', {}, h('span.candidate', {}, text.writeIn), h('span.tag', {}, text.writeInHint))),
    h('div.field', { id: 'write-in-field', hidden: true },
      h('label', { for: 'write-in' }, text.writeInLabel), input,
      h('p.hint', { id: 'write-in-room' }, '')));
}

function change(app, contest, { choice, dropped }) {
  app.choices.set(contest.id, choice);
  app.local.dropped = dropped;
  app.local.problem = null;
  sync(app, contest);
}

const mark = (app, contest, id) => change(app, contest, toggle(contest, choiceOf(app, contest), id));
const markWriteIn = (app, contest) => change(app, contest, toggleWriteIn(choiceOf(app, contest)));

const write = (app, contest, typed) =>
  change(app, contest, { choice: { options: [], writeIn: typed }, dropped: choiceOf(app, contest).options });

function explanation(app, contest) {
  const { text, local } = app;
  const { options } = choiceOf(app, contest);
  const option = (id) => contest.options.find((o) => o.id === id);
  if (local.problem === 'write-in-empty') return text.writeInEmpty;
  if (local.problem === 'write-in-long') return text.writeInLong(contest.write_in_bytes);
  if (options.length > 1) {
    const names = options.map((id) => optionName(app, contest, option(id)));
    const candidate = candidateOf(contest, option(options[0])).name;
    return text.combined(names, spanish(coalitionOf(contest, options).name), spanish(candidate));
  }
  if (local.dropped?.length > 0) {
    const names = local.dropped.map((id) => (id === 'write-in' ? text.writeIn : optionName(app, contest, option(id))));
    return (contest.coalitions.length > 0 ? text.dropped : text.droppedSingle)(names);
  }
  return null;
}

// Brings the screen to what the choice is, without drawing it anew: focus and scroll stay.
function sync(app, contest) {
  const choice = choiceOf(app, contest);
  for (const input of app.root.querySelectorAll('input[name=option]')) {
    input.checked = input.value === '' ? choice.writeIn !== null : choice.options.includes(input.value);
    input.closest('.option').classList.toggle('marked', input.checked);
  }
  if (contest.write_in_bytes > 0) syncWriteIn(app, contest, choice);
  const words = explanation(app, contest);
  const place = byId('explain');
  place.replaceChildren(...[words ?? []].flat());
  place.classList.toggle('problem', Boolean(app.local.problem));
  // What was just marked stays in sight above the explanation (scroll-padding in style.css).
  if (words) document.activeElement.closest('.option')?.scrollIntoView({ block: 'nearest' });
}

function syncWriteIn(app, contest, choice) {
  const input = byId('write-in');
  byId('write-in-field').hidden = choice.writeIn === null;
  if (input.value !== (choice.writeIn ?? '')) input.value = choice.writeIn ?? '';
  byId('write-in-room').textContent = app.text.writeInRoom(textLength(choice.writeIn ?? ''), contest.write_in_bytes);
  if (app.local.problem) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

function onward(app) {
  const { index, review } = app.local;
  if (review || index + 1 === app.contests.length) app.go('review');
  else app.go('ballot', { index: index + 1 });
}

function backward(app) {
  const { index, review } = app.local;
  if (review) app.go('review');
  else if (index > 0) app.go('ballot', { index: index - 1 });
}

function proceed(app, contest) {
  const choice = choiceOf(app, contest);
  app.local.problem = faultOf(contest, choice);
  if (app.local.problem) {
    sync(app, contest);
    byId('write-in').focus();
  } else if (isBlank(choice)) {
    app.local.asking = true;
    app.render();
  } else {
    onward(app);
  }
}

function askBlank(app) {
  const { text } = app;
  return h('section.ask', { 'aria-labelledby': 'ask-title' },
    h('h2', { id: 'ask-title', tabindex: '-1', 'data-focus': true }, text.blankTitle),
    h('p', {}, text.blankText),
    buttons(
      primary(text.blankNo, () => { app.local.asking = false; app.render(); }, { id: 'blank-no' }),
      secondary(text.blankYes, () => onward(app), { id: 'blank-yes' })));
}

export function ballot(app) {
  const { text, local } = app;
  const contest = app.contests[local.index];
  const district = app.election.definition.districts.find((d) => d.id === app.session.district);
  const canGoBack = local.review || local.index > 0;
  setTimeout(() => local === app.local && byId('explain') && sync(app, contest));
  return {
    title: contest.office,
    heading: spanish(contest.office),
    over: [text.ballotOf(local.index + 1, app.contests.length), ' · ', text.district, ': ', spanish(district.name)],
    back: () => backward(app),
    body: local.asking ? [askBlank(app)] : [
      h('fieldset.ballot', {},
        h('legend', {}, text.ballotLead),
        h('p', {}, contest.coalitions.length > 0 ? text.ballotCoalition : text.ballotSingle, ' ', text.ballotBlank),
        h('div.options', {},
          contest.options.map((option) => optionCard(app, contest, option)),
          contest.write_in_bytes > 0 ? writeInCard(app, contest) : null)),
      h('p.explain', { id: 'explain', role: 'status' }),
      buttons(primary(text.next, () => proceed(app, contest), { id: 'next' }),
        canGoBack ? secondary(text.back, () => backward(app), { id: 'back' }) : null),
    ],
  };
}

// The checker's page. One file, no network: its own policy forbids every connection.

import { check } from './check.js';
import { WORDS } from './words.js';

let lang = 'es';
let result = null;
const $ = (id) => document.getElementById(id);

function h(tag, properties, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children.filter((child) => child !== null));
	return element;
}

function field(id, label, hint, input, box = input) {
	described(input, hint === null ? null : `${id}-hint`);
	return h('p', { className: 'field' }, h('label', { htmlFor: id }, label), hint === null ? null : h('span', { className: 'hint', id: `${id}-hint` }, hint), box);
}
function described(input, hint) {
	if (hint !== null)
		input.setAttribute('aria-describedby', hint);
	return input;
}

// What is chosen, in this page's language: the browser's own words would be in the browser's.
function named(input) {
	const w = WORDS[lang];
	const files = [...input.files];
	input.parentElement.querySelector('.file-name').textContent = files.length > 1 ? w.chosen(files.length) : files[0]?.name ?? w.none;
}

// The input lies unseen over a box with our words.
function file(w, id, multiple) {
	const input = h('input', { id, type: 'file', multiple, onchange: () => named(input), accept: '.json,.txt,.csv,application/json,text/plain,text/csv' });
	const words = [h('span', { className: 'file-button', ariaHidden: 'true' }, multiple ? w.chooseAll : w.choose), h('span', { className: 'file-name', ariaHidden: 'true' }, w.none)];
	return { input, box: h('span', { className: 'file' }, ...words, input) };
}

function inputs(w) {
	const [opening, files] = [file(w, 'opening', false), file(w, 'files', true)];
	const text = (id) => h('input', { id, type: 'text', autocomplete: 'off', spellcheck: false });
	return h('form', { id: 'form', noValidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } },
		field('opening', w.opening, w.openingHint, opening.input, opening.box),
		field('files', w.files, w.filesHint, files.input, files.box),
		field('tracker', w.tracker, w.trackerHint, text('tracker')),
		field('credential', w.credential, null, text('credential')),
		h('p', { id: 'wrong', className: 'error', role: 'alert' }),
		h('button', { type: 'submit' }, w.check));
}

function voteLine(w, vote) {
	const words = { option: () => w.option(vote.options, vote.candidate), combination: () => w.combination(vote.options, vote.candidate),
		unregistered: () => w.unregistered(vote.text), blank: () => w.blank, null: () => w.null }[vote.as]();
	return h('li', {}, h('strong', {}, vote.office), h('br', {}), words);
}

function testLine(w, { id, status, fault }) {
	const note = fault !== null ? fault[lang] : status === 'open' ? w.compare(result[id]) : null;
	return h('li', { className: status, id: `test-${id}` }, h('span', { className: 'mark' }, w.status[status]), ' ', w.tests[id],
		note === null ? null : h('span', { className: 'note' }, note));
}

function report(w) {
	if (result === null)
		return h('div', { id: 'report' });
	const open = result.tests.some(({ status }) => status === 'open');
	const verdict = !result.good ? w.bad : open ? w.goodOpen : w.good;
	const box = h('section', { id: 'report' },
		result.simulation ? h('p', { className: 'simulation' }, w.simulation) : null,
		h('div', { id: 'verdict', className: result.good ? (open ? 'notice' : 'good') : 'bad', tabIndex: -1 },
			h('h2', {}, verdict), result.good ? null : h('p', {}, w.badNext)));
	if (result.votes.length > 0)
		box.append(h('h2', {}, w.votesTitle), h('ul', { className: 'votes', id: 'votes' }, ...result.votes.map((v) => voteLine(w, v))),
			h('p', {}, h('strong', {}, w.votesLead)));
	box.append(h('h2', {}, w.testsTitle), h('ul', { className: 'tests' }, ...result.tests.map((t) => testLine(w, t))));
	if (result.eid !== null)
		box.append(h('p', { className: 'hint' }, w.eid, ' ', h('code', {}, result.eid.match(/.{4}/g).join(' '))));
	return box;
}

function draw() {
	const w = WORDS[lang];
	document.documentElement.lang = lang;
	document.title = w.title;
	$('title').textContent = w.title;
	$('lead').textContent = w.lead;
	$('language').textContent = w.other;
	$('language').lang = lang === 'es' ? 'en' : 'es';
	const old = $('form');
	const form = inputs(w);
	if (old.elements.length > 0) { // the same files and words in the other language
		for (const id of ['opening', 'files', 'tracker', 'credential'])
			form.querySelector(`#${id}`).replaceWith(described(old.elements[id], id === 'credential' ? null : `${id}-hint`));
		for (const id of ['opening', 'files'])
			named(form.querySelector(`#${id}`));
	}
	old.replaceWith(form);
	$('report').replaceWith(report(w));
}

const bytes = async (file) => new Uint8Array(await file.arrayBuffer());

async function submit() {
	const w = WORDS[lang];
	const [opening] = $('opening').files;
	const files = {};
	for (const name of ['election.json', 'keys.json', 'opening.json', 'credentials.csv']) {
		// A browser may add «(1)» to a name it has saved before.
		const stem = name.replace(/\..*/, '');
		const found = [...$('files').files].find((f) => f.name.replace(/[ (]*\d*\)?(?=\.[a-z]+$)/, '').startsWith(`${stem}.`));
		files[name] = found ? await bytes(found) : null;
	}
	$('wrong').textContent = opening ? '' : w.wrong;
	if (!opening)
		return;
	const typed = { tracker: $('tracker').value, credential: $('credential').value };
	$('wrong').textContent = w.checking;
	const content = await bytes(opening);
	setTimeout(() => {
		result = check({ ...files, opening: content }, typed);
		$('wrong').textContent = '';
		$('report').replaceWith(report(WORDS[lang]));
		$('verdict').focus();
	}, 30);
}

$('language').addEventListener('click', () => {
	lang = lang === 'es' ? 'en' : 'es';
	draw();
	$('language').focus();
});
draw();

// The page: takes a folder, hands it to the worker, shows each check as it comes. Nothing leaves this machine:
// the page's own policy (index.html) allows no connection at all.
import { CHECK_IDS, asJson, plainText, texts } from './report.js';
import { typedCode } from './view.js';

const WORDS = {
	title: ['Verificador del expediente', 'Verifier of the record'],
	lead: ['Comprueba, en este equipo y sin conexión, el expediente público de una elección por internet: firmas, boletas, mezclas, descifrado y cómputo. Ningún archivo sale de aquí.',
		'Checks on this machine, offline, the public record of an internet election: signatures, ballots, mixes, decryption and count. No file leaves it.'],
	choose: ['Elegir la carpeta del expediente', 'Choose the folder of the record'],
	drop: ['o arrastre aquí la carpeta', 'or drag the folder here'],
	until: ['Hasta dónde llega el expediente', 'How far the record goes'],
	opening: ['la apertura', 'the opening'],
	closing: ['el cierre', 'the closing'],
	mixing: ['las mezclas', 'the mixes'],
	tally: ['el cómputo (todo)', 'the count (everything)'],
	checks: ['Comprobaciones', 'Checks'],
	working: ['en curso', 'in progress'],
	waiting: ['en espera', 'waiting'],
	checking: ['Verificando…', 'Verifying…'],
	files: ['archivos', 'files'],
	empty: ['No hay archivos en esa carpeta.', 'There are no files in that folder.'],
	notRead: ['No se pudo leer lo que se arrastró; elija la carpeta con el botón.', 'What was dragged could not be read; choose the folder with the button.'],
	broken: ['Este equipo no pudo terminar la verificación', 'This machine could not finish the verification'],
	eid: ['Identificador de la elección (eid)', 'Identifier of the election (eid)'],
	count: ['Cómputo hecho de nuevo', 'The count, made again'],
	rest: ['entidades reunidas', 'districts joined'],
	withheld: ['Muy pocos votos: no se abre, para guardar el secreto.', 'Too few votes: not opened, to keep them secret.'],
	total: ['Total', 'Total'],
	votes: ['Votos', 'Votes'],
	candidate: ['Candidatura', 'Candidacy'],
	unregistered: ['Candidaturas no registradas', 'Unregistered candidacies'],
	null: ['Nulos', 'Null'],
	malformed: ['Sobres mal formados (nulos)', 'Malformed envelopes (null)'],
	save: ['Guardar el informe (JSON)', 'Save the report (JSON)'],
	lookup: ['Buscar un código en la urna', 'Look a code up in the box'],
	code: ['Código de boleta o de credencial (cuatro grupos de cinco)', 'Code of a ballot or a credential (four groups of five)'],
	find: ['Buscar', 'Look up'],
	ballot: ['Es el código de una boleta que está en la urna.', 'It is the code of a ballot that is in the box.'],
	voted: ['Es el código de una credencial que tiene boleta en la urna.', 'It is the code of a credential that has a ballot in the box.'],
	abstained: ['Es el código de una credencial sin boleta en la urna.', 'It is the code of a credential without a ballot in the box.'],
	unknown: ['Ese código no es de ninguna boleta de la urna ni de ninguna credencial.', 'That code is of no ballot in the box and of no credential.'],
	noCode: ['Un código tiene veinte letras o cifras, sin U.', 'A code has twenty letters or digits, no U.'],
	simulation: ['SIMULACRO, sin validez oficial', 'SIMULATION, without official validity'],
	other: ['English', 'Español'],
	more: ['más', 'more'],
};
const MARKS = { holds: '✓', false: '✗', incomplete: '…', unproved: '!', skipped: '–', working: '▸', waiting: '·' };
const MOST_FAULTS = 10;
const KIND = { 0: 'good', 3: 'bad', 7: 'odd', 8: 'odd' };

let language = 'es';
let worker = null;
let state = null;	// {source, count, checks, report, broken}
let found = null;	// what the last look-up gave: [word, code]
let complaint = null;

const $ = (id) => document.getElementById(id);
const say = (word) => WORDS[word][language === 'en' ? 1 : 0];

/** An element: its class, and what is in it, texts or elements. Text is only ever text. */
function make(tag, className, ...children) {
	const out = document.createElement(tag);
	if (className)
		out.className = className;
	out.append(...children);
	return out;
}

function showChecks() {
	const t = texts(language);
	const rows = (state?.checks ?? new Map());
	const ids = state?.report ? state.report.checks.map(({ id }) => id) : CHECK_IDS.filter((id) => inPhase(id));
	const next = ids.find((id) => !rows.has(id));
	$('list').replaceChildren(...ids.map((id) => {
		const check = rows.get(id);
		const status = check?.status ?? (id === next && !state.broken ? 'working' : 'waiting');
		const word = check ? t.state(status) : say(status);
		const count = check?.status === 'holds' && check.count > 0 ? ` (${check.count})` : '';
		const row = make('li', status, make('span', 'mark', MARKS[status]),
			make('span', 'name', t.name(id), count, ' ', make('code', '', id)), make('span', 'state', word));
		row.firstChild.setAttribute('aria-hidden', 'true');
		const faults = check?.faults ?? [];
		if (faults.length > 0) {
			const items = faults.slice(0, MOST_FAULTS).map((f) => make('li', '', t.fault(f)));
			if (faults.length > MOST_FAULTS)
				items.push(make('li', '', `… ${faults.length - MOST_FAULTS} ${say('more')}`));
			row.append(make('ul', 'faults', ...items));
		}
		return row;
	}));
}

const PHASE_END = { opening: 'credentials', closing: 'ballots', mixing: 'shuffles', tally: 'results' };

function inPhase(id) {
	return CHECK_IDS.indexOf(id) <= CHECK_IDS.indexOf(PHASE_END[state.until]);
}

function showVerdict() {
	const t = texts(language);
	const { report, broken } = state;
	const box = $('verdict');
	box.className = broken ? 'bad' : report ? KIND[report.exit] : 'busy';
	if (broken)
		box.replaceChildren(make('strong', '', say('broken')), make('pre', '', plainText(broken)));
	else if (!report)
		box.replaceChildren(make('strong', '', say('checking')));
	else {
		const verdict = t.verdict(report.exit);
		box.replaceChildren(make('strong', '', verdict[0].toUpperCase() + verdict.slice(1)),
			...(report.title === null ? [] : [make('p', '', plainText(report.title))]),
			...t.malformed(report.malformed).map((line) => make('p', '', line.trim())));
	}
	$('simulation').hidden = !report?.simulation;
	$('source').textContent = `${plainText(state.source)} · ${state.count} ${say('files')}`;
	$('eid').replaceChildren(...(report?.eid ? [make('dt', '', say('eid')),
		make('dd', '', make('code', '', report.eid.replace(/.{4}(?=.)/g, '$& ')))] : []));
}

function showCount() {
	const all = state.report?.tables ?? [];
	$('count').hidden = all.length === 0;
	const cells = (name, votes, tag = 'td') => {
		const head = make('th', '', name);
		head.scope = tag === 'th' ? 'col' : 'row';
		const out = make('tr', '', head, make(tag, 'number', votes));
		if (tag === 'th')
			out.lastChild.scope = 'col';
		return out;
	};
	$('tables').replaceChildren(...all.map((table) => {
		const where = table.district ?? (table.rest ? say('rest') : '');
		const caption = make('caption', '', plainText(`${table.office}${where === '' ? '' : ` · ${where}`}`), ' ', make('code', '', table.list));
		const rows = table.rows.filter(({ what, votes }) => what !== 'malformed' || votes > 0n)
			.map(({ name, what, votes }) => cells(name === undefined ? say(what) : plainText(name), String(votes)));
		const out = make('table', '', caption, make('thead', '', cells(say('candidate'), say('votes'), 'th')),
			make('tbody', '', ...rows), make('tfoot', '', cells(say('total'), String(table.total))));
		if (!table.withheld)
			return out;
		return make('div', '', out, make('p', '', say('withheld')));
	}));
}

function showFound() {
	$('found').textContent = found === null ? '' : `${found[1] === null ? '' : `${found[1]}: `}${say(found[0])}`;
}

function show() {
	document.documentElement.lang = language;
	document.title = say('title');
	for (const element of document.querySelectorAll('[data-word]'))
		element.textContent = say(element.dataset.word);
	$('language').lang = language === 'en' ? 'es' : 'en';
	complain(complaint);
	$('result').hidden = state === null;
	if (state === null)
		return;
	showChecks();
	showVerdict();
	showCount();
	$('lookup').hidden = !state.report?.codes;
	showFound();
	$('save').hidden = !state.report;
}

/** The folder of the record among those chosen: that of the election.json nearest to the top. */
function rootOf(paths) {
	const depth = (path) => path.split('/').length;
	const [nearest] = paths.filter((path) => path === 'election.json' || path.endsWith('/election.json'))
		.sort((a, b) => depth(a) - depth(b));
	if (nearest !== undefined)
		return nearest.slice(0, -'election.json'.length);
	return paths[0].slice(0, paths[0].indexOf('/') + 1);
}

/** Says under the buttons why nothing is verified; null: nothing to say. */
function complain(word) {
	complaint = word;
	$('complaint').textContent = word === null ? '' : say(word);
}

function verify(files) {
	worker?.terminate();
	complain(files.length === 0 ? 'empty' : null);
	if (files.length === 0)
		return;
	const root = rootOf(files.map(([path]) => path));
	const inside = files.filter(([path]) => path.startsWith(root)).map(([path, file]) => [path.slice(root.length), file]);
	state = { source: root || '/', count: inside.length, until: $('until').value, checks: new Map(), report: null, broken: null };
	found = null;
	$('code').value = '';
	worker = new Worker(URL.createObjectURL(new Blob([$('worker').textContent], { type: 'text/javascript' })));
	worker.onmessage = ({ data }) => {
		if (data.check)
			state.checks.set(data.check.id, data.check);
		state.report = data.report ?? state.report;
		state.broken = data.broken ?? state.broken;
		show();
	};
	worker.onerror = (event) => {
		state.broken = event.message || 'Worker';
		show();
	};
	worker.postMessage({ files: inside, until: state.until });
	show();
	$('verdict').focus();
}

/** Every file under a dropped folder, with its path: by handles, which a page opened from a disk may use… */
async function walkHandle(handle, path, out) {
	if (handle.kind === 'file')
		out.push([path + handle.name, await handle.getFile()]);
	else
		for await (const child of handle.values())
			await walkHandle(child, `${path}${handle.name}/`, out);
}

/** … or by entries, where a browser has no handles. */
async function walkEntry(entry, path, out) {
	if (entry.isFile) {
		out.push([path + entry.name, await new Promise((done, failed) => entry.file(done, failed))]);
		return;
	}
	const reader = entry.createReader();
	for (;;) {	// some at a time
		const some = await new Promise((done, failed) => reader.readEntries(done, failed));
		if (some.length === 0)
			break;
		for (const child of some)
			await walkEntry(child, `${path}${entry.name}/`, out);
	}
}

async function dropped(event) {
	event.preventDefault();
	$('drop').classList.remove('over');
	// Both are to be asked for before the event ends.
	const items = [...event.dataTransfer.items].filter((item) => item.kind === 'file')
		.map((item) => ({ handle: item.getAsFileSystemHandle?.(), entry: item.webkitGetAsEntry?.() }));
	const files = [];
	try {
		for (const { handle, entry } of items)
			await (handle ? walkHandle(await handle, '', files) : walkEntry(entry, '', files));
		verify(files);
	} catch {
		complain('notRead');
	}
}

function save() {
	const { report } = state;
	const json = asJson({ ...report, eid: null }, language);
	const text = JSON.stringify({ ...json, eid: report.eid }, null, 1);
	const link = make('a');
	link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: 'application/json' }));
	link.download = `verificacion-${(report.eid ?? 'expediente').slice(0, 16)}.json`;
	link.click();
	URL.revokeObjectURL(link.href);
}

function lookUp(event) {
	event.preventDefault();
	const code = typedCode($('code').value);
	found = code === null ? ['noCode', null] : [state.report.codes.get(code) ?? 'unknown', code];
	showFound();
}

$('folder').addEventListener('change', ({ target }) =>
	verify([...target.files].map((file) => [file.webkitRelativePath || file.name, file])));
$('choose').addEventListener('click', () => {
	$('folder').value = '';	// so that the same folder again is a change
	$('folder').click();
});
$('language').addEventListener('click', () => {
	language = language === 'en' ? 'es' : 'en';
	show();
});
$('save').addEventListener('click', save);
$('search').addEventListener('submit', lookUp);
for (const [name, over] of [['dragover', true], ['dragleave', false]])
	document.addEventListener(name, (event) => {
		event.preventDefault();
		$('drop').classList.toggle('over', over);
	});
document.addEventListener('drop', dropped);
show();

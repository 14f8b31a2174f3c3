// What a person reads, in Spanish or English.
import { hex } from './bytes.js';
import { EXIT } from './check.js';

const NAMES = {
	definition: ['datos de la elección', 'definition of the election'],
	keys: ['llaves del comité y de la elección', 'keys of the committee and of the election'],
	opening: ['acta de apertura: llaves del sistema y del registro', 'opening: keys of the system and the registrar'],
	credentials: ['credenciales', 'credentials'],
	reissues: ['reposición de credenciales, firmada por el registro', 'reissues of credentials, signed by the registrar'],
	box: ['urna: forma y orden', 'box: form and order'],
	seal: ['sello del cierre, firmado por el sistema', 'seal of the closing, signed by the system'],
	ballots: ['boletas: derecho a votar, pruebas y firma', 'ballots: right to vote, proofs and signature'],
	lists: ['listas: las que la urna da, y ninguna otra', 'lists: those the box gives, and no other'],
	shuffles: ['mezclas, con su prueba', 'mixes, with their proof'],
	decryption: ['apertura del sobre exterior, con su prueba', 'opening of the outer envelopes, with its proof'],
	votes: ['votos: cada sobre interior vuelto a sellar', 'votes: each inner envelope sealed again'],
	challenges: ['retos de observadores', 'challenges by observers'],
	results: ['cómputo hecho de nuevo', 'count made again'],
};

const STATES = {
	holds: ['se cumple', 'holds'],
	false: ['FALSO', 'FALSE'],
	incomplete: ['FALTA', 'MISSING'],
	unproved: ['SIN PROBAR', 'UNPROVED'],
	skipped: ['sin revisar', 'not checked'],
};

const VERDICTS = {
	[EXIT.holds]: ['el expediente se cumple en todo', 'the record holds in everything'],
	[EXIT.false]: ['el expediente NO se cumple', 'the record does NOT hold'],
	[EXIT.unproved]: ['el expediente se cumple, con votos que no coinciden SIN PROBAR',
		'the record holds, with mismatch votes UNPROVED'],
	[EXIT.incomplete]: ['el expediente está incompleto', 'the record is incomplete'],
};

const MOST_FAULTS = 10;

/** Text from the record, safe on a terminal: no control or direction characters. */
export function plainText(text) {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu,
		(c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

/** The ids of all checks, in order. */
export const CHECK_IDS = Object.keys(NAMES);

export function texts(language) {
	const en = language === 'en' ? 1 : 0;
	const pick = (pair) => pair[en];
	const fault = (f) => plainText(en ? f.en : f.es);
	return {
		name: (id) => pick(NAMES[id]),
		state: (status) => pick(STATES[status]),
		verdict: (exit) => pick(VERDICTS[exit]),
		fault,
		check({ id, status, count, faults }) {
			const out = [`  [${pick(STATES[status])}] ${id}: ${pick(NAMES[id])}${status === 'holds' ? ` (${count})` : ''}`];
			for (const f of faults.slice(0, MOST_FAULTS))
				out.push(`      ${fault(f)}`);
			if (faults.length > MOST_FAULTS)
				out.push(`      … ${faults.length - MOST_FAULTS} ${pick(['más', 'more'])}`);
			return out.join('\n');
		},
		end({ eid, malformed, exit }) {
			const out = [];
			if (eid !== null)
				out.push(`eid: ${hex(eid)}`);
			out.push(...this.malformed(malformed));
			out.push(`${pick(['RESULTADO', 'RESULT'])}: ${pick(VERDICTS[exit])}.`);
			return out.join('\n');
		},
		/** Lines about malformed envelopes; none where there are none. */
		malformed(m) {
			if (m === null || m.undecodable + m['off-curve'] + m.mismatch === 0)
				return [];
			const out = [pick([`Sobres mal formados: ${m.undecodable} indescifrables, ${m['off-curve']} fuera de la curva, ` +
				`${m.mismatch} que no coinciden`, `Malformed envelopes: ${m.undecodable} undecodable, ${m['off-curve']} off the ` +
				`curve, ${m.mismatch} mismatches`])];
			for (const { list, idx, observers } of m.challenged)
				out.push(`  ${list}, ${idx}: ${pick(['no coincide; retado por', 'mismatch, challenged by'])} ` +
					plainText(observers.join(', ')));
			return out;
		},
	};
}

/** The report as JSON, texts in that language. */
export function asJson(report, language) {
	const t = texts(language);
	return {
		until: report.until,
		eid: report.eid === null ? null : hex(report.eid),
		checks: report.checks.map(({ id, status, count, faults }) => ({ id, status, count, faults: faults.map(t.fault) })),
		malformed: report.malformed,
		verdict: t.verdict(report.exit),
		exit: report.exit,
	};
}

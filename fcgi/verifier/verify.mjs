#!/usr/bin/env node
// verify.mjs [--until PHASE] [--json] RECORD: a second verifier of the election record, which shares no code
// with the first. Spanish by default, English with LANGUAGE=en.
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT, PHASES, checkRecord } from './src/check.js';
import { folderRecord } from './src/folder.js';
import { asJson, plainText, texts } from './src/report.js';

const language = (process.env.LANGUAGE ?? '').startsWith('en') ? 'en' : 'es';
const USAGE = {
	es: `Uso: verify.mjs [--until FASE] [--json] EXPEDIENTE
Segundo verificador del expediente de una elección (una carpeta), ajeno al primero.
  --until FASE   hasta dónde llega el expediente: opening, closing, mixing o tally (todo)
  --json         el informe como JSON
Salida: 0 se cumple todo; 3 algo es falso; 7 se cumple, con votos sin probar; 8 incompleto;
2 uso equivocado; 1 falla de este equipo.`,
	en: `Usage: verify.mjs [--until PHASE] [--json] RECORD
A second verifier of an election's record (a folder), independent of the first.
  --until PHASE  how far the record goes: opening, closing, mixing or tally (everything)
  --json         the report as JSON
Exit status: 0 all holds; 3 something is false; 7 it holds, with unproved votes; 8 incomplete;
2 wrong usage; 1 a failure of this machine.`,
};

function options() {
	try {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: { until: { type: 'string', default: 'tally' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
		});
		if (values.help || (positionals.length === 1 && PHASES.includes(values.until)))
			return { ...values, folder: positionals[0] };
	} catch {
		// an option that there is not
	}
	return null;
}

async function main() {
	const t = texts(language);
	const chosen = options();
	if (chosen === null || chosen.help) {
		(chosen === null ? console.error : console.log)(USAGE[language]);
		return chosen === null ? EXIT.usage : EXIT.holds;
	}
	if (!statSync(chosen.folder, { throwIfNoEntry: false })?.isDirectory()) {
		console.error(`${plainText(chosen.folder)}: ${language === 'en' ? 'is not a folder' : 'no es una carpeta'}`);
		return EXIT.usage;
	}
	if (!chosen.json)
		console.log(`${language === 'en' ? 'Verification of the record' : 'Verificación del expediente'} ${plainText(chosen.folder)}`);
	const report = await checkRecord(folderRecord(chosen.folder), chosen.until,
		async (check) => chosen.json || console.log(t.check(check)));
	console.log(chosen.json ? JSON.stringify(asJson(report, language), null, 1) : t.end(report));
	return report.exit;
}

try {
	process.exitCode = await main();
} catch (error) {
	console.error(error);
	process.exitCode = EXIT.broken;
}

/*
 * verify-election: anyone verifies the record of an election (PROTOCOL 11). Needs nothing but the record's folder and
 * this binary.
 */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "record/verify.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *outcome_word(enum verify_outcome o)
{
	switch (o) {
	case VERIFY_HOLDS:
		return _("se cumple");
	case VERIFY_FAILS:
		return _("FALSO");
	case VERIFY_MISSING:
		return _("FALTA");
	case VERIFY_UNPROVED:
		return _("SIN PRUEBA");
	case VERIFY_NOT_REACHED:
		break;
	}
	return _("no se llegó");
}

static void tell(void *ctx, const struct verify_report *r, enum verify_check c)
{
	(void)ctx;
	printf("  [%s] %s", outcome_word(r->outcome[c]), verify_check_name(c));
	if (r->items[c] > 0)
		printf(" (%llu)", (unsigned long long)r->items[c]);
	printf("\n");
	if (r->outcome[c] != VERIFY_HOLDS && r->reason[c][0] != '\0')
		printf("      %s: %s\n", verify_check_id(c), r->reason[c]);
	fflush(stdout);
}

static void sum_up(const struct verify_report *r, enum status s)
{
	if (r->eid[0] != '\0')
		printf(_("Identificador de la elección (eid): %s\n"), r->eid);
	if (r->malformed > 0)
		printf(_("Votos mal formados: %llu (indescifrables %llu, fuera de la curva %llu, no coincidentes %llu; "
		         "retados con éxito %llu)\n"),
		       (unsigned long long)r->malformed, (unsigned long long)r->undecodable,
		       (unsigned long long)r->off_curve, (unsigned long long)r->mismatches,
		       (unsigned long long)r->challenged);
	switch (s) {
	case OK:
		printf(_("RESULTADO: el expediente se cumple en todo.\n"));
		break;
	case E_UNPROVED:
		printf(_("RESULTADO: se cumple, pero hay votos no coincidentes que nadie ha probado.\n"));
		break;
	case E_INCOMPLETE:
		printf(_("RESULTADO: el expediente está incompleto.\n"));
		break;
	case E_FAILED:
		printf(_("RESULTADO: no se pudo verificar por una falla de este equipo.\n"));
		break;
	default:
		printf(_("RESULTADO: el expediente NO se cumple.\n"));
		break;
	}
}

static bool phase_of(enum verify_phase *out, const char *name)
{
	static const char *const names[] = {"opening", "closing", "mixing", "tally"};

	for (int i = 0; i < 4; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (enum verify_phase)i;
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	static struct verify_report report;
	const char *until = "tally";
	enum verify_phase phase;
	enum status s;
	int next = 0;

	program_start("verify-election");
	const struct program_option options[] = {{"until", &until, NULL}, {NULL, NULL, NULL}};
	switch (program_options(argc, argv, options,
	                        _("Uso: verify-election [--until FASE] EXPEDIENTE\n"
	                          "Verifica el expediente de una elección (una carpeta) sin nada más que él.\n"
	                          "  --until FASE   hasta dónde llega el expediente: opening, closing, mixing o tally (todo)\n"
	                          "Salida: 0 se cumple todo; 3 algo es falso; 7 se cumple, con votos sin probar; "
	                          "8 incompleto; 1 falla de este equipo.\n"),
	                        &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc - 1 || !phase_of(&phase, until))
		return program_end(fault(E_USAGE, _("verify-election --help"), _("falta la carpeta del expediente, o sobra algo")));
	if (access(argv[next], R_OK | X_OK) != 0)
		return program_end(fault(E_INCOMPLETE, NULL, _("%s: no está, o no se puede leer"), argv[next]));
	printf(_("Verificación del expediente %s\n"), argv[next]);
	s = verify_record(&report, argv[next], phase, tell, NULL);
	sum_up(&report, s);
	return program_end(s);
}

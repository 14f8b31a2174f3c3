/*
 * mix-election: any observer mixes the sealed box once more, on their own machine, and proves it (PROTOCOL 9). What
 * came before is checked first. No keys anywhere; the permutation is wiped.
 */
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "record/chain.h"
#include "record/verify_parts.h"
#include <string.h>

static void tell(void *ctx, const struct verify_report *r, enum verify_check c)
{
	(void)ctx;
	if (r->outcome[c] == VERIFY_HOLDS)
		report_info("%s", verify_check_name(c));
	else
		fault(E_EVIDENCE, NULL, "%s: %s", verify_check_name(c), r->reason[c]);
}

static enum status mix_list(const struct verify *v, size_t l)
{
	const char *name = v->ballots->lists->lists[l].name;
	struct list *last = NULL;
	unsigned mixes = 0;
	enum status s;

	if ((s = chain_follow(&last, &mixes, &v->record, name, v->ballots->zero[l])) == OK &&
	    (s = chain_mix(&last, &mixes, &v->record, name)) == OK)
		report_info(_("«%s»: mezcla %u de %llu votos, hecha y probada"), name, mixes, (unsigned long long)last->n);
	list_free(last);
	return s;
}

static const char USAGE[] =
        N_("mix-election: mezcla una vez más la urna sellada, y lo prueba\n"
           "\n"
           "Uso: mix-election [--list LISTA] EXPEDIENTE\n"
           "\n"
           "Comprueba el expediente hasta el cierre y las mezclas que haya, mezcla de nuevo cada lista y escribe\n"
           "la lista mezclada y su prueba en EXPEDIENTE/lists/. Puede hacerlo cualquiera, en su equipo: basta\n"
           "una mezcla honrada para el secreto del voto. No usa red ni llaves.\n"
           "\n"
           "  --list LISTA          solo esta lista (su carpeta en lists/: presidencia, senadurias.14…)\n"
           "\n"
           "Salida: 0 mezclado y probado; 1 falla de este equipo; 2 mandato; 3 el expediente no se cumple hasta\n"
           "el cierre y no se mezcla; 8 le falta una parte.\n"
           "\n"
           "Ejemplo: mix-election ./expediente && verify-election --until mixing ./expediente\n");

int main(int argc, char **argv)
{
	static struct verify_report report;
	const char *only = NULL;
	struct verify *v = NULL;
	size_t mixed = 0;
	enum status s;
	int next = 0;

	program_start("mix-election");
	const struct program_option options[] = {{"list", &only, NULL}, {NULL, NULL, NULL}};
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc - 1)
		return program_end(fault(E_USAGE, _("mix-election --help"), _("falta la carpeta del expediente, o sobra algo")));
	report_step(_("Comprobación de lo anterior"));
	if ((s = verify_keep(&v, &report, argv[next], VERIFY_UNTIL_CLOSING, tell, NULL)) != OK) {
		fault(s, NULL, _("el expediente no se cumple hasta el cierre: no se mezcla"));
		return program_end(s);
	}
	report_step(_("Mezcla"));
	for (size_t l = 0; s == OK && l < v->ballots->lists->n; l++) {
		if (v->ballots->zero[l] == NULL || (only != NULL && strcmp(only, v->ballots->lists->lists[l].name) != 0))
			continue;
		s = mix_list(v, l);
		mixed++;
	}
	if (s == OK && only != NULL && mixed == 0)
		s = fault(E_USAGE, NULL, _("«%s» no es una lista con votos"), only);
	if (s == OK)
		report_step(_("Mezcladas %zu listas"), mixed);
	verify_free(v);
	return program_end(s);
}

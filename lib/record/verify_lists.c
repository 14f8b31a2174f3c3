/* Verifier: lists, shuffles, decryption (PROTOCOL 9, 10). */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/decryption.h"
#include "protocol/hash.h"
#include "record/chain.h"
#include "record/verify_parts.h"
#include <stdlib.h>
#include <string.h>

static enum status open_numbered(struct list **out, const struct verify *v, const struct election_list *x, unsigned j)
{
	char *path = chain_numbered(v->record.folder, x->name, j, "list");
	enum status s = path == NULL ? E_FAILED
	                             : list_open(out, path, v->record.eid, x->name, x->contest->w, x->total);

	free(path);
	return s;
}

enum status verify_lists(struct verify *v)
{
	const struct election_lists *plan = v->ballots->lists;
	enum status s;

	if ((v->lists = calloc(plan->n, sizeof *v->lists)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria para las listas"));
	if ((s = chain_no_others(v->record.folder, plan)) != OK)
		return s;
	for (size_t l = 0; l < plan->n; l++) {
		const struct election_list *x = &plan->lists[l];
		struct list *zero = v->ballots->zero[l];
		bool decrypted;

		if (zero == NULL)
			continue;
		if ((s = chain_files(&v->lists[l].mixes, &decrypted, v->record.folder, x->name)) != OK ||
		    (s = open_numbered(&v->lists[l].last, v, x, 0)) != OK)
			return s;
		for (uint64_t i = 0; i < zero->n * (zero->w + 1); i++)
			if (!point_equal(&zero->points[i], &v->lists[l].last->points[i]))
				return fault(E_EVIDENCE, NULL, _("lists/%s/0.list: el voto %llu no es el sobre de la urna"),
				             x->name, (unsigned long long)(i / (zero->w + 1)));
		list_forget(zero);
		if (v->lists[l].mixes < v->record.definition->mixes)
			return fault(E_INCOMPLETE, NULL, _("lists/%s: %u mezclas y la definición pide %u"), x->name,
			             v->lists[l].mixes, v->record.definition->mixes);
		v->report->items[CHECK_LISTS]++;
	}
	return OK;
}

enum status verify_shuffles(struct verify *v)
{
	const struct election_lists *plan = v->ballots->lists;
	enum status s;

	for (size_t l = 0; l < plan->n; l++) {
		struct verified_list *x = &v->lists[l];

		for (unsigned j = 1; x->last != NULL && j <= x->mixes; j++) {
			struct list *next = NULL;

			if ((s = open_numbered(&next, v, &plan->lists[l], j)) == OK)
				s = chain_check_mix(&v->record, plan->lists[l].name, next->w, j, x->last, next);
			if (s != OK) {
				list_free(next);
				return s;
			}
			list_free(x->last);
			x->last = next;
			v->report->items[CHECK_SHUFFLES]++;
		}
	}
	return OK;
}

static enum status check_decryption(struct verify *v, const struct election_list *x, struct verified_list *l)
{
	struct decryption_statement st = {.eid = v->record.eid, .name = x->name, .w = x->contest->w, .n = l->last->n,
	                                  .committee_key = v->record.keys->committee_key, .list = l->last->points,
	                                  .list_hash = l->last->sha256};
	char *path = chain_path(v->record.folder, x->name, "decryption"), why[512];
	const uint8_t *data = NULL;
	size_t len = 0;
	unsigned failed = 0;
	enum status s = path != NULL ? file_map(&data, &len, path) : E_FAILED;

	free(path);
	if (s != OK)
		return s;
	if ((l->factors = malloc(st.n * st.w * sizeof *l->factors)) == NULL) {
		s = fault(E_FAILED, NULL, _("no hay memoria para el descifrado"));
	} else {
		report_capture_begin(why, sizeof why);
		s = decryption_check(&failed, l->factors, &st, data, len);
		report_capture_end();
		if (s != OK)
			s = fault(s, NULL, "lists/%s/decryption: %s", x->name, why);
		else if (failed != 0)
			s = fault(E_EVIDENCE, NULL,
			          _("lists/%s/decryption: la prueba del descifrado no se cumple (%s%s%s)"), x->name,
			          failed & 1 ? "z·G" : "", failed == 3 ? ", " : "", failed & 2 ? "z·C*" : "");
	}
	file_unmap(data, len);
	return s;
}

enum status verify_decryption(struct verify *v)
{
	enum status s;

	for (size_t l = 0; l < v->ballots->lists->n; l++) {
		if (v->lists[l].last == NULL)
			continue;
		if ((s = check_decryption(v, &v->ballots->lists->lists[l], &v->lists[l])) != OK)
			return s;
		v->report->items[CHECK_DECRYPTION]++;
	}
	return OK;
}

void verify_lists_free(struct verify *v)
{
	if (v->lists != NULL)
		for (size_t l = 0; l < v->ballots->lists->n; l++) {
			list_free(v->lists[l].last);
			free(v->lists[l].factors);
			count_free(v->lists[l].count);
		}
	free(v->lists);
	free(v->votes);
}

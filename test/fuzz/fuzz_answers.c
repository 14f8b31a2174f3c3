/*
 * What the monitor and the sender of messages read from elsewhere. The first byte says which reader gets the rest: 'd'
 * the dispatch socket, 'e' a journal for the operation's report, 'f' delivery figures, 'h' the kept scrapes, 'j'
 * journal heads, 'n' a time server's answer, 'p' the probe's handset, 's' a backend's metrics, 'u' lines that wait for
 * the database.
 */
#include "fuzz.h"
#include "inside/inside.h"
#include "journal/heads.h"
#include "monitor/handset.h"
#include "monitor/scrape.h"
#include "monitor/unsent.h"
#include "notify/figures.h"
#include <string.h>
#include <unistd.h>

static void scrapes(const char *text)
{
	struct scrape s = {0}, recent;
	struct scrape_history *h;
	double seconds;

	scrape_read(&s, text);
	fuzz_need(s.n <= SCRAPE_BUCKETS);
	(void)scrape_quantile(&s, 0.95);
	if (scrape_history_new(&h) != OK)
		abort();
	scrape_history_add(h, 1, &s, &recent, &seconds);
	scrape_history_add(h, 2, &s, &recent, &seconds);
	(void)scrape_quantile(&recent, 0.5);
	scrape_history_free(h);
}

/* What was kept and read is kept again and read again. */
static void history(const uint8_t *data, size_t size)
{
	const char *path = fuzz_beside("scrapes", data, size);
	struct scrape s = {0}, recent;
	struct scrape_history *h;
	double seconds;

	if (scrape_history_new(&h) != OK)
		abort();
	scrape_history_load(h, path, 1000);
	scrape_history_save(h, path);
	scrape_history_load(h, path, 1000);
	scrape_history_add(h, 1000, &s, &recent, &seconds);
	fuzz_need(recent.n <= SCRAPE_BUCKETS && seconds >= 0 && seconds <= SCRAPE_WINDOW);
	scrape_history_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, code[HANDSET_CODE + 1];
	struct head *heads;
	struct entry last;
	json_t *figures;
	const char *line;
	size_t n;
	uint8_t which = size > 0 ? *data : 0;

	if (size == 0 || (text = malloc(size)) == NULL)
		return 0;
	memcpy(text, ++data, --size);
	text[size] = '\0';
	switch (which) {
	case 'd':
		inside_dispatch(data, size);
		break;
	case 'e':
		fuzz_beside("journal/one.jsonl", data, size);
		inside_events(fuzz_folder());
		break;
	case 'f':
		if (figures_read(&figures, fuzz_file(data, size)) == OK)
			json_decref(figures);
		break;
	case 'h':
		history(data, size);
		break;
	case 'j':
		if (heads_read(&heads, &n, fuzz_file(data, size)) == OK)
			fuzz_need(n > 0 && heads[n - 1].signature_len <= SIGNATURE_MAX);
		free(heads);
		break;
	case 'n':
		inside_sntp(data, size);
		break;
	case 'p':
		if ((line = handset_last(text, "+525512345678", code)) != NULL)
			fuzz_need(line >= text && line < text + size && strspn(code, "0123456789") == HANDSET_CODE);
		break;
	case 's':
		scrapes(text);
		break;
	case 'u':
		fuzz_beside("monitor/probe-unsent.jsonl", data, size);
		if (unsent_last_entry(&last, fuzz_folder()))
			fuzz_need(last.outcome < ENTRY_OUTCOMES && last.step < ENTRY_STEPS);
		inside_unsent(data, size);
		break;
	default:
		break;
	}
	free(text);
	return 0;
}

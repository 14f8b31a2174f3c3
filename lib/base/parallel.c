/* See parallel.h. */
#include "base/parallel.h"
#include "base/report.h"
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

enum { MOST = 64 };

struct range {
	parallel_work work;
	void *ctx;
	uint64_t from, to;
	enum status status;
	char text[1024];
	pthread_t thread;
	bool started;
};

static void *run(void *arg)
{
	struct range *r = arg;

	report_capture_begin(r->text, sizeof r->text);
	r->status = r->work(r->ctx, r->from, r->to);
	report_capture_end();
	return NULL;
}

enum status parallel_for(uint64_t n, uint64_t min_each, parallel_work work, void *ctx)
{
	struct range ranges[MOST];
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t count = cores < 1 ? 1 : cores > MOST ? MOST : (uint64_t)cores;

	if (min_each > 0 && n / min_each < count)
		count = n / min_each > 0 ? n / min_each : 1;
	if (count == 1)
		return work(ctx, 0, n);
	for (uint64_t i = 0; i < count; i++) {
		ranges[i] = (struct range){.work = work, .ctx = ctx, .from = n / count * i, .to = n / count * (i + 1)};
		if (i == count - 1)
			ranges[i].to = n;
		ranges[i].started = pthread_create(&ranges[i].thread, NULL, run, &ranges[i]) == 0;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (ranges[i].started)
			pthread_join(ranges[i].thread, NULL);
		else
			run(&ranges[i]);
	}
	for (uint64_t i = 0; i < count; i++)
		if (ranges[i].status != OK)
			return ranges[i].text[0] != '\0' ? fault(ranges[i].status, NULL, "%s", ranges[i].text)
			                                 : ranges[i].status;
	return OK;
}

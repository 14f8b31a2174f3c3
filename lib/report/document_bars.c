/* See document.h: a chart of bars. */
#include "report/document.h"
#include "report/flow.h"
#include "report/words.h"

enum { HEIGHT = 132, AXIS = 40, BELOW = 16, GRID = 4, LABEL = 60, WIDEST = 36 };

/* The least of 1, 2, 5 times a power of ten, and at least GRID, that is not below v: round figures at the grid. */
static uint64_t round_up(uint64_t v)
{
	uint64_t power = 1;

	if (v <= GRID)
		return GRID;
	for (;;) {
		for (unsigned f = 1; f <= 8; f *= 2) {
			uint64_t step = f == 4 ? 4 : f;

			if (power * step * GRID >= v)
				return power * step * GRID;
		}
		power *= 10;
	}
}

void document_bars(struct document *d, const struct document_bar *bars, size_t n)
{
	double left = FLOW_LEFT + AXIS, width = FLOW_WIDTH - AXIS, each = n > 0 ? width / (double)n : 0, bottom;
	double gap = each > 6 ? 1.5 : each > 3 ? 0.6 : 0;
	char figures[REPORT_FIGURES_SIZE];
	uint64_t most = 0, top;

	if (n == 0)
		return;
	each = each < WIDEST ? each : WIDEST; /* the first hours stand at the left, as bars */
	for (size_t i = 0; i < n; i++)
		most = bars[i].value > most ? bars[i].value : most;
	top = round_up(most);
	flow_need(d, HEIGHT + BELOW + 6);
	d->y += 4;
	bottom = d->y + HEIGHT;
	for (unsigned g = 0; g <= GRID; g++) {
		double y = bottom - HEIGHT * (double)g / GRID;

		report_figures(figures, sizeof figures, top * g / GRID);
		pages_line(d->pages, left, y, left + width, y, g == 0 ? 0.8 : 0.3, PAGES_LINE);
		pages_text(d->pages, FLOW_LEFT, y - 5, AXIS - 5, PAGES_NOTE, PAGES_RIGHT, figures);
	}
	for (size_t i = 0; i < n; i++) {
		double x = left + each * (double)i, high = HEIGHT * (double)bars[i].value / (double)top;

		if (bars[i].value > 0)
			pages_fill(d->pages, x + gap / 2, bottom - high, each - gap, high, PAGES_ACCENT);
		if (bars[i].label == NULL)
			continue;
		pages_line(d->pages, x, bottom, x, bottom + 3, 0.5, PAGES_LINE);
		if (x + LABEL / 2.0 <= left + width)
			pages_text(d->pages, x + 1, bottom + 3, LABEL, PAGES_NOTE, PAGES_LEFT, bars[i].label);
	}
	d->y = bottom + BELOW;
}

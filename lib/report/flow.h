/* What the files of the document library share among themselves: the place on the sheet. Not for others. */
#ifndef REPORT_FLOW_H
#define REPORT_FLOW_H

#include "report/document.h"
#include "report/pages.h"

#define FLOW_LEFT 54.0
#define FLOW_WIDTH 504.0
#define FLOW_BOTTOM (PAGES_HEIGHT - 58.0)

struct table;

struct document {
	struct document_head head; /* texts borrowed from `texts` */
	char *texts[6];
	struct pages *pages;
	double y, top;             /* top: of this sheet's body */
	unsigned facts;
	char *heading;             /* not yet drawn */
	struct table *table;       /* between begin and end */
	bool failed;
};

double flow_next(void *document);                         /* a new sheet; its top */
void flow_need(struct document *d, double height);        /* a new sheet where that much does not fit */
void flow_gap(struct document *d, double height);         /* none at the top of a sheet */
char *flow_format(struct document *d, const char *fmt, __builtin_va_list args) __attribute__((format(printf, 2, 0)));
void table_free(struct table *t);

#endif

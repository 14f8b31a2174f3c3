/* See pages.h. */
#include "report/pages.h"
#include "base/i18n.h"
#include "base/report.h"
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

struct pages {
	PangoFontMap *map;
	PangoContext *context;
	PangoFontDescription *fonts[PAGES_STYLES];
	cairo_surface_t **sheets; /* recordings */
	unsigned n;
	cairo_t *cr;              /* of the sheet being drawn */
	bool failed, unknown;     /* memory; a character in no font */
};

#ifdef __SANITIZE_ADDRESS__
/* fontconfig 2.14 loses one block of what it parses, in a thread of Pango's: not ours, so not a finding. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so\n";
}
#endif

static const struct {
	const char *family;
	double size;
	bool bold;
	uint32_t colour;
} styles[PAGES_STYLES] = {
    [PAGES_TITLE] = {"DejaVu Sans", 14, true, PAGES_INK},
    [PAGES_SUBTITLE] = {"DejaVu Sans", 10.5, false, PAGES_INK},
    [PAGES_HEADING] = {"DejaVu Sans", 9.5, true, PAGES_ACCENT},
    [PAGES_BODY] = {"DejaVu Sans", 8.5, false, PAGES_INK},
    [PAGES_STRONG] = {"DejaVu Sans", 8.5, true, PAGES_INK},
    [PAGES_NOTE] = {"DejaVu Sans", 7.2, false, PAGES_GREY},
    [PAGES_LABEL] = {"DejaVu Sans", 7.2, true, PAGES_GREY},
    [PAGES_MONO] = {"DejaVu Sans Mono", 8, false, PAGES_INK},
    [PAGES_MONO_SMALL] = {"DejaVu Sans Mono", 7.2, false, PAGES_INK},
    [PAGES_BANNER] = {"DejaVu Sans", 9.5, true, PAGES_RED},
    [PAGES_WATERMARK] = {"DejaVu Sans", 62, true, PAGES_PALE},
};

/* Pango falls back silently to any font there is: an act in another face, wrapped elsewhere. So ask. */
static enum status check_font(struct pages *p, enum pages_style style)
{
	PangoFont *font = pango_font_map_load_font(p->map, p->context, p->fonts[style]);
	PangoFontDescription *got;
	bool right;

	if (font == NULL)
		return fault(E_FAILED, _("instale el paquete fonts-dejavu-core"), _("no hay fuentes para los documentos"));
	got = pango_font_describe(font);
	right = strcmp(pango_font_description_get_family(got), styles[style].family) == 0 &&
	        (pango_font_description_get_weight(got) >= PANGO_WEIGHT_BOLD) == styles[style].bold;
	pango_font_description_free(got);
	g_object_unref(font);
	if (!right)
		return fault(E_FAILED, _("instale el paquete fonts-dejavu-core"), _("falta la fuente %s%s"),
		             styles[style].family, styles[style].bold ? " Bold" : "");
	return OK;
}

/* No hinting and no rounding to pixels: widths are the font's own, on any machine. */
static void set_options(PangoContext *context)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("es-mx"));
	pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
}

enum status pages_new(struct pages **out)
{
	struct pages *p;
	enum status r = OK;

	*out = NULL;
	if ((p = calloc(1, sizeof *p)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	p->map = pango_cairo_font_map_new();
	p->context = pango_font_map_create_context(p->map);
	set_options(p->context);
	for (int i = 0; i < PAGES_STYLES; i++) {
		p->fonts[i] = pango_font_description_new();
		pango_font_description_set_family_static(p->fonts[i], styles[i].family);
		pango_font_description_set_absolute_size(p->fonts[i], styles[i].size * PANGO_SCALE);
		pango_font_description_set_weight(p->fonts[i], styles[i].bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	}
	for (int i = 0; r == OK && i < PAGES_STYLES; i++)
		r = check_font(p, (enum pages_style)i);
	if (r != OK) {
		pages_free(p);
		return r;
	}
	*out = p;
	return OK;
}

void pages_free(struct pages *p)
{
	if (p == NULL)
		return;
	if (p->cr != NULL)
		cairo_destroy(p->cr);
	for (unsigned i = 0; i < p->n; i++)
		cairo_surface_destroy(p->sheets[i]);
	free(p->sheets);
	for (int i = 0; i < PAGES_STYLES; i++)
		pango_font_description_free(p->fonts[i]);
	g_object_unref(p->context);
	g_object_unref(p->map);
	free(p);
}

void pages_add(struct pages *p)
{
	cairo_rectangle_t letter = {0, 0, PAGES_WIDTH, PAGES_HEIGHT};
	cairo_surface_t **more = realloc(p->sheets, (p->n + 1) * sizeof *more);

	if (more == NULL) {
		p->failed = true;
		return;
	}
	p->sheets = more;
	p->sheets[p->n] = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &letter);
	if (p->cr != NULL)
		cairo_destroy(p->cr);
	p->cr = cairo_create(p->sheets[p->n++]);
}

unsigned pages_count(const struct pages *p)
{
	return p->n;
}

static void ink(struct pages *p, uint32_t colour)
{
	cairo_set_source_rgb(p->cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

/* The caller's; NULL is never returned (glib ends the process where memory is out). */
static PangoLayout *layout_of(struct pages *p, double width, enum pages_style style, enum pages_align align,
                              const char *text)
{
	static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
	PangoLayout *layout = pango_layout_new(p->context);

	pango_layout_set_font_description(layout, p->fonts[style]);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_line_spacing(layout, style == PAGES_TITLE ? 1.1F : 1.18F);
	pango_layout_set_alignment(layout, alignments[align]);
	pango_layout_set_text(layout, text, -1);
	if (pango_layout_get_unknown_glyphs_count(layout) > 0)
		p->unknown = true;
	return layout;
}

static double height_of(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

double pages_measure(struct pages *p, double width, enum pages_style style, const char *text)
{
	PangoLayout *layout = layout_of(p, width, style, PAGES_LEFT, text);
	double height = height_of(layout);

	g_object_unref(layout);
	return height;
}

double pages_text(struct pages *p, double x, double y, double width, enum pages_style style, enum pages_align align,
                  const char *text)
{
	PangoLayout *layout = layout_of(p, width, style, align, text);
	double height = height_of(layout);

	if (p->cr != NULL) {
		ink(p, styles[style].colour);
		cairo_move_to(p->cr, x, y);
		pango_cairo_show_layout(p->cr, layout);
	}
	g_object_unref(layout);
	return height;
}

double pages_flow(struct pages *p, double x, double y, double width, enum pages_style style, const char *text,
                  double bottom, double (*next)(void *ctx), void *ctx)
{
	PangoLayout *layout = layout_of(p, width, style, PAGES_LEFT, text);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	int above, below;
	double from = 0;

	do {
		pango_layout_iter_get_line_yrange(iter, &above, &below);
		if (y + (double)below / PANGO_SCALE - from > bottom) {
			y = next(ctx);
			from = (double)above / PANGO_SCALE;
		}
		if (p->cr == NULL)
			break;
		ink(p, styles[style].colour);
		cairo_move_to(p->cr, x, y - from + (double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE);
		pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(iter));
	} while (pango_layout_iter_next_line(iter));
	y += (double)below / PANGO_SCALE - from;
	pango_layout_iter_free(iter);
	g_object_unref(layout);
	return y;
}

void pages_line(struct pages *p, double x0, double y0, double x1, double y1, double width, uint32_t colour)
{
	if (p->cr == NULL)
		return;
	ink(p, colour);
	cairo_set_line_width(p->cr, width);
	cairo_move_to(p->cr, x0, y0);
	cairo_line_to(p->cr, x1, y1);
	cairo_stroke(p->cr);
}

void pages_fill(struct pages *p, double x, double y, double w, double h, uint32_t colour)
{
	if (p->cr == NULL)
		return;
	ink(p, colour);
	cairo_rectangle(p->cr, x, y, w, h);
	cairo_fill(p->cr);
}

void pages_frame(struct pages *p, double x, double y, double w, double h, double width, uint32_t colour)
{
	if (p->cr == NULL)
		return;
	ink(p, colour);
	cairo_set_line_width(p->cr, width);
	cairo_rectangle(p->cr, x, y, w, h);
	cairo_stroke(p->cr);
}

/* As outlines, not as text: who searches or copies the document's text must not find it in between. */
void pages_watermark(struct pages *p, const char *text)
{
	PangoLayout *layout = layout_of(p, PAGES_HEIGHT, PAGES_WATERMARK, PAGES_CENTRE, text);

	if (p->cr != NULL) {
		cairo_save(p->cr);
		cairo_translate(p->cr, PAGES_WIDTH / 2, PAGES_HEIGHT / 2);
		cairo_rotate(p->cr, -0.9);
		cairo_move_to(p->cr, -PAGES_HEIGHT / 2, -height_of(layout) / 2);
		ink(p, styles[PAGES_WATERMARK].colour);
		pango_cairo_layout_path(p->cr, layout);
		cairo_fill(p->cr);
		cairo_restore(p->cr);
	}
	g_object_unref(layout);
}

void pages_qr(struct pages *p, double x, double y, double size, const void *data, size_t len)
{
	enum { QUIET = 2 }; /* modules: the paper around it is white too */
	QRcode *code = QRcode_encodeData((int)len, data, 0, QR_ECLEVEL_M);
	double module;

	if (code == NULL || p->cr == NULL) {
		p->failed = true;
		QRcode_free(code);
		return;
	}
	pages_fill(p, x, y, size, size, 0xffffff);
	module = size / (code->width + 2 * QUIET);
	ink(p, 0x000000);
	/* Runs of a row as one box each, so that no hairline shows between modules. */
	for (int row = 0; row < code->width; row++)
		for (int col = 0, run; col < code->width; col += run + 1) {
			for (run = 0; col + run < code->width && code->data[row * code->width + col + run] & 1; run++)
				;
			if (run > 0)
				cairo_rectangle(p->cr, x + (col + QUIET) * module, y + (row + QUIET) * module,
				                run * module, module);
		}
	cairo_fill(p->cr);
	QRcode_free(code);
}

static cairo_status_t to_buffer(void *closure, const unsigned char *data, unsigned len)
{
	buffer_put(closure, data, len);
	return CAIRO_STATUS_SUCCESS;
}

static void set_down(struct pages *p, cairo_surface_t *pdf, const struct pages_finish *f)
{
	p->cr = cairo_create(pdf);
	for (unsigned i = 0; i < p->n; i++) {
		if (f->under != NULL)
			f->under(f->ctx, p, i + 1, p->n);
		cairo_set_source_surface(p->cr, p->sheets[i], 0, 0);
		cairo_paint(p->cr);
		if (f->over != NULL)
			f->over(f->ctx, p, i + 1, p->n);
		if (cairo_surface_status(p->sheets[i]) != CAIRO_STATUS_SUCCESS)
			p->failed = true;
		cairo_show_page(p->cr);
	}
	if (cairo_status(p->cr) != CAIRO_STATUS_SUCCESS)
		p->failed = true;
	cairo_destroy(p->cr);
	p->cr = NULL;
}

enum status pages_write(struct pages *p, struct buffer *out, const struct pages_finish *finish)
{
	cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(to_buffer, out, PAGES_WIDTH, PAGES_HEIGHT);

	if (p->cr != NULL)
		cairo_destroy(p->cr);
	cairo_pdf_surface_restrict_to_version(pdf, CAIRO_PDF_VERSION_1_5);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, finish->title);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_SUBJECT, finish->subject);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_KEYWORDS, finish->keywords);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, finish->date);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_MOD_DATE, finish->date);
	set_down(p, pdf, finish);
	cairo_surface_finish(pdf);
	if (cairo_surface_status(pdf) != CAIRO_STATUS_SUCCESS || !buffer_ok(out))
		p->failed = true;
	cairo_surface_destroy(pdf);
	if (p->failed)
		return fault(E_FAILED, NULL, _("documento «%s»: no se pudo componer"), finish->title);
	if (p->unknown)
		report_warning(_("instale una fuente que los tenga"),
		               _("documento «%s»: hay caracteres que ninguna fuente instalada tiene"), finish->title);
	return OK;
}

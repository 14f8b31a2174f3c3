/* See count.h. */
#include "election/count.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdlib.h>
#include <string.h>

/* The next code point of well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF); false
 * if it is not. *i moves past it. */
static bool next_code_point(uint32_t *out, const uint8_t *s, size_t len, size_t *i)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint8_t b = s[(*i)++];
	unsigned more;
	uint32_t c;

	if (b < 0x80) {
		*out = b;
		return true;
	}
	if (b >= 0xc2 && b <= 0xdf) {
		more = 1;
		c = b & 0x1f;
	} else if (b >= 0xe0 && b <= 0xef) {
		more = 2;
		c = b & 0x0f;
	} else if (b >= 0xf0 && b <= 0xf4) {
		more = 3;
		c = b & 0x07;
	} else {
		return false;
	}
	for (unsigned k = 0; k < more; k++) {
		if (*i >= len || (s[*i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (s[(*i)++] & 0x3f);
	}
	*out = c;
	return c >= least[more] && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

/* UTF-8 without the code points that DESIGN 7 excludes; *ink: something other than U+0020 and U+00A0. */
static bool text_ok(const uint8_t *s, size_t len, bool *ink)
{
	uint32_t c;

	*ink = false;
	for (size_t i = 0; i < len;) {
		if (!next_code_point(&c, s, len, &i))
			return false;
		if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xfeff || c == 0x2028 || c == 0x2029)
			return false;
		if (c != 0x20 && c != 0xa0)
			*ink = true;
	}
	return true;
}

enum vote_kind count_vote(uint64_t *marks, size_t *text_len, const struct contest *c, const uint8_t *v)
{
	size_t area = envelope_plain_len(c->w) - 8, len = 0;
	const uint8_t *s = v + 8;
	uint64_t m = 0, options = ((uint64_t)1 << c->n_options) - 1;
	uint64_t write_in = c->write_in_bytes > 0 ? (uint64_t)1 << c->n_options : 0;
	bool ink;

	for (int i = 0; i < 8; i++)
		m = m << 8 | v[i];
	while (len < area && s[len] != 0)
		len++;
	*marks = m;
	*text_len = len;
	for (size_t i = len; i < area; i++)
		if (s[i] != 0)
			return COUNT_NULL;
	if (len > c->write_in_bytes || !text_ok(s, len, &ink) || (m & ~(options | write_in)) != 0)
		return COUNT_NULL;
	if (write_in != 0 && m == write_in)
		return ink ? COUNT_UNREGISTERED : COUNT_NULL;
	if (len > 0 || m == 0 || (m & write_in) != 0)
		return COUNT_NULL;
	if ((m & (m - 1)) == 0)
		return COUNT_OPTION;
	for (unsigned i = 0; i < c->n_coalitions; i++)
		if ((m & ~c->coalitions[i].options) == 0)
			return COUNT_COMBINATION;
	return COUNT_NULL;
}

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria para el cómputo"));
}

enum status count_new(struct count **out, const struct contest *contest)
{
	*out = calloc(1, sizeof **out);
	if (*out == NULL || ((*out)->candidates = calloc(contest->n_candidates, sizeof(uint64_t))) == NULL) {
		free(*out);
		*out = NULL;
		return no_memory();
	}
	(*out)->contest = contest;
	return OK;
}

void count_free(struct count *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_write_ins; i++)
		free(c->write_ins[i].text);
	free(c->write_ins);
	free(c->combinations);
	free(c->candidates);
	free(c);
}

/* Room for one more in an array that doubles at powers of two. */
static bool grow(void **array, size_t n, size_t size)
{
	void *more;

	if (n > 0 && (n & (n - 1)) != 0)
		return true;
	if ((more = realloc(*array, (n == 0 ? 1 : 2 * n) * size)) == NULL)
		return false;
	*array = more;
	return true;
}

static enum status add_combination(struct count *c, uint64_t marks)
{
	void *array = c->combinations;

	for (size_t i = 0; i < c->n_combinations; i++)
		if (c->combinations[i].marks == marks) {
			c->combinations[i].votes++;
			return OK;
		}
	if (!grow(&array, c->n_combinations, sizeof *c->combinations))
		return no_memory();
	c->combinations = array;
	c->combinations[c->n_combinations++] = (struct combination){marks, 1};
	return OK;
}

static enum status add_write_in(struct count *c, const uint8_t *text, size_t len)
{
	void *array = c->write_ins;
	struct write_in *w;

	if (!grow(&array, c->n_write_ins, sizeof *c->write_ins))
		return no_memory();
	c->write_ins = array;
	w = &c->write_ins[c->n_write_ins];
	if ((w->text = malloc(len + 1)) == NULL)
		return no_memory();
	memcpy(w->text, text, len);
	w->text[len] = '\0';
	w->votes = 1;
	c->n_write_ins++;
	return OK;
}

enum status count_add(struct count *c, const uint8_t *v)
{
	uint64_t marks;
	size_t len;

	c->total++;
	switch (count_vote(&marks, &len, c->contest, v)) {
	case COUNT_OPTION:
		c->options[__builtin_ctzll(marks)]++;
		return OK;
	case COUNT_COMBINATION:
		return add_combination(c, marks);
	case COUNT_UNREGISTERED:
		c->unregistered++;
		return add_write_in(c, v + 8, len);
	case COUNT_NULL:
		break;
	}
	c->null_votes++;
	return OK;
}

void count_add_malformed(struct count *c)
{
	c->total++;
	c->malformed++;
}

static int by_marks(const void *a, const void *b)
{
	const struct combination *x = a, *y = b;

	return (x->marks > y->marks) - (x->marks < y->marks);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct write_in *)a)->text, ((const struct write_in *)b)->text);
}

static void merge_write_ins(struct count *c)
{
	size_t kept = 0;

	if (c->n_write_ins == 0)
		return;
	qsort(c->write_ins, c->n_write_ins, sizeof *c->write_ins, by_text);
	for (size_t i = 1; i < c->n_write_ins; i++) {
		if (strcmp(c->write_ins[kept].text, c->write_ins[i].text) == 0) {
			c->write_ins[kept].votes += c->write_ins[i].votes;
			free(c->write_ins[i].text);
		} else {
			c->write_ins[++kept] = c->write_ins[i];
		}
	}
	c->n_write_ins = kept + 1;
}

/* Equal parts; the rest one vote each to the options of the combination with most votes of their own in this list,
 * ties by the definition's order (LGIPE 311 1 c; LGPP 87 12-13; DESIGN 7). */
static void distribute(struct count *c, const struct combination *x)
{
	unsigned members = (unsigned)__builtin_popcountll(x->marks);
	uint64_t each = x->votes / members, rest = x->votes % members, taken = 0;

	for (unsigned i = 0; i < c->contest->n_options; i++)
		if (x->marks >> i & 1)
			c->credited[i] += each;
	for (; rest > 0; rest--) {
		unsigned n = c->contest->n_options, best = n;

		for (unsigned i = 0; i < n; i++)
			if ((x->marks & ~taken) >> i & 1 && (best == n || c->options[i] > c->options[best]))
				best = i;
		if (best == n) /* never: the rest is less than the members; count_finish would find the sums unequal */
			return;
		c->credited[best]++;
		taken |= (uint64_t)1 << best;
	}
}

enum status count_finish(struct count *c)
{
	const struct contest *k = c->contest;
	uint64_t options = 0, combinations = 0, credited = 0, candidates = 0;

	if (c->n_combinations > 0)
		qsort(c->combinations, c->n_combinations, sizeof *c->combinations, by_marks);
	merge_write_ins(c);
	memset(c->candidates, 0, k->n_candidates * sizeof *c->candidates);
	for (unsigned i = 0; i < k->n_options; i++) {
		c->credited[i] = c->options[i];
		c->candidates[k->options[i].candidate] += c->options[i];
		options += c->options[i];
	}
	for (size_t i = 0; i < c->n_combinations; i++) {
		distribute(c, &c->combinations[i]);
		c->candidates[k->options[__builtin_ctzll(c->combinations[i].marks)].candidate] += c->combinations[i].votes;
		combinations += c->combinations[i].votes;
	}
	for (unsigned i = 0; i < k->n_options; i++)
		credited += c->credited[i];
	for (unsigned i = 0; i < k->n_candidates; i++)
		candidates += c->candidates[i];
	if (credited != options + combinations ||
	    candidates + c->unregistered + c->null_votes + c->malformed != c->total)
		return fault(E_FAILED, NULL, _("«%s»: las sumas del cómputo no concuerdan"), k->id);
	return OK;
}

void count_common_shares(uint64_t *out, const struct option *o, uint64_t votes)
{
	uint64_t given = 0, taken = 0;

	for (unsigned i = 0; i < o->n_parties; i++) {
		out[i] = votes * o->shares[i] / 100;
		given += out[i];
	}
	for (; given < votes; given++) {
		unsigned best = o->n_parties;

		for (unsigned i = 0; i < o->n_parties; i++)
			if (!(taken >> i & 1) &&
			    (best == o->n_parties || votes * o->shares[i] % 100 > votes * o->shares[best] % 100))
				best = i;
		if (best == o->n_parties) /* never: shares add up to 100, so the rest is less than the parties */
			return;
		out[best]++;
		taken |= (uint64_t)1 << best;
	}
}

char *count_combination_name(const struct contest *c, uint64_t marks)
{
	struct buffer b = BUFFER_INIT;

	for (unsigned i = 0; i < c->n_options; i++)
		if (marks >> i & 1) {
			if (b.len > 0)
				buffer_u8(&b, '+');
			buffer_text(&b, c->options[i].id);
		}
	buffer_u8(&b, '\0');
	if (!buffer_ok(&b))
		buffer_free(&b);
	return (char *)b.data;
}

/* Takes value; false if anything is out of memory. */
static bool set(json_t *o, const char *key, json_t *value)
{
	return json_object_set_new(o, key, value) == 0;
}

json_t *count_json(const struct count *c, const char *list, const char *district)
{
	const struct contest *k = c->contest;
	json_t *o = json_object(), *options = json_object(), *combinations = json_object(), *credited = json_object(),
	       *candidates = json_object(), *write_ins = json_object();
	bool ok = true;

	for (unsigned i = 0; i < k->n_options; i++) {
		ok = ok && set(options, k->options[i].id, json_integer((json_int_t)c->options[i]));
		ok = ok && set(credited, k->options[i].id, json_integer((json_int_t)c->credited[i]));
	}
	for (size_t i = 0; i < c->n_combinations; i++) {
		char *name = count_combination_name(k, c->combinations[i].marks);

		ok = ok && name != NULL && set(combinations, name, json_integer((json_int_t)c->combinations[i].votes));
		free(name);
	}
	for (unsigned i = 0; i < k->n_candidates; i++)
		ok = ok && set(candidates, k->candidates[i].id, json_integer((json_int_t)c->candidates[i]));
	for (size_t i = 0; i < c->n_write_ins; i++)
		ok = ok && set(write_ins, c->write_ins[i].text, json_integer((json_int_t)c->write_ins[i].votes));
	ok = ok && set(o, "list", json_string(list)) && set(o, "contest", json_string(k->id)) &&
	     (district == NULL || set(o, "district", json_string(district))) &&
	     set(o, "total", json_integer((json_int_t)c->total));
	ok = set(o, "options", options) && ok;
	ok = set(o, "combinations", combinations) && ok;
	ok = ok && set(o, "unregistered", json_integer((json_int_t)c->unregistered)) &&
	     set(o, "null", json_integer((json_int_t)c->null_votes)) &&
	     set(o, "malformed", json_integer((json_int_t)c->malformed));
	ok = set(o, "credited", credited) && ok;
	ok = set(o, "candidates", candidates) && ok;
	ok = set(o, "write_ins", write_ins) && ok;
	if (!ok) {
		json_decref(o);
		return NULL;
	}
	return o;
}

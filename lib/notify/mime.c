/* See mime.h. */
#include "notify/mime.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LINE = 76, WORD_BYTES = 42 /* 56 in base64, 68 with "=?UTF-8?B?" and "?=" */ };

static bool plain_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void encoded_words(struct room *r, const char *text)
{
	unsigned char coded[4 * ((WORD_BYTES + 2) / 3) + 1];
	char word[WORD_BYTES];

	for (bool first = true; *text != '\0'; first = false) {
		size_t n = strnlen(text, WORD_BYTES);

		while (text[n] != '\0' && n > 1 && ((unsigned char)text[n] & 0xC0) == 0x80)
			n--; /* not within a character */
		for (size_t i = 0; i < n; i++)
			word[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7F ? (char)' ' : text[i];
		EVP_EncodeBlock(coded, (const unsigned char *)word, (int)n);
		room_text(r, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		room_text(r, (const char *)coded);
		room_text(r, "?=");
		text += n;
	}
}

void mime_header_text(struct room *r, const char *text)
{
	/* A long ASCII text is encoded too: it is folded there. */
	if (plain_ascii(text) && strlen(text) <= 60 && strstr(text, "=?") == NULL)
		room_text(r, text);
	else
		encoded_words(r, text);
}

void mime_header_name(struct room *r, const char *name)
{
	if (strpbrk(name, "()<>[]:;@\\,.\"") != NULL)
		encoded_words(r, name);
	else
		mime_header_text(r, name);
}

void mime_quoted_printable(struct room *r, const char *text, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char coded[3] = {'=', digits[c >> 4], digits[c & 15]};
		bool line_ends = i + 1 == len || text[i + 1] == '\n';
		/* A blank before a line's end is coded, or it could be lost on the way; a dot at a line's start too. */
		bool plain = (c > ' ' && c <= '~' && c != '=' && !(c == '.' && column == 0)) || (c == ' ' && !line_ends);

		if (c == '\n') {
			room_text(r, "\r\n");
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > LINE - 1) {
			room_text(r, "=\r\n");
			column = 0;
		}
		room_put(r, plain ? (const void *)&text[i] : coded, plain ? 1 : 3);
		column += plain ? 1 : 3;
	}
}

void mime_html(struct room *r, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			room_text(r, "&amp;");
			break;
		case '<':
			room_text(r, "&lt;");
			break;
		case '>':
			room_text(r, "&gt;");
			break;
		case '"':
			room_text(r, "&quot;");
			break;
		default:
			room_put(r, (unsigned char)*text < ' ' ? " " : text, 1);
		}
	}
}

void mime_date(char *out, size_t size, int64_t when)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)when;
	struct tm tm;

	gmtime_r(&t, &tm);
	snprintf(out, size, "%s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	         tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

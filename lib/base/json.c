/* See json.h. */
#include "base/json.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What to do about what jansson found; its own words are English, and stand in brackets. */
static const char *parse_hint(const json_error_t *error, const uint8_t *data, size_t len)
{
	if (len == 0)
		return _("el archivo está vacío");
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		return _("guárdelo en UTF-8 sin marca de orden de bytes (BOM)");
	switch (json_error_code(error)) {
	case json_error_invalid_utf8:
		return _("guárdelo en UTF-8: algún acento está en otra codificación");
	case json_error_duplicate_key:
		return _("el mismo campo está dos veces en ese objeto: quite uno");
	case json_error_premature_end_of_input:
		return _("el archivo está cortado: falta cerrar una llave, un corchete o unas comillas");
	case json_error_end_of_input_expected:
		return _("sobra texto después de la última llave");
	default:
		return _("revise ahí las comas, las comillas, las llaves y los corchetes");
	}
}

enum status json_parse(json_t **out, const char *name, const void *data, size_t len)
{
	json_error_t error;

	*out = json_loadb(len > 0 ? data : "", len, JSON_REJECT_DUPLICATES, &error);
	if (*out == NULL)
		return fault(E_EVIDENCE, parse_hint(&error, data, len),
		             _("%s: línea %d, columna %d: no es JSON legible (%s)"), name, error.line, error.column,
		             error.text);
	return OK;
}

enum status json_read(json_t **out, const char *path, size_t max)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	*out = NULL;
	if ((r = file_read(&b, path, max)) == OK)
		r = json_parse(out, path, b.data, b.len);
	buffer_free(&b);
	return r;
}

enum status json_fields(const json_t *object, const char *where, ...)
{
	const char *field, *key;
	size_t known = 0;
	json_t *value;
	va_list args;
	enum status r = OK;

	if (!json_is_object(object))
		return fault(E_EVIDENCE, NULL, _("%s: no es un objeto JSON"), where);
	va_start(args, where);
	while ((field = va_arg(args, const char *)) != NULL) {
		bool optional = field[0] == '?';

		if (json_object_get(object, field + optional) != NULL)
			known++;
		else if (!optional && r == OK)
			r = fault(E_EVIDENCE, NULL, _("%s: falta el campo «%s»"), where, field);
	}
	va_end(args);
	if (r != OK || known == json_object_size(object))
		return r;
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		bool found = false;

		va_start(args, where);
		while (!found && (field = va_arg(args, const char *)) != NULL)
			found = strcmp(field + (field[0] == '?'), key) == 0;
		va_end(args);
		if (!found)
			return fault(E_EVIDENCE, NULL, _("%s: campo desconocido «%s»"), where, key);
	}
	return OK;
}

enum status json_string_of(const char **out, const json_t *object, const char *where, const char *field)
{
	*out = json_string_value(json_object_get(object, field));
	if (*out == NULL)
		return fault(E_EVIDENCE, NULL, _("%s: el campo «%s» no es un texto"), where, field);
	return OK;
}

enum status json_hex_of(uint8_t *out, size_t len, const json_t *object, const char *where, const char *field)
{
	const json_t *value = json_object_get(object, field);

	if (!json_is_string(value) ||
	    !hex_decode_vartime(out, len, json_string_value(value), json_string_length(value)))
		return fault(E_EVIDENCE, NULL, _("%s: el campo «%s» no son %zu bytes en hexadecimal minúsculo"), where,
		             field, len);
	return OK;
}

enum status json_int_of(int64_t *out, int64_t min, int64_t max, const json_t *object, const char *where,
                        const char *field)
{
	const json_t *value = json_object_get(object, field);

	if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max)
		return fault(E_EVIDENCE, NULL, _("%s: el campo «%s» no es un entero entre %lld y %lld"), where, field,
		             (long long)min, (long long)max);
	*out = json_integer_value(value);
	return OK;
}

enum status json_format_of(const json_t *object, const char *where)
{
	const char *format;
	enum status r;

	if ((r = json_string_of(&format, object, where, "format")) != OK)
		return r;
	if (strcmp(format, "VEMRE-V1") != 0)
		return fault(E_EVIDENCE, NULL, _("%s: el formato es «%s», no VEMRE-V1"), where, format);
	return OK;
}

enum status json_write(struct buffer *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

	if (text == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria para escribir JSON"));
	buffer_text(out, text);
	buffer_text(out, "\n");
	free(text);
	return buffer_ok(out) ? OK : fault(E_FAILED, NULL, _("no hay memoria para escribir JSON"));
}

json_t *json_hex(const void *data, size_t len)
{
	struct buffer b = BUFFER_INIT;
	json_t *out = NULL;
	const char *text;

	buffer_hex(&b, data, len);
	if ((text = buffer_str(&b)) != NULL)
		out = json_string(text);
	buffer_free(&b);
	return out;
}

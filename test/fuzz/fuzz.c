/* See fuzz.h. */
#include "fuzz.h"
#include "record/verify_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0 && (fd = memfd_create("fuzz", 0)) < 0)
		abort();
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return path;
}

const char *fuzz_folder(void)
{
	static char folder[64];
	const char *tmp = getenv("TMPDIR"); /* test/fuzz/run takes it away afterwards */

	if (folder[0] == '\0') {
		snprintf(folder, sizeof folder, "%.40s/vemre-fuzz-XXXXXX", tmp != NULL ? tmp : "/tmp");
		if (mkdtemp(folder) == NULL)
			abort();
	}
	return folder;
}

const char *fuzz_beside(const char *name, const uint8_t *data, size_t size)
{
	static char path[256];
	const char *slash = strchr(name, '/');
	FILE *f;

	if (slash != NULL) {
		snprintf(path, sizeof path, "%s/%.*s", fuzz_folder(), (int)(slash - name), name);
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			abort();
	}
	snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
	if ((f = fopen(path, "wb")) == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
	return path;
}

uint8_t *fuzz_vector(const char *name, size_t *len)
{
	const char *root = getenv("VEMRE_SOURCE");
	char path[512];
	uint8_t *data;
	FILE *f;
	long size;

	snprintf(path, sizeof path, "%s/test/vectors/%s", root != NULL ? root : ".", name);
	if ((f = fopen(path, "rb")) == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		abort();
	rewind(f);
	if ((data = malloc((size_t)size + 1)) == NULL || fread(data, 1, (size_t)size, f) != (size_t)size)
		abort();
	fclose(f);
	*len = (size_t)size;
	return data;
}

void fuzz_record_file(const char *name, enum status (*check)(struct verify *v), const uint8_t *data, size_t size)
{
	static struct verify_report report;
	static struct verify *v;

	if (v == NULL) {
		const char *root = getenv("VEMRE_SOURCE");
		char record[512];

		snprintf(record, sizeof record, "%s/test/vectors/record-odd", root != NULL ? root : ".");
		if (verify_keep(&v, &report, record, VERIFY_UNTIL_TALLY, NULL, NULL) != OK)
			abort();
		free(v->record.folder);
		v->record.folder = (char *)(uintptr_t)fuzz_folder();
	}
	fuzz_beside(name, data, size);
	report.challenged = 0;
	report.observers[0] = '\0';
	fuzz_ignore(check(v));
}

/*
 * Which files are mapped, so that one cut short while it is read (by whoever serves the folder; a disk that fails) ends
 * the program with a word about that file and a status of its own, not with SIGBUS.
 */
#ifndef BASE_MAPPED_H
#define BASE_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For file_map and file_unmap alone. Any thread. False: as many are mapped as there can be (64). */
bool mapped_add(const uint8_t *data, size_t len, const char *path);
void mapped_remove(const uint8_t *data);

/*
 * From here on, SIGBUS in a mapped file: its name to stderr and _exit, E_INCOMPLETE where the file is now shorter,
 * E_FAILED where it cannot be read; any other SIGBUS ends the program as before. Once, after i18n_init.
 */
void mapped_guard(const char *program);

#endif

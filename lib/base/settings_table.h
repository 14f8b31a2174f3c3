/*
 * Every setting there is: its kind, its default, who reads it. doc/vemre.conf says what each is for; test_settings.c holds
 * the two, and the sources, against each other. A settings file is checked against it as a whole, every fault at once.
 */
#ifndef BASE_SETTINGS_TABLE_H
#define BASE_SETTINGS_TABLE_H

#include "base/settings.h"

/* Who reads a setting; a setting of others is checked for its name and kind alone (one file serves all machines). */
enum settings_user {
	SETTINGS_BACKEND = 1,   /* vemre-backend */
	SETTINGS_SIGNER = 2,    /* system-signer */
	SETTINGS_SENDER = 4,    /* send-messages */
	SETTINGS_MONITOR = 8,   /* monitor-election */
	SETTINGS_OPEN = 16,     /* open-election */
	SETTINGS_CLOSE = 32,    /* close-election */
	SETTINGS_KEYGEN = 64,   /* keygen-ceremony */
	SETTINGS_TALLY = 128,   /* tally */
	SETTINGS_ENROL = 256,   /* enroll-voters */
};

enum settings_kind {
	SETTINGS_TEXT,
	SETTINGS_INT,     /* from min to max */
	SETTINGS_BOOL,
	SETTINGS_TEXTS,   /* a list of texts */
	SETTINGS_PATH,    /* what the program makes, or a socket: its folder must be there */
	SETTINGS_FOLDER,  /* is there, where it is set */
	SETTINGS_FILE,    /* is there, and readable */
	SETTINGS_SECRET,  /* the same, and nobody else's to read (mode 0600 or less) */
	SETTINGS_FILES,   /* a list of such files */
	SETTINGS_FOLDERS,
	SETTINGS_SECRETS,
};

struct settings_entry {
	const char *name;     /* "group.setting" */
	enum settings_kind kind;
	const char *fallback; /* as doc/vemre.conf writes it; NULL: whoever reads it needs it */
	unsigned users;       /* SETTINGS_… */
	long min, max;        /* of an INT */
};
extern const struct settings_entry settings_table[];
extern const unsigned settings_table_n;

/* NULL: there is no such setting. */
const struct settings_entry *settings_find(const char *name);

/* Says every fault of the file: a name that is no setting (with the nearest that is), a value of another kind or out of its
 * range; for the settings that one of `users` reads also what is missing: a setting that must be there, a file, a folder, a
 * mode. *faults: how many (may be NULL). E_USAGE where there are any. */
MUST_USE enum status settings_check(struct settings *s, unsigned users, unsigned *faults);

#endif

/*
 * A card reader for the tests, as a PKCS#11 module: one slot, "Lector de ensayo", into which SoftHSM cards are put and
 * from which they are taken while the programs run, that counts wrong passwords and locks as cards do, and has a keypad.
 *
 * The folder $TEST_READER is the reader: `card`, a symbolic link to the folder of the card that is in (absent: none);
 * `keypad`, if it is there, makes the token say CKF_PROTECTED_AUTHENTICATION_PATH, and each password asked for is the
 * next line of it, taken away when read (an empty line: cancelled). Wrong passwords are counted in the card's folder.
 */
#include "softhsm.h"
#include <fcntl.h>
#include <limits.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOT = 7, TRIES = 3 };

static CK_FUNCTION_LIST *soft, mine;
static char in_use[PATH_MAX]; /* the card that SoftHSM has open */
static CK_SLOT_ID real;       /* its slot there */

static void beside(char *out, const char *name)
{
	const char *folder = getenv("TEST_READER");

	snprintf(out, PATH_MAX, "%s/%s", folder != NULL ? folder : ".", name);
}

static bool exists(const char *name)
{
	char path[PATH_MAX];

	beside(path, name);
	return access(path, F_OK) == 0;
}

static CK_RV write_conf(const char *card)
{
	char path[PATH_MAX + 32], tokens[PATH_MAX + 32];
	FILE *f;

	snprintf(path, sizeof path, "%s/softhsm2.conf", card);
	snprintf(tokens, sizeof tokens, "%s/tokens", card);
	mkdir(tokens, 0700);
	if ((f = fopen(path, "w")) == NULL)
		return CKR_GENERAL_ERROR;
	fprintf(f, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n", tokens);
	fclose(f);
	setenv("SOFTHSM2_CONF", path, 1);
	return CKR_OK;
}

/* The slot with the card's token: the one that is set up, else the blank one. */
static CK_RV find_real(void)
{
	CK_SLOT_ID ids[8];
	CK_ULONG n = 8;
	CK_TOKEN_INFO info;
	CK_RV rv;

	soft->C_GetSlotList(CK_TRUE, NULL, &n);
	n = 8;
	if ((rv = soft->C_GetSlotList(CK_TRUE, ids, &n)) != CKR_OK)
		return rv;
	for (CK_ULONG i = 0; i < n; i++) {
		if ((rv = soft->C_GetTokenInfo(ids[i], &info)) != CKR_OK)
			return rv;
		real = ids[i];
		if ((info.flags & CKF_TOKEN_INITIALIZED) != 0)
			break;
	}
	return n > 0 ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
}

/* SoftHSM follows the link: another card is another store. */
static CK_RV follow(void)
{
	char link[PATH_MAX], now[PATH_MAX] = "";
	CK_RV rv;

	beside(link, "card");
	if (realpath(link, now) == NULL)
		now[0] = '\0';
	if (strcmp(now, in_use) == 0)
		return now[0] != '\0' ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
	if (in_use[0] != '\0')
		soft->C_Finalize(NULL);
	in_use[0] = '\0';
	if (now[0] == '\0')
		return CKR_TOKEN_NOT_PRESENT;
	if ((rv = write_conf(now)) != CKR_OK || (rv = soft->C_Initialize(NULL)) != CKR_OK)
		return rv;
	unsetenv("SOFTHSM2_CONF");
	snprintf(in_use, sizeof in_use, "%s", now);
	return find_real();
}

/* ---- tries */

static unsigned failed(int change)
{
	char path[PATH_MAX + 32];
	unsigned n = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/.tries", in_use);
	if ((f = fopen(path, "r")) != NULL) {
		if (fscanf(f, "%u", &n) != 1)
			n = 0;
		fclose(f);
	}
	if (change == 0)
		return n;
	n = change > 0 ? n + 1 : 0;
	if ((f = fopen(path, "w")) != NULL) {
		fprintf(f, "%u", n);
		fclose(f);
	}
	return n;
}

/* ---- the keypad: its next line. False: nothing was typed. */
static bool typed(char out[128])
{
	char path[PATH_MAX], rest[4096] = "";
	FILE *f;
	bool any;

	beside(path, "keypad");
	if ((f = fopen(path, "r")) == NULL)
		return false;
	any = fgets(out, 128, f) != NULL;
	rest[fread(rest, 1, sizeof rest - 1, f)] = '\0';
	fclose(f);
	if ((f = fopen(path, "w")) != NULL) {
		fputs(rest, f);
		fclose(f);
	}
	if (any)
		out[strcspn(out, "\n")] = '\0';
	return any && out[0] != '\0';
}

/* ---- what differs from SoftHSM */

static CK_RV initialize(void *args)
{
	(void)args;
	in_use[0] = '\0';
	return CKR_OK;
}

static CK_RV finalize(void *reserved)
{
	(void)reserved;
	if (in_use[0] != '\0')
		soft->C_Finalize(NULL);
	in_use[0] = '\0';
	return CKR_OK;
}

static CK_RV slot_list(unsigned char present, CK_SLOT_ID *list, CK_ULONG *n)
{
	CK_ULONG room = *n;

	*n = present && !exists("card") ? 0 : 1;
	if (list == NULL || *n == 0)
		return CKR_OK;
	if (room < 1)
		return CKR_BUFFER_TOO_SMALL;
	list[0] = SLOT;
	return CKR_OK;
}

static CK_RV slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	if (slot != SLOT)
		return CKR_SLOT_ID_INVALID;
	memset(info, 0, sizeof *info);
	memset(info->slotDescription, ' ', sizeof info->slotDescription);
	memcpy(info->slotDescription, "Lector de ensayo 00 00", 22);
	memset(info->manufacturerID, ' ', sizeof info->manufacturerID);
	info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (exists("card") ? CKF_TOKEN_PRESENT : 0UL);
	return CKR_OK;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	CK_RV rv;
	unsigned wrong;

	if (slot != SLOT)
		return CKR_SLOT_ID_INVALID;
	if ((rv = follow()) != CKR_OK || (rv = soft->C_GetTokenInfo(real, info)) != CKR_OK)
		return rv;
	if (exists("keypad"))
		info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	wrong = failed(0);
	info->flags &= ~(CK_FLAGS)(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
	if (wrong > 0)
		info->flags |= CKF_USER_PIN_COUNT_LOW;
	if (wrong == TRIES - 1)
		info->flags |= CKF_USER_PIN_FINAL_TRY;
	if (wrong >= TRIES)
		info->flags |= CKF_USER_PIN_LOCKED;
	return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *out)
{
	CK_RV rv = slot == SLOT ? follow() : CKR_SLOT_ID_INVALID;

	return rv == CKR_OK ? soft->C_OpenSession(real, flags, app, notify, out) : rv;
}

static CK_RV init_token(CK_SLOT_ID slot, unsigned char *pin, CK_ULONG len, unsigned char *label)
{
	CK_RV rv = slot == SLOT ? follow() : CKR_SLOT_ID_INVALID;

	if (rv != CKR_OK || (rv = soft->C_InitToken(real, pin, len, label)) != CKR_OK)
		return rv;
	failed(-1);
	return find_real();
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE who, unsigned char *pin, CK_ULONG len)
{
	char text[128];
	CK_RV rv;

	if ((rv = follow()) != CKR_OK)
		return rv;
	if (who == CKU_USER && failed(0) >= TRIES)
		return CKR_PIN_LOCKED;
	if (pin == NULL) {
		if (!exists("keypad"))
			return CKR_ARGUMENTS_BAD;
		if (!typed(text))
			return CKR_FUNCTION_CANCELED;
		rv = soft->C_Login(session, who, (unsigned char *)text, strlen(text));
	} else {
		rv = soft->C_Login(session, who, pin, len);
	}
	if (who == CKU_USER)
		failed(rv == CKR_PIN_INCORRECT ? 1 : rv == CKR_OK ? -1 : 0);
	return rv;
}

static CK_RV init_pin(CK_SESSION_HANDLE session, unsigned char *pin, CK_ULONG len)
{
	char text[128];

	if (pin != NULL)
		return soft->C_InitPIN(session, pin, len);
	return typed(text) ? soft->C_InitPIN(session, (unsigned char *)text, strlen(text)) : CKR_FUNCTION_CANCELED;
}

static CK_RV set_pin(CK_SESSION_HANDLE session, unsigned char *from, CK_ULONG from_len, unsigned char *to,
                     CK_ULONG to_len)
{
	char was[128], text[128];

	if (from != NULL)
		return soft->C_SetPIN(session, from, from_len, to, to_len);
	if (!typed(was) || !typed(text))
		return CKR_FUNCTION_CANCELED;
	return soft->C_SetPIN(session, (unsigned char *)was, strlen(was), (unsigned char *)text, strlen(text));
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out);
CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out)
{
	CK_RV rv = softhsm_load(&soft);

	if (rv != CKR_OK)
		return rv;
	mine = *soft;
	mine.C_Initialize = initialize;
	mine.C_Finalize = finalize;
	mine.C_GetSlotList = slot_list;
	mine.C_GetSlotInfo = slot_info;
	mine.C_GetTokenInfo = token_info;
	mine.C_OpenSession = open_session;
	mine.C_InitToken = init_token;
	mine.C_Login = login;
	mine.C_InitPIN = init_pin;
	mine.C_SetPIN = set_pin;
	*out = &mine;
	return CKR_OK;
}

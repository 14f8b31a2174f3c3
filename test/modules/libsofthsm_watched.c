/*
 * SoftHSM with a log of who is in, as a PKCS#11 module: a line in $TEST_HSM_LOG for each log-in and log-out that succeeds
 * and each end of an instance. $TEST_HSM_FAILS: the derivation that fails as a broken device does (from 1; every copy of
 * the module counts its own).
 */
#include "softhsm.h"
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static CK_FUNCTION_LIST *soft, mine;
static long derived;

static CK_RV noted(CK_RV rv, const char *what)
{
	const char *path = getenv("TEST_HSM_LOG");
	char line[64];
	int n = snprintf(line, sizeof line, "%s %p\n", what, (void *)&mine), fd;

	if (rv != CKR_OK || path == NULL || (fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600)) < 0)
		return rv;
	if (write(fd, line, (size_t)n) != n)
		rv = CKR_GENERAL_ERROR;
	close(fd);
	return rv;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE who, unsigned char *pin, CK_ULONG len)
{
	return noted(soft->C_Login(session, who, pin, len), "login");
}

static CK_RV logout(CK_SESSION_HANDLE session)
{
	return noted(soft->C_Logout(session), "logout");
}

static CK_RV finalize(void *reserved)
{
	return noted(soft->C_Finalize(reserved), "finalize");
}

static CK_RV derive(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE key, CK_ATTRIBUTE *what, CK_ULONG n,
                    CK_OBJECT_HANDLE *out)
{
	const char *fails = getenv("TEST_HSM_FAILS");

	if (fails != NULL && ++derived >= strtol(fails, NULL, 10))
		return CKR_DEVICE_ERROR;
	return soft->C_DeriveKey(session, how, key, what, n, out);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out);
CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out)
{
	CK_RV rv = softhsm_load(&soft);

	if (rv != CKR_OK)
		return rv;
	mine = *soft;
	mine.C_Login = login;
	mine.C_Logout = logout;
	mine.C_Finalize = finalize;
	mine.C_DeriveKey = derive;
	*out = &mine;
	return CKR_OK;
}

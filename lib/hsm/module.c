/* See module.h. */
#include "hsm/module.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static struct module *modules; /* every copy loaded so far */

bool module_is_softhsm(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strncmp(slash != NULL ? slash + 1 : path, "libsofthsm", 10) == 0;
}

const char *module_error(CK_RV rv)
{
	switch (rv) {
	case CKR_HOST_MEMORY:
	case CKR_DEVICE_MEMORY:
		return _("falta memoria");
	case CKR_GENERAL_ERROR:
		return _("fallo general del módulo");
	case CKR_FUNCTION_FAILED:
		return _("el módulo no pudo completar la función");
	case CKR_DEVICE_ERROR:
		return _("fallo del dispositivo");
	case CKR_DEVICE_REMOVED:
	case CKR_TOKEN_NOT_PRESENT:
	case CKR_SESSION_HANDLE_INVALID:
		return _("se retiró el dispositivo");
	case CKR_TOKEN_NOT_RECOGNIZED:
		return _("no se reconoce el dispositivo");
	case CKR_TOKEN_WRITE_PROTECTED:
		return _("el dispositivo está protegido contra escritura");
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
		return _("la contraseña no es correcta");
	case CKR_PIN_LEN_RANGE:
		return _("la contraseña no tiene una longitud permitida");
	case CKR_FUNCTION_CANCELED:
	case CKR_FUNCTION_REJECTED:
		return _("se canceló en el teclado del lector");
	case CKR_PIN_LOCKED:
		return _("el dispositivo quedó bloqueado por intentos fallidos");
	case CKR_PIN_EXPIRED:
		return _("la contraseña caducó");
	case CKR_USER_PIN_NOT_INITIALIZED:
		return _("el dispositivo no tiene contraseña de usuario");
	case CKR_MECHANISM_INVALID:
		return _("el dispositivo no ofrece el mecanismo");
	case CKR_ATTRIBUTE_TYPE_INVALID:
	case CKR_ATTRIBUTE_VALUE_INVALID:
	case CKR_TEMPLATE_INCONSISTENT:
		return _("el dispositivo no acepta los atributos pedidos");
	case CKR_USER_NOT_LOGGED_IN:
		return _("la sesión del dispositivo no está abierta");
	default:
		return NULL;
	}
}

enum status (module_fault)(CK_RV rv, const char *what)
{
	const char *text = module_error(rv);

	if (text != NULL)
		return fault(E_DEVICE, NULL, _("%s: %s (PKCS#11 0x%lx)"), what, text, rv);
	return fault(E_DEVICE, NULL, _("%s: error PKCS#11 0x%lx"), what, rv);
}

enum status module_point_at(const char *store)
{
	struct buffer conf = BUFFER_INIT, was = BUFFER_INIT;
	char *path = file_path(store, "softhsm2.conf", NULL), *tokens = file_path(store, "tokens", NULL);
	enum status r = E_FAILED;

	if (path == NULL || tokens == NULL || (r = file_mkdirs(tokens, 0700)) != OK)
		goto done;
	buffer_printf(&conf,
	              "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
	              "slots.removable = false\n",
	              tokens);
	if (!buffer_ok(&conf)) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if (file_exists(path) && (r = file_read(&was, path, 65536)) != OK)
		goto done;
	/* A folder that was moved (a card handed over) has another path than its conf says. */
	if ((was.len != conf.len || memcmp(was.data, conf.data, conf.len) != 0) && /* NOLINT(clang-analyzer-core.NonNullParamChecker): conf has text */
	    (r = file_replace(path, conf.data, conf.len, 0600)) != OK)
		goto done;
	r = setenv("SOFTHSM2_CONF", path, 1) == 0 ? OK : fault(E_FAILED, NULL, "setenv: %s", strerror(errno));
done:
	buffer_free(&conf);
	buffer_free(&was);
	free(path);
	free(tokens);
	return r;
}

/* The module's bytes under another inode: for the dynamic linker another library, with its own state. */
static void *load_copy(const char *path)
{
	char name[64];
	struct stat st;
	off_t at = 0;
	void *handle = NULL;
	int in = open(path, O_RDONLY | O_CLOEXEC), out = memfd_create("pkcs11", MFD_CLOEXEC);

	if (in < 0 || out < 0 || fstat(in, &st) != 0)
		goto done;
	while (at < st.st_size)
		if (sendfile(out, in, &at, (size_t)(st.st_size - at)) <= 0)
			goto done;
	snprintf(name, sizeof name, "/proc/self/fd/%d", out);
	handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
done:
	if (in >= 0)
		close(in);
	/* The linker knows a library by its name too: this number must not come again for another copy. */
	if (out >= 0 && handle == NULL)
		close(out);
	return handle;
}

static enum status load(struct module **out, const char *path, bool copy)
{
	CK_C_GetFunctionList get = NULL;
	struct module *m = NULL;
	void *handle;
	enum status r = E_FAILED;

	*out = NULL;
	if ((m = calloc(1, sizeof *m)) == NULL || (m->path = strdup(path)) == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	r = E_DEVICE;
	if ((handle = copy ? load_copy(path) : dlopen(path, RTLD_NOW | RTLD_LOCAL)) == NULL) {
		fault(E_DEVICE, _("ajustes hsm.module y cards.module"), _("no se puede cargar el módulo PKCS#11 %s: %s"),
		      path, dlerror());
		goto done;
	}
	*(void **)&get = dlsym(handle, "C_GetFunctionList");
	if (get == NULL || get(&m->f) != CKR_OK) {
		fault(E_DEVICE, NULL, _("%s no es un módulo PKCS#11"), path);
		goto done;
	}
	m->next = modules;
	modules = m;
	*out = m;
	m = NULL;
	r = OK;
done:
	if (m != NULL)
		free(m->path);
	free(m);
	return r;
}

/* A loaded copy that nobody uses; for a real HSM its one instance. */
static enum status take(struct module **out, const char *path, bool softhsm)
{
	bool loaded = false;

	for (struct module *m = modules; m != NULL; m = m->next) {
		if (strcmp(m->path, path) != 0)
			continue;
		loaded = true;
		if (!softhsm || !m->in_use) {
			*out = m;
			return OK;
		}
	}
	return load(out, path, loaded);
}

static void unlock_store(struct module *m)
{
	if (m->store != NULL && m->lock >= 0)
		close(m->lock);
	m->lock = -1;
}

/* flock is the open file's, not the process's: of the copies that we open on one store the first one holds it. */
static enum status lock_store(struct module *m)
{
	char *path;
	enum status r = OK;

	m->lock = -1;
	for (const struct module *other = modules; other != NULL; other = other->next)
		if (other != m && other->in_use && other->store != NULL && strcmp(other->store, m->store) == 0)
			return OK;
	if ((path = file_path(m->store, "store.lock", NULL)) == NULL)
		return E_FAILED;
	if ((m->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		r = fault(E_DEVICE, NULL, "%s: %s", path, strerror(errno));
	else if (flock(m->lock, LOCK_EX | LOCK_NB) != 0)
		r = fault(E_DEVICE, NULL, _("otro programa está usando %s"), m->store);
	if (r != OK)
		unlock_store(m);
	free(path);
	return r;
}

enum status module_open(struct module **out, const char *path, const char *store)
{
	CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
	bool softhsm = module_is_softhsm(path), has_store = store != NULL && store[0] != '\0';
	struct module *m = NULL;
	enum status r;
	CK_RV rv;

	*out = NULL;
	if (softhsm != has_store)
		return fault(E_USAGE, _("hsm.vault_store, hsm.system_store: la carpeta con SoftHSM, vacía con un HSM"),
		             softhsm ? _("el módulo %s pide una carpeta para sus tokens")
		                     : _("el módulo %s no usa carpeta de tokens"),
		             path);
	if ((r = take(&m, path, softhsm)) != OK)
		return r;
	if (m->users > 0) {
		m->users++;
		*out = m;
		return OK;
	}
	if (has_store) {
		if ((r = module_point_at(store)) != OK)
			return r;
		free(m->store);
		if ((m->store = strdup(store)) == NULL)
			return fault(E_FAILED, NULL, _("no hay memoria"));
		if ((r = lock_store(m)) != OK)
			return r;
	}
	rv = m->f->C_Initialize(&args);
	if (has_store)
		unsetenv("SOFTHSM2_CONF");
	if (rv != CKR_OK && !(rv == CKR_CRYPTOKI_ALREADY_INITIALIZED && !softhsm)) {
		unlock_store(m);
		return module_fault(rv, path);
	}
	m->users = 1;
	m->in_use = true;
	*out = m;
	return OK;
}

void module_close(struct module *m)
{
	if (m == NULL || m->users == 0 || --m->users > 0)
		return;
	m->f->C_Finalize(NULL);
	unlock_store(m);
	m->in_use = false;
}

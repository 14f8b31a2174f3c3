/*
 * system-signer: the one process of a host that owns the server's token and signs typed requests over a Unix socket
 * (DESIGN 5). Secret: the token's PIN.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/prompt.h"
#include "base/report.h"
#include "base/settings.h"
#include "hsm/signer_server.h"
#include "hsm/system_key.h"
#include "monitor/check.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIN_CHARS = 32, PIN_LEAST = 8, PIN_MOST = 64 };

static const char USAGE[] =
        N_("system-signer: el firmador; guarda la llave del sistema y firma lo que los demás programas piden\n"
           "\n"
           "Uso: system-signer --init [--config ARCHIVO] [--public ARCHIVO]\n"
           "     system-signer [--config ARCHIVO] [--public ARCHIVO]\n"
           "     system-signer --check-config [--config ARCHIVO]\n"
           "\n"
           "Sin --init atiende en el socket signer.socket hasta SIGTERM: firma comprobantes, sellos y cabezas de\n"
           "la bitácora, y nada más. Sin signer.pin_file el PIN se pregunta.\n"
           "\n"
           "  --init                hace la llave del sistema en un token en blanco y su PIN en signer.pin_file\n"
           "  --public ARCHIVO      escribe la llave pública en hexadecimal (130 cifras), para open-election\n"
           "                        --system-keys\n"
           "  --config ARCHIVO      ajustes (/etc/vemre/vemre.conf)\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 hecho, o terminó por SIGTERM; 1 falla del equipo; 2 mandato o ajustes; 4 el token; 5 otro\n"
           "system-signer usa ese token, o ya tiene llave.\n"
           "\n"
           "Ejemplo: system-signer --init --public /media/vemre/servidor-1.pub\n");

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* One process owns a token: two log-ins at once make a SoftHSM token vanish for the other one. */
static enum status own(int *lock, struct settings *s)
{
	const char *store = settings_path(s, "hsm.system_store", "");
	const char *socket = settings_path(s, "signer.socket", "/run/vemre/signer/signer.sock");
	char *path = NULL;
	enum status r = OK;

	if (store == NULL || socket == NULL)
		return E_USAGE;
	if (store[0] != '\0') {
		if ((r = file_mkdirs(store, 0700)) != OK)
			return r;
		path = file_path(store, "owner.lock", NULL);
	} else if (asprintf(&path, "%s.lock", socket) < 0) {
		path = NULL;
	}
	if (path == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		r = fault(E_FAILED, NULL, "%s: %s", path, strerror(errno));
	else if (flock(*lock, LOCK_EX | LOCK_NB) != 0)
		r = fault(E_STATE, NULL, _("otro system-signer ya usa este token (%s)"), path);
	free(path);
	return r;
}

/* ---- the PIN */

static enum status pin_new(struct secret **pin, struct settings *s)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	const char *path = settings_path(s, "signer.pin_file", "");
	uint8_t *p;

	*pin = NULL;
	if (path == NULL)
		return E_USAGE;
	if (path[0] == '\0')
		return prompt_new_secret(pin, PIN_LEAST, PIN_MOST, _("PIN nuevo del token del sistema:"));
	if (file_exists(path))
		return fault(E_STATE, _("es de otra llave del sistema; apártelo si ya no sirve"), _("ya existe %s"), path);
	if ((*pin = secret_new(PIN_CHARS)) == NULL)
		return E_FAILED;
	p = secret_bytes(*pin);
	if (RAND_priv_bytes(p, PIN_CHARS) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
	for (unsigned i = 0; i < PIN_CHARS; i++)
		p[i] = (uint8_t)alphabet[p[i] & 63];
	return file_create(path, p, PIN_CHARS, 0600);
}

static enum status pin_from(struct secret **pin, const char *path)
{
	struct secret *room = secret_new(PIN_MOST + 1);
	struct stat st;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status r = E_FAILED;

	if (room == NULL)
		goto done;
	if (fd < 0 || fstat(fd, &st) != 0) {
		r = fault(E_FAILED, _("system-signer --init lo hace"), "%s: %s", path, strerror(errno));
		goto done;
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
		r = fault(E_REFUSED, _("chmod 600"), _("%s: otros pueden leer el PIN"), path);
		goto done;
	}
	n = read(fd, secret_bytes(room), PIN_MOST + 1);
	while (n > 0 && (secret_bytes(room)[n - 1] == '\n' || secret_bytes(room)[n - 1] == '\r'))
		n--;
	if (n < 1 || n > PIN_MOST) {
		r = fault(E_EVIDENCE, NULL, _("%s: no contiene un PIN"), path);
		goto done;
	}
	r = (*pin = secret_copy(secret_bytes(room), (size_t)n)) != NULL ? OK : E_FAILED;
done:
	if (fd >= 0)
		close(fd);
	secret_free(room);
	return r;
}

static enum status pin_get(struct secret **pin, struct settings *s)
{
	const char *path = settings_path(s, "signer.pin_file", "");

	*pin = NULL;
	if (path == NULL)
		return E_USAGE;
	if (path[0] == '\0')
		return prompt_secret(pin, PIN_MOST, _("PIN del token del sistema:"));
	return pin_from(pin, path);
}

/* ---- */

static enum status show(const struct point *key, const char *path)
{
	char text[2 * POINT_BYTES + 2];

	hex_encode(text, key->octets, POINT_BYTES);
	report_info(_("llave pública del sistema: %s"), text);
	if (path == NULL)
		return OK;
	text[2 * POINT_BYTES] = '\n';
	return file_replace(path, text, 2 * POINT_BYTES + 1, 0644);
}

static enum status init(struct settings *s, const char *public_path)
{
	const char *pin_file = settings_path(s, "signer.pin_file", "");
	struct secret *pin = NULL;
	struct point key;
	enum status r;

	if ((r = pin_new(&pin, s)) != OK)
		goto done;
	if ((r = system_key_make(&key, s, pin)) != OK) {
		/* A PIN of no key would only be in the way. */
		if (pin_file != NULL && pin_file[0] != '\0')
			unlink(pin_file);
		goto done;
	}
	report_step(_("llave del sistema hecha"));
	r = show(&key, public_path);
done:
	secret_free(pin);
	return r;
}

/*
 * With SoftHSM what the module needs is known: its store. What a vendor's module does (threads, networks, devices, files)
 * nobody knows beforehand; there the unit of systemd is the wall.
 */
static enum status serve_confined(struct system_key *k, struct settings *s, const char *socket, const sigset_t *wait_mask)
{
	const char *store = settings_path(s, "hsm.system_store", "");
	char *folder = file_folder(socket);
	const char *const read[] = {"/proc/self", "/usr/share/zoneinfo", "/usr/share/locale", NULL};
	const char *const write[] = {store, NULL}, *remove[] = {folder, NULL};
	const struct confine c = {.read = read, .write = write, .remove = remove};
	enum status r = folder == NULL ? E_FAILED : E_USAGE;

	if (store != NULL && store[0] == '\0')
		report_warning(_("la unidad vemre-signer lo encierra de todos modos; con SoftHSM ponga hsm.system_store"),
		               _("este proceso no se confina a sí mismo: el módulo PKCS#11 decide qué archivos y conexiones usa"));
	if (folder != NULL && store != NULL)
		r = signer_serve(k, socket, store[0] != '\0' ? &c : NULL, &stop, wait_mask);
	free(folder);
	return r;
}

static enum status serve(struct settings *s, const char *public_path)
{
	const char *socket = settings_path(s, "signer.socket", "/run/vemre/signer/signer.sock");
	struct sigaction act = {.sa_handler = on_signal};
	struct system_key *k = NULL;
	struct secret *pin = NULL;
	struct point key;
	sigset_t ends, before;
	enum status r;

	if (socket == NULL)
		return E_USAGE;
	if ((r = pin_get(&pin, s)) != OK || (r = system_key_open(&k, s, pin)) != OK)
		goto done;
	secret_free(pin);
	pin = NULL;
	if ((r = system_key_public(k, &key)) != OK || (r = show(&key, public_path)) != OK)
		goto done;
	/* Blocked but while waiting: a signal between the test of `stop` and the wait is not lost. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigprocmask(SIG_BLOCK, &ends, &before);
	r = serve_confined(k, s, socket, &before);
done:
	secret_free(pin);
	system_key_close(k);
	return r;
}

int main(int argc, char **argv)
{
	const char *config = NULL, *public_path = NULL;
	bool make = false, check = false;
	const struct program_option options[] = {
	        {"config", &config, NULL}, {"public", &public_path, NULL}, {"init", NULL, &make},
	        {"check-config", NULL, &check}, {NULL, NULL, NULL}};
	struct settings *s = NULL;
	int next, lock = -1;
	enum status r;

	program_start("system-signer");
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc) {
		r = fault(E_USAGE, _("--help muestra las opciones"), _("argumento de más: %s"), argv[next]);
		return program_end(r);
	}
	if (check)
		return program_end(check_config(config, NULL, SETTINGS_SIGNER));
	if ((r = settings_open(&s, config)) == OK && (r = own(&lock, s)) == OK)
		r = make ? init(s, public_path) : serve(s, public_path);
	settings_free(s);
	if (lock >= 0)
		close(lock);
	return program_end(r);
}

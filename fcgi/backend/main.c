/* vemre-backend: the FastCGI program behind the web server (backend.h). */
#include "backend/backend.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "monitor/check.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char USAGE[] =
        N_("vemre-backend: el programa de votación, detrás del servidor web\n"
           "\n"
           "Uso: vemre-backend [--config ARCHIVO] [--election CARPETA] [--check-config]\n"
           "\n"
           "Atiende por FastCGI, en el socket backend.socket, lo que pide la página del votante, hasta SIGTERM.\n"
           "Necesita la base de datos, system-signer y send-messages; en marcha se encierra y no alcanza nada\n"
           "más.\n"
           "\n"
           "  --config ARCHIVO      ajustes (/etc/vemre/vemre.conf)\n"
           "  --election CARPETA    la carpeta de la elección; por omisión, la del ajuste election.folder\n"
           "  --check-config        dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "Salida: 0 terminó por SIGTERM; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 3 el\n"
           "expediente no es lo que debe; 6 los ajustes son de un simulacro y la elección no; 8 le falta una\n"
           "parte al expediente.\n"
           "\n"
           "Ejemplo: vemre-backend --check-config\n");
static atomic_bool stopping;

static void *work(void *argument)
{
	struct worker *w = argument;
	FCGX_Request fcgi;

	if (FCGX_InitRequest(&fcgi, w->listener, 0) != 0)
		return NULL;
	/* No mutex around the accept: each thread sleeps in its own (a lock there makes the threads wait in line). */
	while (!atomic_load(&stopping)) {
		if (FCGX_Accept_r(&fcgi) != 0) { /* out of descriptors, say: not for ever */
			nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
			continue;
		}
		backend_serve(w, &fcgi);
		FCGX_Finish_r(&fcgi);
	}
	FCGX_Free(&fcgi, 1);
	connection_close(w->db);
	signer_free(w->signer);
	return NULL;
}

static enum status listen_on(int *listener, const char *path)
{
	mode_t old;

	unlink(path);
	old = umask(0007); /* the web server is of our group */
	*listener = FCGX_OpenSocket(path, 1024);
	umask(old);
	return *listener >= 0 ? OK : fault(E_FAILED, NULL, _("%s: no se puede escuchar"), path);
}

/* Threads serve until SIGTERM or SIGINT; what is under way is answered first. */
static enum status run(const struct backend *b)
{
	pthread_t *threads = calloc((size_t)b->threads, sizeof *threads);
	struct worker *workers = calloc((size_t)b->threads, sizeof *workers);
	struct metrics_server *metrics = NULL;
	enum status r = E_FAILED;
	long started = 0;
	int listener = -1, got;
	sigset_t set;

	if (threads == NULL || workers == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* inherited by the threads: only sigwait gets them */
	if (FCGX_Init() != 0 || (r = listen_on(&listener, b->listen)) != OK ||
	    (b->metrics[0] != '\0' && (r = metrics_listen(&metrics, b->metrics)) != OK))
		goto done;
	/* Before any thread, so that it holds for all of them. */
	if ((r = backend_confine(b)) != OK ||
	    (metrics != NULL && (r = metrics_serve(metrics, &workers->metrics, (size_t)b->threads, sizeof *workers)) != OK))
		goto done;
	for (; started < b->threads; started++) {
		workers[started].backend = b;
		workers[started].listener = listener;
		if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0) {
			r = fault(E_FAILED, NULL, _("no se pudo crear un hilo"));
			break;
		}
	}
	if (r == OK) {
		report_step(_("backend listo: %s, %ld hilos"), b->listen, b->threads);
		sigwait(&set, &got);
		report_step(_("backend: fin"));
	}
	atomic_store(&stopping, true);
	FCGX_ShutdownPending();
	shutdown(listener, SHUT_RDWR); /* wakes the threads that wait in accept */
	for (long i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	unlink(b->listen);
done:
	metrics_stop(metrics);
	if (listener >= 0)
		close(listener);
	free(threads);
	free(workers);
	return r;
}

/* --check-config: what is the backend's alone (the balancer, the networks of login.allow) is what its start refuses. */
static enum status would_start(const char *config, const char *election)
{
	struct backend *b = NULL;
	enum status r = backend_open(&b, config, election);

	backend_free(b);
	return r;
}

int main(int argc, char **argv)
{
	const char *config = NULL, *election = NULL;
	bool checking = false;
	const struct program_option options[] = {
	        {"config", &config, NULL}, {"election", &election, NULL}, {"check-config", NULL, &checking}, {0}};
	struct backend *b = NULL;
	enum status r;
	int next;

	program_start("vemre-backend");
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (next != argc)
		return program_end(fault(E_USAGE, _("--help muestra las opciones"), _("argumento de más: %s"), argv[next]));
	setlinebuf(stdout);
	if (checking)
		return program_end(check_config_and(config, election, SETTINGS_BACKEND, would_start));
	if ((r = backend_open(&b, config, election)) == OK)
		r = run(b);
	backend_free(b);
	return program_end(r);
}

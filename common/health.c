/* The health listener. */
#include "common/health.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/stats.h"

enum { STUCK_MS = 60 * 1000 };

struct health {
	struct MHD_Daemon *daemon;
	enum settings_program program;
};

static _Atomic int64_t last_beat_ms;
static pthread_mutex_t obstacle_lock = PTHREAD_MUTEX_INITIALIZER;
static char obstacle[HEALTH_OBSTACLE] = "starting"; /* "": ready */
static int64_t obstacle_ms;                         /* since then there is one; 0: nothing was said yet */

void health_beat(void)
{
	atomic_store(&last_beat_ms, clock_ms());
}

void health_obstacle(const char *text)
{
	pthread_mutex_lock(&obstacle_lock);
	if (!*obstacle || !obstacle_ms)
		obstacle_ms = clock_ms();
	snprintf(obstacle, sizeof obstacle, "%s", text ? text : ""); /* cut is fine */
	pthread_mutex_unlock(&obstacle_lock);
	stats_set(STAT_ready, !text || !*text);
}

int64_t health_blocked_ms(char text[HEALTH_OBSTACLE])
{
	pthread_mutex_lock(&obstacle_lock);
	int64_t since_ms = obstacle_ms;
	snprintf(text, HEALTH_OBSTACLE, "%s", obstacle);
	pthread_mutex_unlock(&obstacle_lock);
	return *text && since_ms ? clock_ms() - since_ms : 0;
}

static unsigned render_health(struct buf *out)
{
	int64_t age_ms = clock_ms() - atomic_load(&last_beat_ms);
	buf_printf(out, age_ms > STUCK_MS ? "stuck: no turn for %lld ms\n" : "ok\n", (long long)age_ms);
	return age_ms > STUCK_MS ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
}

static unsigned render_ready(struct buf *out)
{
	pthread_mutex_lock(&obstacle_lock);
	bool ready = !*obstacle;
	if (ready)
		buf_add_text(out, "ready\n");
	else
		buf_printf(out, "not ready: %s\n", obstacle);
	pthread_mutex_unlock(&obstacle_lock);
	return ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}

static unsigned render(const struct health *health, const char *url, struct buf *out)
{
	if (strcmp(url, "/healthz") == 0)
		return render_health(out);
	if (strcmp(url, "/readyz") == 0)
		return render_ready(out);
	if (strcmp(url, "/metrics") == 0) {
		stats_render(health->program, out);
		return MHD_HTTP_OK;
	}
	buf_add_text(out, "there is /healthz, /readyz and /metrics\n");
	return MHD_HTTP_NOT_FOUND;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_len, void **state)
{
	static int seen;
	(void)version;
	(void)upload;
	if (strcmp(method, "GET") != 0)
		return MHD_NO;
	*upload_len = 0;
	if (!*state) { /* libmicrohttpd calls once for the headers, again for the body */
		*state = &seen;
		return MHD_YES;
	}
	struct buf out;
	buf_init(&out, 64 * 1024);
	unsigned status = render(context, url, &out);
	if (!buf_ok(&out)) { /* half a page of figures would be taken for a whole one */
		buf_done(&out);
		return MHD_NO;
	}
	size_t len;
	char *bytes = buf_take(&out, &len);
	struct MHD_Response *response = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(bytes);
		return MHD_NO;
	}
	MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

int health_open(const struct settings *settings, enum settings_program program, struct health **ret, struct err *err)
{
	health_beat();
	*ret = NULL;
	if (settings->health_port == 0)
		return 0;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)settings->health_port)};
	if (inet_pton(AF_INET, settings->health_address, &address.sin_addr) != 1)
		return err_set(err, ERR_CONFIG, 0, "health_address must be an IPv4 address, not '%s'",
		               settings->health_address);
	struct health *health = calloc(1, sizeof *health);
	if (!health)
		return err_set(err, ERR_FATAL, ENOMEM, "no memory for the health listener");
	health->program = program;
	errno = 0;
	health->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL, 0, NULL, NULL, answer, health,
	                                  MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT,
	                                  (unsigned)LIMIT_HEALTH_CLIENTS, MHD_OPTION_CONNECTION_TIMEOUT, 10u,
	                                  MHD_OPTION_END);
	if (!health->daemon) {
		int code = errno;
		free(health);
		return err_set(err, ERR_CONFIG, code,
		               "cannot listen on %s:%lld (%s); set health_port to a free port, or 0 for none",
		               settings->health_address, (long long)settings->health_port,
		               code ? strerror(code) : "is it in use?");
	}
	*ret = health;
	return 0;
}

void health_close(struct health **health)
{
	if (!*health)
		return;
	MHD_stop_daemon((*health)->daemon);
	free(*health);
	*health = NULL;
}

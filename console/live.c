/* Channels and their viewers. */
#include "console/live.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "console/condition.h"
#include "console/pg_pool.h"
#include "console/router.h"

enum {
	TURN_MS = 500,
	HEARTBEAT_MS = 15000,
	STREAM_MS = 5 * 60 * 1000, /* then it ends; a browser comes back by itself, and is asked again who it is */
	RENDER_MAX = 512 * 1024
};

/* One event as it is sent; shared by all who are sending it. */
struct frame {
	unsigned holders;
	size_t len;
	char text[];
};

struct viewer {
	struct channel *channel;
	struct viewer *next;
	struct MHD_Connection *connection;
	struct frame *frame; /* being sent; NULL: none */
	size_t sent;
	int64_t seen, spoke_ms; /* version last sent; when anything was */
	int64_t came_ms;
	bool told; /* that it is over */
};

/* A part with its argument, as long as somebody looks at it. */
struct channel {
	struct live *live;
	struct channel *next;
	const struct live_part *part;
	char argument[LIVE_ARGUMENT];
	struct viewer *viewers;
	struct frame *frame; /* the newest; NULL: nothing rendered yet */
	int64_t version;
	bool over, failed; /* failed: the last rendering, which was told */
};

struct live {
	struct console *console;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* somebody came, went, or it closes */
	struct channel *channels;
	size_t channel_count, viewer_count;
	bool closing, fresh; /* fresh: a channel has nothing to show yet */
	struct buf scratch;
};

/* ---- frames ---- */

static void frame_release(struct frame **frame)
{
	if (*frame && --(*frame)->holders == 0)
		free(*frame);
	*frame = NULL;
}

/* The event of a text: a line of data for each of its lines. NULL: no memory. */
static struct frame *frame_new(const char *event, struct buf *text)
{
	struct buf out;
	buf_init(&out, 2 * RENDER_MAX);
	buf_printf(&out, "event: %s\ndata: ", event);
	for (const char *line = buf_text(text); *line;) {
		size_t len = strcspn(line, "\r\n");
		buf_add(&out, line, len);
		line += len + (line[len] ? 1 : 0);
		if (*line)
			buf_add_text(&out, "\ndata: ");
	}
	buf_add_text(&out, "\n\n");
	struct frame *frame = buf_ok(&out) ? malloc(sizeof *frame + out.len) : NULL;
	if (frame) {
		frame->holders = 1;
		frame->len = out.len;
		memcpy(frame->text, out.at, out.len);
	}
	buf_done(&out);
	return frame;
}

static bool frame_same(const struct frame *a, const struct frame *b)
{
	return a && b && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* ---- a viewer, in a thread of the listener ---- */

static size_t put(char *at, size_t max, const char *text, size_t len)
{
	size_t take = len < max ? len : max;
	memcpy(at, text, take);
	return take;
}

/* Under the lock. */
static ssize_t next_bytes(struct viewer *viewer, char *at, size_t max)
{
	static const char heartbeat[] = ": still here\n\n";
	static const char over[] = "event: over\ndata:\n\n"; /* or a browser would connect again */
	struct channel *channel = viewer->channel;
	if (channel->live->closing)
		return HTTP_END;
	if (!viewer->frame && channel->frame && viewer->seen != channel->version) {
		viewer->frame = channel->frame;
		viewer->frame->holders++;
		viewer->seen = channel->version;
		viewer->sent = 0;
	}
	if (viewer->frame) {
		size_t put_now = put(at, max, viewer->frame->text + viewer->sent, viewer->frame->len - viewer->sent);
		viewer->sent += put_now;
		if (viewer->sent == viewer->frame->len)
			frame_release(&viewer->frame);
		viewer->spoke_ms = clock_ms();
		return (ssize_t)put_now;
	}
	if (channel->over && viewer->told)
		return HTTP_END;
	if (channel->over) {
		viewer->told = true;
		return (ssize_t)put(at, max, over, sizeof over - 1);
	}
	if (clock_ms() - viewer->came_ms >= STREAM_MS)
		return HTTP_END;
	if (clock_ms() - viewer->spoke_ms < HEARTBEAT_MS)
		return HTTP_WAIT;
	viewer->spoke_ms = clock_ms();
	return (ssize_t)put(at, max, heartbeat, sizeof heartbeat - 1);
}

static ssize_t stream_read(void *state, char *at, size_t max)
{
	struct viewer *viewer = state;
	struct live *live = viewer->channel->live;
	pthread_mutex_lock(&live->lock);
	ssize_t got = next_bytes(viewer, at, max);
	pthread_mutex_unlock(&live->lock);
	return got;
}

static void stream_close(void *state)
{
	struct viewer *viewer = state;
	struct live *live = viewer->channel->live;
	pthread_mutex_lock(&live->lock);
	struct viewer **at = &viewer->channel->viewers;
	while (*at != viewer)
		at = &(*at)->next;
	*at = viewer->next;
	live->viewer_count--;
	frame_release(&viewer->frame);
	free(viewer);
	pthread_cond_broadcast(&live->changed);
	pthread_mutex_unlock(&live->lock);
}

static const struct http_stream stream = {stream_read, stream_close};

/* Under the lock. NULL: too many, or no memory. */
static struct channel *channel_of(struct live *live, const struct live_part *part, const char *argument)
{
	for (struct channel *channel = live->channels; channel; channel = channel->next) {
		if (channel->part == part && strcmp(channel->argument, argument) == 0)
			return channel;
	}
	struct channel *channel = live->channel_count < LIVE_CHANNELS ? calloc(1, sizeof *channel) : NULL;
	if (!channel)
		return NULL;
	channel->live = live;
	channel->part = part;
	snprintf(channel->argument, sizeof channel->argument, "%s", argument);
	channel->next = live->channels;
	live->channels = channel;
	live->channel_count++;
	live->fresh = true;
	return channel;
}

static struct viewer *join(struct live *live, struct visit *visit, const struct live_part *part, const char *argument)
{
	pthread_mutex_lock(&live->lock);
	bool room = !live->closing && live->viewer_count < LIVE_VIEWERS && strlen(argument) < LIVE_ARGUMENT;
	struct viewer *viewer = room ? calloc(1, sizeof *viewer) : NULL;
	if (viewer)
		viewer->channel = channel_of(live, part, argument);
	if (viewer && !viewer->channel) {
		free(viewer);
		viewer = NULL;
	}
	if (viewer) {
		viewer->connection = visit->request->connection;
		viewer->came_ms = viewer->spoke_ms = clock_ms();
		viewer->next = viewer->channel->viewers;
		viewer->channel->viewers = viewer;
		live->viewer_count++;
		pthread_cond_broadcast(&live->changed);
	}
	pthread_mutex_unlock(&live->lock);
	return viewer;
}

void live_serve(struct visit *visit, const struct live_part *part, const char *argument)
{
	struct viewer *viewer = join(visit->console->live, visit, part, argument);
	if (!viewer) {
		http_add_header(visit->request, visit->response, "Retry-After", "10");
		visit_problem(visit, MHD_HTTP_SERVICE_UNAVAILABLE, "Too many viewers",
		              "More look at live pages than this console serves; reload the page to see the newest state.");
		return;
	}
	visit->response->type = "text/event-stream";
	visit->response->stream = &stream;
	visit->response->stream_state = viewer;
	http_add_header(visit->request, visit->response, "Cache-Control", "no-store");
	http_add_header(visit->request, visit->response, "X-Accel-Buffering", "no"); /* nginx would hold events back */
}

/* ---- the thread ---- */

/* Outside of the lock. NULL: it could not be rendered now; the next turn tries again. */
static struct frame *render(struct live *live, struct channel *channel, bool *over)
{
	struct ctl ctl = {.settings = *live->console->settings};
	struct frame *frame = NULL;
	struct err err;
	if (pg_pool_take(live->console->pgs, &ctl.pg, &err))
		return NULL; /* Postgres is away: what was shown stays */
	buf_reset(&live->scratch, RENDER_MAX);
	bool failed = channel->part->render(&ctl, channel->argument, &live->scratch, over, &err) != 0;
	if (failed && !channel->failed)
		log_warn("live part", "%s %s: %s; what was shown stays until it succeeds", channel->part->event,
		         channel->argument, err.text);
	channel->failed = failed;
	if (!failed && buf_ok(&live->scratch))
		frame = frame_new(channel->part->event, &live->scratch);
	pg_pool_give(live->console->pgs, ctl.pg);
	return frame;
}

/* Under the lock: the channel has a new state. */
static void publish(struct channel *channel, struct frame *frame, bool over)
{
	channel->over = over;
	if (frame && frame_same(frame, channel->frame)) {
		frame_release(&frame);
	} else if (frame) {
		frame_release(&channel->frame);
		channel->frame = frame;
		channel->version++;
	}
	for (struct viewer *viewer = channel->viewers; viewer; viewer = viewer->next) {
		bool news = viewer->seen != channel->version || over;
		if (news || clock_ms() - viewer->spoke_ms >= HEARTBEAT_MS)
			http_wake(viewer->connection);
	}
}

/* Under the lock: those that nobody looks at go. */
static void drop_unseen(struct live *live)
{
	for (struct channel **at = &live->channels; *at;) {
		struct channel *channel = *at;
		if (channel->viewers) {
			at = &channel->next;
			continue;
		}
		*at = channel->next;
		live->channel_count--;
		frame_release(&channel->frame);
		free(channel);
	}
}

/* Under the lock, which is let go while rendering. Only this thread frees channels, so that the one in hand stays. */
static void turn(struct live *live)
{
	live->fresh = false;
	drop_unseen(live);
	for (struct channel *channel = live->channels; channel && !live->closing; channel = channel->next) {
		bool over = channel->over;
		struct frame *frame = NULL;
		if (!over) {
			pthread_mutex_unlock(&live->lock);
			frame = render(live, channel, &over);
			pthread_mutex_lock(&live->lock);
		}
		publish(channel, frame, over);
	}
}

/* Until the next turn is due, or somebody waits for a part that was not rendered yet. */
static void wait_a_turn(struct live *live)
{
	struct timespec until = condition_deadline(TURN_MS);
	int result = 0;
	while (result == 0 && !live->fresh && !live->closing)
		result = pthread_cond_timedwait(&live->changed, &live->lock, &until);
}

static void *run(void *context)
{
	struct live *live = context;
	pthread_mutex_lock(&live->lock);
	while (!live->closing) {
		turn(live);
		if (!live->closing && live->channels)
			wait_a_turn(live);
		else if (!live->closing)
			pthread_cond_wait(&live->changed, &live->lock);
	}
	for (struct channel *channel = live->channels; channel; channel = channel->next)
		publish(channel, NULL, true);
	while (live->viewer_count)
		pthread_cond_wait(&live->changed, &live->lock);
	drop_unseen(live);
	pthread_mutex_unlock(&live->lock);
	return NULL;
}

int live_open(struct console *console, struct live **ret, struct err *err)
{
	struct live *live = calloc(1, sizeof *live);
	if (!live)
		return err_set(err, ERR_FATAL, 0, "no memory for live pages");
	live->console = console;
	buf_init(&live->scratch, RENDER_MAX);
	pthread_mutex_init(&live->lock, NULL);
	condition_init(&live->changed);
	int code = pthread_create(&live->thread, NULL, run, live);
	if (code) {
		free(live);
		return err_set(err, ERR_FATAL, code, "no thread for live pages: %s", strerror(code));
	}
	*ret = live;
	return 0;
}

void live_stop(struct live *live)
{
	if (!live)
		return;
	pthread_mutex_lock(&live->lock);
	live->closing = true;
	pthread_cond_broadcast(&live->changed);
	pthread_mutex_unlock(&live->lock);
	pthread_join(live->thread, NULL);
}

void live_close(struct live **ptr)
{
	struct live *live = *ptr;
	if (!live)
		return;
	buf_done(&live->scratch);
	pthread_mutex_destroy(&live->lock);
	pthread_cond_destroy(&live->changed);
	free(live);
	*ptr = NULL;
}

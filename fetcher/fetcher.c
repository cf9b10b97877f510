/* The loop. */
#include "fetcher/fetcher_internal.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/health.h"
#include "common/kafka.h"
#include "common/lag.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/throttle.h"
#include "fetcher/transfer.h"

enum { JOB_BYTES = 256 * 1024, TURN_MS = 100, FINISHED_PER_TURN = 64, CHECK_MS = 1000 };

static int open_stores(struct fetcher *fetcher, struct err *err)
{
	const struct settings *settings = fetcher->settings;
	if (vault_open(settings->key_file, &fetcher->vault, err) ||
	    pg_open(settings->postgres, "syncline-fetcher", &fetcher->pg, err))
		return -1;
	pg_limit(fetcher->pg, LIMIT_ANSWER_FETCHER_MS);
	pg_heed_stop(fetcher->pg, settings->drain_ms);
	return pg_check_schema(fetcher->pg, err) || redis_open(settings->redis, &fetcher->redis, err) ? -1 : 0;
}

static int open_kafka(struct fetcher *fetcher, struct err *err)
{
	if (kafka_out_open(fetcher->settings, publish_delivered, NULL, &fetcher->out, err))
		return -1;
	return intake_open(fetcher, err);
}

int fetcher_open(const struct settings *settings, struct fetcher **ret, struct err *err)
{
	struct throttle_rate rate = {0};
	if (throttle_rate_read(settings, "", &rate, err)) /* told at the start, not at the first sync */
		return -1;
	struct fetcher *fetcher = calloc(1, sizeof *fetcher);
	if (!fetcher)
		return err_set(err, ERR_FATAL, 0, "no memory for the fetcher");
	fetcher->settings = settings;
	buf_init(&fetcher->scratch, LIMIT_UNPACKED_BYTES);
	arena_init(&fetcher->job_arena, JOB_BYTES);
	if (open_stores(fetcher, err) || transfer_set_open(settings, &fetcher->transfers, err) ||
	    open_kafka(fetcher, err) || lag_open(settings, &fetcher->lag, err)) {
		fetcher_close(&fetcher);
		return -1;
	}
	*ret = fetcher;
	return 0;
}

void fetcher_close(struct fetcher **ptr)
{
	struct fetcher *fetcher = *ptr;
	if (!fetcher)
		return;
	/* The producer first: what it drops is still reported, and reports touch syncs and jobs. */
	kafka_out_close(&fetcher->out);
	for (size_t i = 0; i < fetcher->sync_count; i++) {
		fetcher->syncs[i]->inflight = 0;
		sync_close(&fetcher->syncs[i]);
	}
	intake_close(fetcher);
	lag_close(&fetcher->lag);
	transfer_set_close(&fetcher->transfers);
	redis_close(&fetcher->redis);
	pg_close(&fetcher->pg);
	vault_close(&fetcher->vault);
	buf_done(&fetcher->scratch);
	arena_done(&fetcher->job_arena);
	free(fetcher);
	*ptr = NULL;
}

static void tick_syncs(struct fetcher *fetcher)
{
	for (size_t i = 0; i < fetcher->sync_count;) {
		if (!sync_tick(fetcher->syncs[i])) {
			i++;
			continue;
		}
		sync_close(&fetcher->syncs[i]);
		fetcher->syncs[i] = fetcher->syncs[--fetcher->sync_count];
	}
	stats_set(STAT_syncs_running, (int64_t)fetcher->sync_count);
}

static void drain(struct fetcher *fetcher)
{
	fetcher->draining = true;
	for (size_t i = 0; i < fetcher->sync_count; i++)
		sync_abandon(fetcher->syncs[i], "this fetcher is stopping");
}

static void take_answers(struct fetcher *fetcher)
{
	const struct answer *answer;
	struct sync *sync;
	for (int i = 0; i < FINISHED_PER_TURN && (sync = transfer_finished(fetcher->transfers, &answer)); i++)
		sync_answer(sync, answer);
}

/* How long the loop may sleep: until a sync wants something, or not at all when one is ready now. */
static int wait_ms(const struct fetcher *fetcher)
{
	int64_t now_ms = clock_ms(), wait = TURN_MS;
	for (size_t i = 0; i < fetcher->sync_count; i++) {
		const struct sync *sync = fetcher->syncs[i];
		if (!sync->abandoned && !sync->requesting && sync->stage != STAGE_ENDING && sync->wake_ms - now_ms < wait)
			wait = sync->wake_ms - now_ms;
	}
	if (wait < 0) /* something is ready but held back by a full queue or a pause: the reports will wake us */
		wait = fetcher->paused || !kafka_out_room(fetcher->out) ? 20 : 0;
	/* What has been fetched already announces itself no more. */
	return fetcher->took_job ? 0 : (int)wait;
}

static int wait_for_news(struct fetcher *fetcher, struct err *err)
{
	int fds[] = {stop_fd(), kafka_out_fd(fetcher->out, err), kafka_in_fd(fetcher->queues[QUEUE_PEOPLE].in, err),
	             kafka_in_fd(fetcher->queues[QUEUE_BACKGROUND].in, err)};
	if (fds[1] < 0 || fds[2] < 0 || fds[3] < 0)
		return -1;
	transfer_wait(fetcher->transfers, fds, COUNT_OF(fds), wait_ms(fetcher));
	/* The descriptors are only for waking up: emptied, whatever they said. */
	for (size_t i = 1; i < COUNT_OF(fds); i++)
		kafka_drain_fd(fds[i]);
	return 0;
}

/* Both are asked although nothing is wanted of them: an idle fetcher must know whether it could take a job. */
static int check_stores(struct fetcher *fetcher, struct err *err)
{
	REDIS_REPLY *reply = NULL;
	struct err second;
	bool postgres = pg_check(fetcher->pg, err) == 0;
	bool redis = redis_command(fetcher->redis, &reply, postgres ? err : &second, "PING") == 0;
	stats_set(STAT_postgres_up, postgres);
	stats_set(STAT_redis_up, redis);
	return postgres && redis ? 0 : -1;
}

static const char *find_obstacle(struct fetcher *fetcher)
{
	if (fetcher->draining)
		return "stopping";
	if (clock_ms() >= fetcher->check_ms) {
		struct err err = {0};
		IGNORE(check_stores(fetcher, &err)); /* told by /readyz; who needs them logs it */
		fetcher->stores = err;
		fetcher->check_ms = clock_ms() + CHECK_MS;
	}
	return fetcher->stores.class == ERR_NONE ? intake_obstacle(fetcher) : fetcher->stores.text;
}

int fetcher_turn(struct fetcher *fetcher, enum stop_level stop, bool *idle, struct err *err)
{
	stats_add(STAT_turns_total, 1);
	if (stop >= STOP_DRAIN && !fetcher->draining)
		drain(fetcher);
	intake_turn(fetcher);
	pressure_check(fetcher);
	for (size_t i = 0; i < fetcher->sync_count && !fetcher->paused; i++)
		sync_step(fetcher->syncs[i]);
	if (wait_for_news(fetcher, err))
		return -1;
	take_answers(fetcher);
	kafka_out_poll(fetcher->out, 0);
	if (kafka_out_check(fetcher->out, err))
		return -1;
	tick_syncs(fetcher);
	health_obstacle(find_obstacle(fetcher));
	*idle = fetcher->sync_count == 0;
	if (fetcher->trouble.class == ERR_NONE)
		return 0;
	*err = fetcher->trouble;
	return -1;
}

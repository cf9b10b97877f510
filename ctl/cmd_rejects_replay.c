/* `syncline rejects replay`: pages with rejects are parsed again; a rejected job is sent again. */
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/msg.h"
#include "common/stop.h"
#include "ctl/args.h"
#include "ctl/enqueue.h"
#include "ctl/rejects.h"
#include "ctl/replay.h"

enum { JOB_BYTES = 256 * 1024 };

static int mark_replayed(struct ctl *ctl, const struct reject_place *place, const char *sync, struct err *err)
{
	char partition[24], offset[24];
	const char *values[] = {place->topic, partition, offset, sync};
	snprintf(partition, sizeof partition, "%lld", (long long)place->partition);
	snprintf(offset, sizeof offset, "%lld", (long long)place->offset);
	return pg_run(ctl->pg,
	              "UPDATE sync_reject SET replayed_at = now(), replayed_sync = $4::uuid "
	              "WHERE topic = $1 AND kafka_partition = $2::int AND kafka_offset = $3::bigint AND position = -1",
	              COUNT_OF(values), values, NULL, err);
}

/* Asked for first, marked then: should this end in between, the job is sent twice, and the second joins the first. */
static int send_job(struct ctl *ctl, const struct reject_place *place, const struct sync_job *job, struct err *err)
{
	char account[LIMIT_ACCOUNT + 1], mode[17];
	category_set set;
	struct enqueued enqueued;
	struct wish wish = {.account = account,
	                    .mode = mode,
	                    .background = span_is(job->priority, "background"),
	                    .not_before_ms = job->not_before};
	IGNORE(!span_copy(job->account, account, sizeof account)); /* checked by the schema */
	IGNORE(!span_copy(job->mode.len ? job->mode : span_of("incremental"), mode, sizeof mode));
	if (category_set_parse(job->categories, &set, err) || ctl_find_account(ctl, account, wish.account_id, err))
		return -1;
	category_set_text(set, wish.categories);
	if (stop_open(err) || enqueue_sync(ctl, &wish, &enqueued, err) || mark_replayed(ctl, place, enqueued.sync, err))
		return -1;
	enqueue_tell(ctl, &wish, &enqueued);
	return 0;
}

static int still_bad(struct err *err)
{
	err->class = ERR_CONFIG;
	return err_wrap(err, "it still cannot be understood: ");
}

static int replay_job(struct ctl *ctl, const struct reject_place *place, const PGresult *row, struct err *err)
{
	struct span original = rejects_original(row, 0);
	struct arena arena;
	struct sync_job job;
	msgpack_zone zone;
	arena_init(&arena, JOB_BYTES);
	msgpack_zone_init(&zone, 8192);
	int result = 0;
	if (original.len >= LIMIT_REJECT_BYTES)
		result = err_set(err, ERR_CONFIG, 0, "the job is larger than any real one, and was not kept whole");
	else if (msg_decode_job(original, &zone, &arena, &job, err))
		result = still_bad(err);
	else
		result = send_job(ctl, place, &job, err);
	msgpack_zone_destroy(&zone);
	arena_done(&arena);
	PQfreemem((void *)original.at);
	return result;
}

static int replay_place(struct ctl *ctl, const struct reject_place *place, struct err *err)
{
	PG_RESULT *row = NULL;
	const struct reject_filter filter = {.place = place, .old = true, .limit = 1};
	if (ctl_database(ctl, true, err) || rejects_query(ctl, &filter, false, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "there is no such reject");
	enum topic topic = reject_place_topic(&ctl->settings, place);
	if (topic != TOPIC_JOBS && topic != TOPIC_BACKGROUND)
		return err_set(err, ERR_CONFIG, 0,
		               "only a job is sent again by its place; for a page: syncline rejects replay %s",
		               *pg_text(row, 0, "account") ? pg_text(row, 0, "account") : "ACCOUNT");
	if (*pg_text(row, 0, "replayed_at")) {
		printf("It was sent again at %s, as sync %s.\n", pg_text(row, 0, "replayed_at"),
		       pg_text(row, 0, "replayed_sync"));
		return 0;
	}
	return replay_job(ctl, place, row, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct reject_place place;
	struct err err;
	if (argc != 1 || !reject_place_read(&ctl->settings, argv[0], &place))
		return replay_run(ctl, argc, argv, "replay-rejects");
	return replay_place(ctl, &place, &err) ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_rejects_replay = {
	.name = "rejects replay",
	.args = "ACCOUNT|SYNC|PLACE [--only albums,tracks] [--wait] [--json]",
	.help = "parse the pages that hold rejects again",
	.text =
		"After a mended parser: only the pages that hold open rejects are parsed again, as `syncline replay` does it.\n"
		"What is no longer rejected becomes rows and leaves the list (--old still shows it, with when and by which\n"
		"replay); what is still rejected stays in it, once. A second time changes nothing. A sync stands for its\n"
		"account. The place of a job (jobs/3/12/all) sends that job again, if it can be understood now.\n\n"
		"  --only LIST    some of artists, albums, tracks, playlists\n"
		"  --wait         watch it, and end with its result as exit code\n\n"
		"  syncline rejects replay home --wait\n  syncline rejects list home\n\n"
		"Exit code with --wait: 0 complete, 3 partial, 1 failed, 130 interrupted (the replay goes on);\n"
		"of a place: 0 sent, or it was before, 4 no such reject, 2 it is no job, or still not understood.\n",
	.run = run,
};

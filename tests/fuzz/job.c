/* Jobs as people and programs put them into sync.jobs: JSON typed by hand, or MessagePack. Input: the bytes of one. Holds: what
 * is taken is valid, and is the same job when it is encoded and decoded again. */
#include "tests/fuzz/fuzz.h"

#include "common/arena.h"
#include "common/msg.h"

static void check_same(const struct sync_job *job, msgpack_zone *zone, struct arena *arena)
{
	struct buf bytes;
	struct sync_job again = {0};
	struct err err;
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_sync_job, job, &bytes);
	assert(buf_ok(&bytes));
	assert(msg_decode_job(buf_span(&bytes), zone, arena, &again, &err) == 0);
	assert(span_equal(job->account, again.account) && span_equal(job->sync, again.sync));
	assert(span_equal(job->mode, again.mode) && span_equal(job->categories, again.categories));
	assert(span_equal(job->requested_by, again.requested_by));
	buf_done(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_exact(fuzz_input(data, size));
	struct arena arena;
	msgpack_zone zone;
	struct sync_job job;
	struct err err = {0};
	assert(msgpack_zone_init(&zone, 1024));
	arena_init(&arena, 2 * LIMIT_REJECT_BYTES);
	if (msg_decode_job(input, &zone, &arena, &job, &err)) {
		fuzz_check_err(&err);
		assert(err.class == ERR_REJECT);
	} else {
		fuzz_check_text(job.account, LIMIT_ACCOUNT);
		fuzz_check_text(job.sync, LIMIT_UUID);
		fuzz_check_text(job.requested_by, 64);
		check_same(&job, &zone, &arena);
	}
	arena_done(&arena);
	msgpack_zone_destroy(&zone);
	free((void *)(uintptr_t)input.at);
	return 0;
}

/* Goal: a delivery is one sender's at a time, and none is lost with a sender. Method: two connections as two senders, in a real
 * Postgres. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console/delivery.h"
#include "console_support.h"

static int take(struct pg *pg, int most, struct delivery *deliveries)
{
	struct err err;
	int count = -1;
	must(delivery_take(pg, "", most, deliveries, &count, &err), &err);
	return count;
}

static void tell_all(struct bench *bench, int webhooks, int events)
{
	for (int i = 0; i < webhooks; i++)
		listen_to(bench, "NULL");
	for (int i = 0; i < events; i++) {
		begin_sync(bench, i, 1, "full");
		end_sync(bench, i, "complete");
	}
}

static enum delivery_fate finish(struct pg *pg, struct delivery *delivery, int status)
{
	const struct post_end end = {.status = status, .delivered = status == 200, .took_ms = 5, .error = "because"};
	enum delivery_fate fate;
	int64_t wait_ms;
	struct err err;
	must(delivery_done(pg, delivery, &end, &fate, &wait_ms, &err), &err);
	delivery_free(delivery);
	return fate;
}

static void a_delivery_is_one_senders_at_a_time_and_one_of_each_webhook(void **state)
{
	struct bench *bench = *state;
	struct delivery mine[8], others[8];
	tell_all(bench, 3, 2);
	assert_int_equal(take(bench->pg, 2, mine), 2);
	assert_int_equal(take(bench->other, 8, others), 1);
	assert_string_not_equal(mine[0].webhook_id, mine[1].webhook_id);
	assert_string_not_equal(mine[0].webhook_id, others[0].webhook_id);
	assert_int_equal(take(bench->other, 8, others + 1), 0);
	assert_int_equal(finish(bench->pg, &mine[0], 200), DELIVERY_DELIVERED);
	assert_int_equal(take(bench->other, 8, others + 1), 1);
	for (int i = 0; i < 2; i++)
		delivery_free(&others[i]);
	delivery_free(&mine[1]);
}

static void two_senders_deliver_each_message_once(void **state)
{
	struct bench *bench = *state;
	struct delivery taken[2][3];
	int sent = 0;
	tell_all(bench, 5, 10);
	for (bool more = true; more;) {
		int mine = take(bench->pg, 3, taken[0]), others = take(bench->other, 3, taken[1]);
		more = mine + others > 0;
		sent += mine + others;
		while (mine)
			finish(bench->pg, &taken[0][--mine], 200);
		while (others)
			finish(bench->other, &taken[1][--others], 200);
	}
	assert_int_equal(sent, 50);
	assert_look(bench, "SELECT count(*) FROM webhook_delivery WHERE delivered_at IS NOT NULL AND tries = 1", "50");
}

static void what_a_sender_had_in_hand_when_it_died_is_taken_over_under_the_same_id(void **state)
{
	struct bench *bench = *state;
	struct delivery dead, heir;
	tell_all(bench, 1, 1);
	assert_int_equal(take(bench->pg, 1, &dead), 1);
	assert_int_equal(take(bench->other, 1, &heir), 0);
	assert_look(bench, "SELECT busy_until BETWEEN now() + interval '20 s' AND now() + interval '40 s' FROM webhook",
	            "t");
	execute(bench, "UPDATE webhook SET busy_until = now()"); /* that time is over */
	assert_int_equal(take(bench->other, 1, &heir), 1);
	assert_string_equal(dead.message_id, heir.message_id);
	assert_string_equal(dead.body, heir.body);
	assert_int_equal(heir.tries, 2);
	/* It was not dead, only slow: what it says of its try is no news of the other's. */
	finish(bench->pg, &dead, 500);
	assert_look(bench, "SELECT webhook_state(d) || ' ' || coalesce(status::text, '-') FROM webhook_delivery d",
	            "sending -");
	assert_look(bench, "SELECT busy_until > now() FROM webhook", "t");
	finish(bench->other, &heir, 200);
	assert_look(bench, "SELECT webhook_state(d) || ' ' || status FROM webhook_delivery d", "delivered 200");
}

static void a_message_that_is_not_taken_is_tried_again_and_given_up_in_the_end(void **state)
{
	struct bench *bench = *state;
	struct delivery delivery;
	tell_all(bench, 1, 1);
	for (int i = 0; i <= delivery_backoff.tries_max; i++) {
		assert_int_equal(take(bench->pg, 1, &delivery), 1);
		assert_int_equal(delivery.tries, i + 1);
		assert_int_equal(finish(bench->pg, &delivery, 503),
		                 i < delivery_backoff.tries_max ? DELIVERY_RETRIED : DELIVERY_GIVEN_UP);
		assert_int_equal(take(bench->pg, 1, &delivery), 0);
		execute(bench, "UPDATE webhook_delivery SET next_at = now() WHERE next_at IS NOT NULL");
	}
	assert_look(bench,
	            "SELECT webhook_state(d) || ' ' || tries || ' ' || status || ' ' || error FROM webhook_delivery d",
	            "given_up 15 503 because");
}

static void a_receiver_that_is_gone_is_told_nothing_more_and_the_others_go_on(void **state)
{
	struct bench *bench = *state;
	struct delivery taken[2];
	tell_all(bench, 2, 2);
	assert_int_equal(take(bench->pg, 2, taken), 2);
	int first = strcmp(taken[0].webhook_id, "1") == 0 ? 0 : 1;
	assert_int_equal(finish(bench->pg, &taken[first], 410), DELIVERY_SWITCHED_OFF);
	finish(bench->pg, &taken[!first], 200);
	assert_look(bench,
	            "SELECT string_agg(webhook_state(d), ' ' ORDER BY message_id) FROM webhook_delivery d WHERE webhook_id = 1",
	            "given_up given_up");
	assert_look(bench, "SELECT off_at IS NOT NULL AND off_cause LIKE '%410%' FROM webhook WHERE webhook_id = 1", "t");
	begin_sync(bench, 9, 1, "full");
	end_sync(bench, 9, "failed");
	assert_look(bench, "SELECT string_agg(webhook_id::text, '') FROM webhook_delivery WHERE type = 'sync.failed'", "2");
}

static void what_is_given_back_is_taken_by_the_next_at_once(void **state)
{
	struct bench *bench = *state;
	struct delivery delivery;
	struct err err;
	tell_all(bench, 1, 1);
	assert_int_equal(take(bench->pg, 1, &delivery), 1);
	must(delivery_give_back(bench->pg, &delivery, "stopped", &err), &err);
	delivery_free(&delivery);
	assert_int_equal(take(bench->other, 1, &delivery), 1);
	delivery_free(&delivery);
}

static void a_test_is_of_one_webhook_and_taken_by_nobody_else(void **state)
{
	struct bench *bench = *state;
	struct delivery delivery, other;
	struct err err;
	bool due = true;
	listen_to(bench, "NULL");
	listen_to(bench, "NULL");
	must(delivery_test(bench->pg, "2", "anna", "https://music.example.org", &delivery, &err), &err);
	assert_string_equal(delivery.webhook_id, "2");
	assert_non_null(strstr(delivery.body, "\"asked_by\": \"anna\""));
	assert_non_null(strstr(delivery.body, "https://music.example.org/settings/webhooks"));
	must(delivery_due(bench->pg, &due, &err), &err);
	assert_false(due);
	assert_int_equal(take(bench->other, 1, &other), 0);
	assert_int_equal(finish(bench->pg, &delivery, 500), DELIVERY_GIVEN_UP);
	static const char *const none[] = {"3", "x", ""};
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		assert_int_equal(delivery_test(bench->pg, none[i], "anna", "", &delivery, &err), -1);
		assert_int_equal(err.class, ERR_REJECT);
	}
}

static void the_log_is_kept_for_a_month_and_what_waits_for_ever(void **state)
{
	struct bench *bench = *state;
	struct delivery delivery;
	struct err err;
	tell_all(bench, 1, 3);
	assert_int_equal(take(bench->pg, 1, &delivery), 1);
	finish(bench->pg, &delivery, 200);
	assert_int_equal(take(bench->pg, 1, &delivery), 1);
	finish(bench->pg, &delivery, 200);
	execute(bench, "UPDATE webhook_delivery SET at = now() - interval '29 days' WHERE delivered_at IS NOT NULL");
	must(delivery_prune(bench->pg, &err), &err);
	assert_look(bench, "SELECT count(*) FROM webhook_delivery", "3");
	execute(bench, "UPDATE webhook_delivery SET at = now() - interval '31 days'");
	must(delivery_prune(bench->pg, &err), &err);
	assert_look(bench, "SELECT count(*) FROM webhook_delivery WHERE next_at IS NOT NULL", "1");
	assert_look(bench, "SELECT count(*) FROM webhook_delivery", "1");
}

static void there_are_so_many_webhooks_and_no_more(void **state)
{
	struct bench *bench = *state;
	char file[] = "/tmp/syncline-webhooks-XXXXXX", key[sizeof file + 8];
	const struct webhook_wish wish = {"https://hooks.example.org/secret-path", "{sync.failed}", NULL, false};
	struct webhook_made made;
	struct err err;
	assert_non_null(mkdtemp(file));
	snprintf(key, sizeof key, "%s/key", file);
	must(vault_create_key(key, &err), &err);
	must(webhook_add(bench->pg, key, &wish, &made, &err), &err);
	assert_look(bench, "SELECT position(convert_to('secret-path', 'UTF8') IN sealed) FROM webhook", "0");
	execute(
		bench,
		"INSERT INTO webhook (target, sealed, events, internal) SELECT 'x', 'x', '{}', false FROM generate_series(2, 100)");
	assert_int_equal(webhook_add(bench->pg, key, &wish, &made, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	unlink(key);
	rmdir(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_delivery_is_one_senders_at_a_time_and_one_of_each_webhook),
		TEST(two_senders_deliver_each_message_once),
		TEST(what_a_sender_had_in_hand_when_it_died_is_taken_over_under_the_same_id),
		TEST(a_message_that_is_not_taken_is_tried_again_and_given_up_in_the_end),
		TEST(a_receiver_that_is_gone_is_told_nothing_more_and_the_others_go_on),
		TEST(what_is_given_back_is_taken_by_the_next_at_once),
		TEST(a_test_is_of_one_webhook_and_taken_by_nobody_else),
		TEST(the_log_is_kept_for_a_month_and_what_waits_for_ever),
		TEST(there_are_so_many_webhooks_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

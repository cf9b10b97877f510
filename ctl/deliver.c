/* A producer for one message. */
#include "ctl/deliver.h"

#include "common/clock.h"
#include "common/kafka_out.h"
#include "common/stop.h"

enum { DELIVERY_MS = 15000 };

struct delivery {
	bool reported, failed;
	struct err err;
};

static void on_delivered(void *context, void *token, const struct err *err)
{
	struct delivery *delivery = context;
	(void)token;
	delivery->reported = true;
	delivery->failed = err != NULL;
	if (err)
		delivery->err = *err;
}

static int judge(const struct ctl *ctl, const struct delivery *delivery, struct err *err)
{
	if (!delivery->reported && stop_level(0) != STOP_RUN)
		return err_set(err, ERR_RETRY, 0, "interrupted before Kafka (%s) told that it has the message",
		               ctl->settings.kafka_brokers);
	if (!delivery->reported)
		return err_set(err, ERR_RETRY, 0,
		               "Kafka (%s) did not take the message in %d s; is it running, and has syncline migrate "
		               "made its topics? see syncline doctor",
		               ctl->settings.kafka_brokers, DELIVERY_MS / 1000);
	if (!delivery->failed)
		return 0;
	*err = delivery->err;
	if (err->class == ERR_FATAL)
		err->class = ERR_RETRY; /* a producer that broke does not know what became of it */
	return -1;
}

int deliver(struct ctl *ctl, enum topic topic, const char *key, struct buf *value, struct err *err)
{
	struct delivery delivery = {0};
	struct kafka_out *out = NULL;
	if (kafka_out_open(&ctl->settings, on_delivered, &delivery, &out, err))
		return -1;
	int result = kafka_out_send(out, topic, span_of(key), value, NULL, err);
	int64_t deadline_ms = clock_ms() + DELIVERY_MS;
	while (result == 0 && !delivery.reported && clock_ms() < deadline_ms && stop_level(0) == STOP_RUN)
		kafka_out_poll(out, 100);
	if (result == 0)
		result = judge(ctl, &delivery, err);
	kafka_out_close(&out);
	return result;
}

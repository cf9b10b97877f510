/* Presence of brokers and topics. */
#include "common/kafka_presence.h"

#include "common/clock.h"
#include "common/kafka.h"

/* How long one question waits: each holds up the caller, but a broker that has just come back is slow, and some are far. */
enum { ASK_MS = 100, ASK_MOST_MS = 400 };

void kafka_presence_init(struct kafka_presence *presence, rd_kafka_t *client, const char *prefix)
{
	*presence = (struct kafka_presence){.client = client, .prefix = prefix, .ask_for_ms = ASK_MS};
}

void kafka_presence_lost(struct kafka_presence *presence)
{
	presence->away = true;
}

void kafka_presence_missing(struct kafka_presence *presence, enum topic topic)
{
	presence->missing |= 1u << topic;
}

bool kafka_presence_answers(const struct kafka_presence *presence, int timeout_ms)
{
	const struct rd_kafka_metadata *metadata = NULL;
	if (rd_kafka_metadata(presence->client, 0, NULL, &metadata, timeout_ms))
		return false;
	rd_kafka_metadata_destroy(metadata);
	return true;
}

bool kafka_presence_away(struct kafka_presence *presence)
{
	if (!presence->away || clock_ms() < presence->ask_ms)
		return presence->away;
	presence->away = !kafka_presence_answers(presence, (int)presence->ask_for_ms);
	presence->ask_ms = clock_ms() + KAFKA_PRESENCE_EVERY_MS;
	if (!presence->away)
		presence->ask_for_ms = ASK_MS;
	else if (presence->ask_for_ms < ASK_MOST_MS)
		presence->ask_for_ms *= 2;
	return presence->away;
}

bool kafka_presence_lacks(struct kafka_presence *presence)
{
	bool due = clock_ms() >= presence->ask_missing_ms;
	char name[TOPIC_NAME_MAX];
	for (unsigned i = 0; presence->missing && due && i < TOPIC_COUNT; i++) {
		unsigned bit = 1u << i;
		topic_name(presence->prefix, (enum topic)i, name);
		if (presence->missing & bit && kafka_partitions(presence->client, name) > 0)
			presence->missing &= ~bit;
	}
	if (due)
		presence->ask_missing_ms = clock_ms() + KAFKA_PRESENCE_EVERY_MS;
	return presence->missing != 0;
}

const char *kafka_presence_obstacle(struct kafka_presence *presence)
{
	char name[TOPIC_NAME_MAX];
	unsigned i = 0;
	if (kafka_presence_away(presence))
		return "Kafka does not answer";
	if (!kafka_presence_lacks(presence))
		return NULL;
	while (!(presence->missing & 1u << i))
		i++;
	snprintf(presence->obstacle, sizeof presence->obstacle, KAFKA_NO_TOPIC,
	         topic_name(presence->prefix, (enum topic)i, name));
	return presence->obstacle;
}

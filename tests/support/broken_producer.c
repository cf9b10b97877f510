/* Preloaded into a worker: as soon as the file SYNCLINE_BREAK_PRODUCER is there, its producers have met a broker that does not know
 * them any more. */
#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <unistd.h>

int rd_kafka_poll(rd_kafka_t *client, int timeout_ms)
{
	static int (*real)(rd_kafka_t *, int);
	const char *path = getenv("SYNCLINE_BREAK_PRODUCER");
	if (!real)
		real = (int (*)(rd_kafka_t *, int))dlsym(RTLD_NEXT, "rd_kafka_poll");
	if (path && access(path, F_OK) == 0 && rd_kafka_type(client) == RD_KAFKA_PRODUCER)
		rd_kafka_test_fatal_error(client, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "made for a test");
	return real(client, timeout_ms);
}

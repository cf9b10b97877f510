/* Wires the writer: settings, signals, health, then turns until it is told to stop. */
#include "common/worker.h"
#include "writer/writer.h"

static int open_writer(const struct settings *settings, void **worker, struct err *err)
{
	struct writer *writer = NULL;
	int result = writer_open(settings, &writer, err);
	*worker = writer;
	return result;
}

static int turn(void *worker, enum stop_level stop, bool *idle, struct err *err)
{
	return writer_turn(worker, stop, idle, err);
}

static void close_writer(void **worker)
{
	struct writer *writer = *worker;
	writer_close(&writer);
	*worker = NULL;
}

int main(int argc, char **argv)
{
	static const struct worker writer = {
		.name = "syncline-writer",
		.purpose = "stores normalized items, proves what is complete, and puts lost syncs back to work",
		.program = FOR_WRITER,
		.open = open_writer,
		.turn = turn,
		.close = close_writer,
	};
	return worker_main(&writer, argc, argv);
}

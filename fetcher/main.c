/* Wires the fetcher: settings, signals, health, then turns until it is told to stop. */
#include <stdio.h>
#include <stdlib.h>

#include "common/worker.h"
#include "fetcher/fetcher.h"

static int open_fetcher(const struct settings *settings, void **worker, struct err *err)
{
	struct fetcher *fetcher = NULL;
	int result = fetcher_open(settings, &fetcher, err);
	*worker = fetcher;
	return result;
}

static int turn(void *worker, enum stop_level stop, bool *idle, struct err *err)
{
	return fetcher_turn(worker, stop, idle, err);
}

static void close_fetcher(void **worker)
{
	struct fetcher *fetcher = *worker;
	fetcher_close(&fetcher);
	*worker = NULL;
}

int main(int argc, char **argv)
{
	static const struct worker fetcher = {
		.name = "syncline-fetcher",
		.purpose = "takes sync jobs, walks the libraries they name and publishes the raw pages",
		.program = FOR_FETCHER,
		.open = open_fetcher,
		.turn = turn,
		.close = close_fetcher,
	};
	return worker_main(&fetcher, argc, argv);
}

/* Wires the parser: settings, signals, health, then turns until it is told to stop. */
#include "common/worker.h"
#include "parser/parser.h"

static int open_parser(const struct settings *settings, void **worker, struct err *err)
{
	struct parser *parser = NULL;
	int result = parser_open(settings, &parser, err);
	*worker = parser;
	return result;
}

static int turn(void *worker, enum stop_level stop, bool *idle, struct err *err)
{
	return parser_turn(worker, stop, idle, err);
}

static void close_parser(void **worker)
{
	struct parser *parser = *worker;
	parser_close(&parser);
	*worker = NULL;
}

int main(int argc, char **argv)
{
	static const struct worker parser = {
		.name = "syncline-parser",
		.purpose = "turns raw provider pages into normalized items and rejects what is not one",
		.program = FOR_PARSER,
		.open = open_parser,
		.turn = turn,
		.close = close_parser,
	};
	return worker_main(&parser, argc, argv);
}

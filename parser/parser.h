/* The parser's loop: a message of sync.pages in, its messages for sync.items and sync.rejects out, and the input's
 * offset stored when Kafka has all of them.
 *
 * Marks and ends of walks pass through as they are. A message that cannot be understood becomes a reject and never
 * blocks those behind it. For one key the order of outputs is the order of inputs. */
#ifndef SYNCLINE_PARSER_PARSER_H
#define SYNCLINE_PARSER_PARSER_H

#include "common/err.h"
#include "common/settings.h"
#include "common/stop.h"

struct parser;

/* settings must outlive it. */
int parser_open(const struct settings *settings, struct parser **parser, struct err *err) MUST_USE;
/* As a worker's turn (worker.h). FATAL when an output was lost: see parser.c. */
int parser_turn(struct parser *parser, enum stop_level stop, bool *idle, struct err *err) MUST_USE;
/* NULL-safe. Outputs not yet delivered are dropped; their inputs will be read again. */
void parser_close(struct parser **parser);

#endif

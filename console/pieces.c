/* Answers in pieces. */
#include "console/pieces.h"

#include <stdlib.h>

#include "common/log.h"
#include "console/pg_pool.h"

struct pieces {
	struct pg_pool *pgs;
	const struct piece_maker *maker;
	void *state;
	struct buf piece;
	size_t sent; /* of the piece */
	bool more;
};

static int next_piece(struct pieces *pieces, struct err *err)
{
	struct pg *pg = NULL;
	buf_reset(&pieces->piece, SIZE_MAX);
	pieces->sent = 0;
	if (pg_pool_take(pieces->pgs, &pg, err))
		return -1;
	int result = pieces->maker->next(pieces->state, pg, &pieces->piece, &pieces->more, err);
	pg_pool_give(pieces->pgs, pg);
	if (result == 0 && !buf_ok(&pieces->piece))
		return err_set(err, ERR_RETRY, 0, "a piece does not fit into %zu bytes, or memory", pieces->piece.max);
	return result;
}

static ssize_t read_pieces(void *state, char *at, size_t max)
{
	struct pieces *pieces = state;
	struct err err;
	while (pieces->sent == pieces->piece.len) {
		if (!pieces->more)
			return HTTP_END;
		if (next_piece(pieces, &err)) {
			log_warn("answer broken off", "%s: %s", pieces->maker->what, err.text);
			return HTTP_BROKEN;
		}
	}
	size_t left = pieces->piece.len - pieces->sent, len = left < max ? left : max;
	memcpy(at, pieces->piece.at + pieces->sent, len);
	pieces->sent += len;
	return (ssize_t)len;
}

static void close_pieces(void *state)
{
	struct pieces *pieces = state;
	pieces->maker->close(pieces->state);
	buf_done(&pieces->piece);
	free(pieces);
}

static const struct http_stream stream = {read_pieces, close_pieces};

int pieces_serve(struct visit *visit, const struct piece_maker *maker, void *state, size_t most_bytes, struct err *err)
{
	struct pieces *pieces = buf_ok(VISIT_OUT(visit)) ? calloc(1, sizeof *pieces) : NULL;
	if (!pieces) {
		maker->close(state);
		return err_set(err, ERR_RETRY, 0, "no memory for an answer in pieces");
	}
	*pieces = (struct pieces){.pgs = visit->console->pgs, .maker = maker, .state = state, .more = true};
	buf_init(&pieces->piece, most_bytes);
	buf_add(&pieces->piece, VISIT_OUT(visit)->at, VISIT_OUT(visit)->len);
	visit->response->stream = &stream;
	visit->response->stream_state = pieces;
	return 0;
}

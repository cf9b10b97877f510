/* `syncline lag`: how far each worker is behind, in messages and in time. */
#include <stdio.h>

#include "common/kafka.h"
#include "ctl/args.h"
#include "ctl/backlog.h"
#include "ctl/figure.h"
#include "ctl/table.h"

static void print_groups(const struct settings *settings, const struct backlogs *backlogs)
{
	static const struct table_column columns[] = {{"group", SIDE_LEFT},
	                                              {"state", SIDE_LEFT},
	                                              {"members", SIDE_RIGHT},
	                                              {"lag", SIDE_RIGHT},
	                                              {"oldest", SIDE_RIGHT}};
	struct table table;
	char text[FIGURE_TEXT], name[GROUP_NAME];
	table_init(&table, columns, COUNT_OF(columns));
	for (unsigned g = 0; g < GROUPS; g++) {
		table_add(&table, PAINT_BOLD, groups_name(settings, g, name));
		table_add(&table, PAINT_NONE, backlogs->states[g].state);
		table_add_count(&table, backlogs->states[g].members ? PAINT_NONE : PAINT_RED, backlogs->states[g].members);
		table_add_count(&table, backlogs->messages[g] ? PAINT_YELLOW : PAINT_NONE, backlogs->messages[g]);
		table_add(&table, PAINT_NONE, backlogs->oldest_ms[g] ? figure_span(backlogs->oldest_ms[g], text) : "");
	}
	table_show(&table);
	table_done(&table);
}

static void add_partition(struct table *table, const char *program, const char *topic, const struct backlog *backlog,
                          size_t i)
{
	char text[FIGURE_TEXT];
	const struct lag_partition *partition = &backlog->partitions[i];
	table_add(table, PAINT_NONE, program);
	table_add(table, PAINT_NONE, topic);
	table_add_count(table, PAINT_NONE, (int64_t)i);
	if (partition->committed < 0)
		table_add(table, PAINT_DIM, "none");
	else
		table_add_count(table, PAINT_NONE, partition->committed);
	table_add_count(table, PAINT_NONE, partition->end);
	table_add_count(table, partition->messages ? PAINT_YELLOW : PAINT_NONE, partition->messages);
	table_add(table, PAINT_NONE,
	          backlog->age_ms[i] > 0   ? figure_span(backlog->age_ms[i], text)
	          : backlog->age_ms[i] < 0 ? "?"
	                                   : "");
}

static void print_partitions(const struct settings *settings, const struct backlogs *backlogs)
{
	static const struct table_column columns[] = {{"worker", SIDE_LEFT},     {"topic", SIDE_LEFT},
	                                              {"partition", SIDE_RIGHT}, {"committed", SIDE_RIGHT},
	                                              {"end", SIDE_RIGHT},       {"lag", SIDE_RIGHT},
	                                              {"oldest", SIDE_RIGHT}};
	struct table table;
	char topic[TOPIC_NAME_MAX];
	table_init(&table, columns, COUNT_OF(columns));
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			const struct backlog *backlog = &backlogs->of[g][t];
			topic_name(settings->kafka_prefix, (enum topic)t, topic);
			for (size_t i = 0; i < backlog->count; i++)
				add_partition(&table, worker_groups[g].program, topic, backlog, i);
		}
	}
	table_show(&table);
	table_done(&table);
}

/* An age that could not be read in time is null. */
static void json_partition(const struct backlog *backlog, size_t i, const char *group, const char *topic,
                           struct buf *out)
{
	const struct lag_partition *partition = &backlog->partitions[i];
	buf_add_text(out, out->at[out->len - 1] == '[' ? "{\"group\":" : ",{\"group\":");
	buf_add_json_text(out, span_of(group));
	buf_add_text(out, ",\"topic\":");
	buf_add_json_text(out, span_of(topic));
	buf_printf(out, ",\"partition\":%zu,\"committed\":%lld,\"end\":%lld,\"lag\":%lld,\"lag_seconds\":", i,
	           (long long)partition->committed, (long long)partition->end, (long long)partition->messages);
	if (backlog->age_ms[i] < 0)
		buf_add_text(out, "null}");
	else
		buf_printf(out, "%.3f}", (double)backlog->age_ms[i] / 1000);
}

static void print_json(const struct settings *settings, const struct backlogs *backlogs)
{
	struct buf out;
	char name[GROUP_NAME], topic[TOPIC_NAME_MAX];
	buf_init(&out, (size_t)TOPIC_COUNT * LIMIT_PARTITIONS * 600);
	buf_add_text(&out, "{\"groups\":");
	backlogs_json(settings, backlogs, &out);
	buf_add_text(&out, ",\"partitions\":[");
	for (unsigned g = 0; g < GROUPS; g++) {
		groups_name(settings, g, name);
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			const struct backlog *backlog = &backlogs->of[g][t];
			topic_name(settings->kafka_prefix, (enum topic)t, topic);
			for (size_t i = 0; i < backlog->count; i++)
				json_partition(backlog, i, name, topic, &out);
		}
	}
	printf("%s]}\n", buf_text(&out));
	buf_done(&out);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static struct backlogs backlogs;
	rd_kafka_t *client = NULL;
	struct err err;
	const struct args args = {.ctl = ctl, .json = true};
	if (args_read(&args, argc, argv, NULL, &err) || groups_client(&ctl->settings, &client, &err))
		return ctl_fail(&err);
	int result = backlogs_read(&ctl->settings, client, &backlogs, &err);
	if (result == 0 && ctl->json)
		print_json(&ctl->settings, &backlogs);
	else if (result == 0) {
		print_groups(&ctl->settings, &backlogs);
		putchar('\n');
		print_partitions(&ctl->settings, &backlogs);
	}
	kafka_destroy(client);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_lag = {
	.name = "lag",
	.args = "[--json]",
	.help = "how far the workers are behind, in messages and in time",
	.text =
		"For each worker's consumer group, topic and partition: the committed offset, the end, the messages between\n"
		"them, and the age of the oldest of these. A job that waits for a free fetcher is lag, and old; a library\n"
		"nobody syncs is none. A group that has never committed counts everything that Kafka keeps, for that is what\n"
		"it will read.\n\n"
		"  syncline lag\n  syncline lag --json | jq '.groups[] | {group, lag, lag_seconds}'\n",
	.run = run,
};

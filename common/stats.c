/* Counters and gauges. */
#include "common/stats.h"

#include <dirent.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static _Atomic int64_t values[STAT_COUNT];

static const struct {
	const char *name, *kind, *help;
	unsigned programs;
} table[STAT_COUNT] = {
#define STAT(name, kind, programs, help) {#name, #kind, help, programs},
#include "common/stats.def"
};

static const struct {
	const char *name, *labels, *help;
} readings[READING_COUNT] = {
#define READING(name, labels, help) {#name, labels, help},
#include "common/stats.def"
};

void stats_add(enum stat stat, int64_t by)
{
	atomic_fetch_add_explicit(&values[stat], by, memory_order_relaxed);
}

void stats_set(enum stat stat, int64_t to)
{
	atomic_store_explicit(&values[stat], to, memory_order_relaxed);
}

int64_t stats_get(enum stat stat)
{
	return atomic_load_explicit(&values[stat], memory_order_relaxed);
}

/* Under the names that Prometheus' own libraries use. */
static const struct {
	const char *name, *kind, *help;
} of_process[] = {
	{"process_resident_memory_bytes", "gauge", "Memory in use"},
	{"process_open_fds", "gauge", "Open descriptors"},
	{"process_cpu_seconds_total", "counter", "Processor time used"},
};

static void render_process(struct buf *out)
{
	long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "r");
	if (statm) {
		if (fscanf(statm, "%*s %ld", &pages) != 1)
			pages = 0;
		fclose(statm);
	}
	int descriptors = -3; /* ".", ".." and the directory itself */
	DIR *dir = opendir("/proc/self/fd");
	while (dir && readdir(dir))
		descriptors++;
	if (dir)
		closedir(dir);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	const double samples[] = {(double)pages * (double)sysconf(_SC_PAGESIZE), descriptors, cpu};
	for (size_t i = 0; i < COUNT_OF(of_process); i++)
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", of_process[i].name, of_process[i].help,
		           of_process[i].name, of_process[i].kind, of_process[i].name, samples[i]);
}

void stats_render(enum settings_program program, struct buf *out)
{
	for (unsigned i = 0; i < STAT_COUNT; i++) {
		if (table[i].programs & program)
			buf_printf(out, "# HELP syncline_%s %s\n# TYPE syncline_%s %s\nsyncline_%s %lld\n", table[i].name,
			           table[i].help, table[i].name, table[i].kind, table[i].name, (long long)stats_get((enum stat)i));
	}
	render_process(out);
}

/* ---- readings ---- */

enum reading stats_reading(const char *name)
{
	enum reading reading = 0;
	while (reading < READING_COUNT && strcmp(readings[reading].name, name) != 0)
		reading++;
	return reading;
}

void stats_begin(enum reading reading, struct buf *out)
{
	const char *name = readings[reading].name;
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, readings[reading].help, name);
}

static void add_escaped(const char *value, struct buf *out)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			buf_add_byte(out, '\\');
		if (*value == '\n')
			buf_add_text(out, "\\n");
		else
			buf_add_byte(out, *value);
	}
}

void stats_sample(enum reading reading, const char *const *texts, double sample, struct buf *out)
{
	const char *label = readings[reading].labels;
	buf_add_text(out, readings[reading].name);
	for (size_t i = 0; *label; i++) {
		size_t len = strcspn(label, ",");
		buf_printf(out, "%c%.*s=\"", i ? ',' : '{', (int)len, label);
		add_escaped(texts[i], out);
		buf_add_byte(out, '"');
		label += len + (label[len] ? 1 : 0);
	}
	buf_printf(out, "%s %.15g\n", *readings[reading].labels ? "}" : "", sample);
}

/* ---- the reference ---- */

static void list_labels(const char *labels, FILE *out)
{
	for (; *labels; labels += strcspn(labels, ",") + (strchr(labels, ',') ? 1 : 0))
		fprintf(out, " `%.*s`", (int)strcspn(labels, ","), labels);
}

void stats_reference(FILE *out)
{
	static const char *const programs[] = {"fetcher", "parser", "writer"};
	fprintf(out,
	        "# Metrics\n\nWritten by `syncline reference metrics`; the source is `common/stats.def`. What to do about them:\n"
	        "[operations.md](operations.md).\n\n"
	        "## Of the workers\n\nServed on `health_address` and `health_port` of each.\n\n"
	        "| metric | kind | of | meaning |\n|---|---|---|---|\n");
	for (unsigned i = 0; i < STAT_COUNT; i++) {
		fprintf(out, "| `syncline_%s` | %s |", table[i].name, table[i].kind);
		for (unsigned bit = 0; bit < COUNT_OF(programs); bit++) {
			if (table[i].programs & (1u << bit))
				fprintf(out, " %s", programs[bit]);
		}
		fprintf(out, " | %s |\n", table[i].help);
	}
	fprintf(out,
	        "\n## Of the console\n\nServed by `syncline serve` to whoever may read. All are gauges, about the whole installation:\n"
	        "exactly one console should be scraped, or sums count twice.\n\n"
	        "| metric | labels | meaning |\n|---|---|---|\n");
	for (unsigned i = 0; i < READING_COUNT; i++) {
		fprintf(out, "| `%s` |", readings[i].name);
		list_labels(readings[i].labels, out);
		fprintf(out, " | %s |\n", readings[i].help);
	}
	fprintf(out, "\n## Of every process\n\n| metric | kind | meaning |\n|---|---|---|\n");
	for (unsigned i = 0; i < COUNT_OF(of_process); i++)
		fprintf(out, "| `%s` | %s | %s |\n", of_process[i].name, of_process[i].kind, of_process[i].help);
}

/* Counters and gauges. */
#include "common/stats.h"

#include <dirent.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

static _Atomic int64_t values[STAT_COUNT];

static const struct {
	const char *name, *kind, *help;
	unsigned programs;
} table[STAT_COUNT] = {
#define STAT(name, kind, programs, help) {#name, #kind, help, programs},
#include "common/stats.def"
#undef STAT
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
	buf_printf(out,
	           "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %lld\n"
	           "# TYPE process_open_fds gauge\nprocess_open_fds %d\n"
	           "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total %.3f\n",
	           (long long)pages * sysconf(_SC_PAGESIZE), descriptors, cpu);
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

void stats_reference(FILE *out)
{
	static const char *const programs[] = {"fetcher", "parser", "writer"};
	fprintf(out, "# Metrics\n\nWritten by `syncline reference metrics`; the source is `common/stats.def`.\n\n"
	             "| metric | kind | of | meaning |\n|---|---|---|---|\n");
	for (unsigned i = 0; i < STAT_COUNT; i++) {
		fprintf(out, "| `syncline_%s` | %s |", table[i].name, table[i].kind);
		for (unsigned bit = 0; bit < COUNT_OF(programs); bit++) {
			if (table[i].programs & (1u << bit))
				fprintf(out, " %s", programs[bit]);
		}
		fprintf(out, " | %s |\n", table[i].help);
	}
}

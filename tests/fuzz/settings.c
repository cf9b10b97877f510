/* The settings file. Input: the file's text. Holds: a file is refused with a text or leaves every setting in its range, and what
 * is shown of the settings, read again, shows the same. */
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "common/settings.h"

static struct settings settings; /* too large for the stack */

static int load(int file, struct err *err)
{
	char path[40], *argv[] = {(char[]){"program"}, (char[]){"--config"}, path};
	int used;
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	return settings_load(&settings, FOR_CTL, (int)COUNT_OF(argv), argv, &used, err);
}

static void show(char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);
	assert(out);
	settings_show(&settings, FOR_CTL, out);
	fclose(out);
}

static int file_of(struct span text)
{
	int file = memfd_create("settings", MFD_CLOEXEC);
	assert(file >= 0 && write(file, text.at, text.len) == (ssize_t)text.len);
	return file;
}

static void check_ranges(void)
{
#define TEXT(key, default, programs, flags, help) assert(memchr(settings.key, '\0', sizeof settings.key));
#define NUMBER(key, default, min, max, unit, programs, flags, help) \
	assert(settings.key >= (min) && settings.key <= (max));
#include "common/settings.def"
#undef TEXT
#undef NUMBER
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	char *first, *second;
	size_t first_len, second_len;
	int file = file_of(fuzz_input(data, size)), again;
	if (load(file, &err)) {
		assert(err.class == ERR_CONFIG && *err.text);
		close(file);
		return 0;
	}
	check_ranges();
	show(&first, &first_len);
	again = file_of((struct span){first, first_len});
	assert(load(again, &err) == 0);
	show(&second, &second_len);
	assert(first_len == second_len && memcmp(first, second, first_len) == 0);
	free(first);
	free(second);
	close(file);
	close(again);
	return 0;
}

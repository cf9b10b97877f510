/* Embedded files. */
#include "console/assets.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdio.h>

#include "common/hash.h"
#include "console/routes.h"

enum { ASSETS_MAX = 32 };

static char urls[ASSETS_MAX][80];

void assets_open(void)
{
	for (size_t i = 0; asset_files[i].name; i++) {
		assert(i < ASSETS_MAX);
		struct span bytes = {(const char *)asset_files[i].bytes, asset_files[i].len};
		snprintf(urls[i], sizeof urls[i], "/assets/%.40s?%016llx", asset_files[i].name,
		         (unsigned long long)hash_of(bytes));
	}
}

const char *assets_url(const char *name)
{
	for (size_t i = 0; asset_files[i].name; i++) {
		if (strcmp(asset_files[i].name, name) == 0)
			return urls[i];
	}
	assert(false && "no such asset");
	return "";
}

static const char *type_of(const char *name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{".css", "text/css; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".yaml", "application/yaml"},
	};
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		const char *end = strrchr(name, '.');
		if (end && strcmp(end, types[i].end) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

void assets_show(struct visit *visit, const char *name)
{
	for (size_t i = 0; asset_files[i].name; i++) {
		if (strcmp(asset_files[i].name, name) != 0)
			continue;
		visit->response->type = type_of(asset_files[i].name);
		/* Only the address with the digest stands for these bytes for good. */
		if (strcmp(visit->request->query_text, strchr(urls[i], '?') + 1) == 0)
			http_add_header(visit->request, visit->response, "Cache-Control", "public, max-age=31536000, immutable");
		buf_add(VISIT_OUT(visit), asset_files[i].bytes, asset_files[i].len);
		return;
	}
	visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "There is no such file.");
}

static void show(struct visit *visit)
{
	assets_show(visit, visit->parts[0]);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/assets/{}", .run = show, .without_database = true},
	{0},
};

const struct route_table asset_routes = {.family = FAMILY_PAGE, .routes = routes};

/* All routes of the console. */
#include "console/routes.h"

const struct route_table *const route_tables[] = {
	&asset_routes,
	&health_routes,
	&sign_in_routes,
	&overview_routes,
	&sync_routes,
	&accounts_routes,
	&account_routes,
	&account_remove_routes,
	&schedule_routes,
	&action_routes,
	/* Behind those above, which an account called "connect" has, too. */
	&connect_routes,
	&connect_spotify_routes,
	&rejects_routes,
	&workers_routes,
	&settings_routes,
	&webhooks_routes,
	&api_webhook_routes,
	&api_lag_routes,
	&api_account_routes,
	&api_sync_routes,
	&api_action_routes,
	&api_schedule_routes,
	/* The first three stand where a list's name does. */
	&history_routes,
	&search_routes,
	&export_routes,
	&library_routes,
	&list_routes,
	&item_routes,
	&playlist_routes,
	&subsonic_routes,
	NULL,
};

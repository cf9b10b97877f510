/* The tables of routes, in the files that answer them; routes.c lists them. */
#ifndef SYNCLINE_CONSOLE_ROUTES_H
#define SYNCLINE_CONSOLE_ROUTES_H

#include "console/router.h"

extern const struct route_table asset_routes, health_routes, sign_in_routes, overview_routes, sync_routes,
	rejects_routes, workers_routes, settings_routes, api_lag_routes, api_account_routes, api_sync_routes,
	api_action_routes, action_routes, accounts_routes, account_routes, account_remove_routes, connect_routes,
	connect_spotify_routes, schedule_routes, api_schedule_routes, history_routes;
extern const struct route_table library_routes, search_routes, list_routes, item_routes, playlist_routes, export_routes,
	subsonic_routes, webhooks_routes, api_webhook_routes;

#endif

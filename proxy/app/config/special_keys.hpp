// The keys whose values have rules of their own: each checks one and puts it where it belongs.
#pragma once

#include "app/config/settings.hpp"
#include "app/config/value.hpp"

namespace ferry::app {

verdict assign_listen(settings& all, const raw_value& raw);
verdict assign_admin_listen(settings& all, const raw_value& raw);
verdict assign_denied_networks(settings& all, const raw_value& raw);
verdict assign_trusted_proxies(settings& all, const raw_value& raw);
verdict assign_origins(settings& all, const raw_value& raw);
verdict assign_store_url(settings& all, const raw_value& raw);
verdict assign_journal_dir(settings& all, const raw_value& raw);
verdict assign_rates(settings& all, const raw_value& raw);
verdict assign_proxy(settings& all, const raw_value& raw);
verdict assign_budget_slice(settings& all, const raw_value& raw);
verdict assign_budget_timezone(settings& all, const raw_value& raw);
verdict assign_budget_currency(settings& all, const raw_value& raw);
verdict assign_webhook(settings& all, const raw_value& raw);
verdict assign_webhook_secret(settings& all, const raw_value& raw);
verdict assign_socket_mode(settings& all, const raw_value& raw);

}  // namespace ferry::app

#include "app/config/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "app/config/address.hpp"
#include "app/config/special_keys.hpp"

namespace ferry::app {
namespace {

using assign_fn = std::function<verdict(settings&, const raw_value&)>;
using std::chrono::milliseconds;

constexpr std::int64_t kib = 1 << 10, mib = 1 << 20, gib = 1 << 30;
constexpr integer_range some_time{1, 24 * 3'600'000};  // 1ms to 24h
constexpr integer_range or_at_once{0, 24 * 3'600'000};

// Below, `path` is the chain of member pointers from settings to the target. An empty path checks and stores nothing.

template <class Value, class Read, class... Path>
assign_fn stored(Read read, Path... path) {
    return [=](settings& all, const raw_value& raw) {
        Value value{};
        verdict v = read(raw, value);
        if constexpr (sizeof...(Path) > 0) {
            if (v.problem.empty()) {
                auto& target = (all.*....*path);
                target = static_cast<std::remove_reference_t<decltype(target)>>(std::move(value));
            }
        }
        return v;
    };
}

template <class... Path>
assign_fn boolean(Path... path) {
    return stored<bool>(read_bool, path...);
}
template <class... Path>
assign_fn integer(integer_range range, Path... path) {
    return stored<std::int64_t>([=](auto& raw, auto& value) { return read_integer(raw, range, value); }, path...);
}
template <class... Path>
assign_fn size(integer_range range, Path... path) {
    return stored<std::int64_t>([=](auto& raw, auto& value) { return read_size(raw, range, value); }, path...);
}
template <class... Path>
assign_fn duration(integer_range range, Path... path) {
    return stored<milliseconds>([=](auto& raw, auto& value) { return read_duration(raw, range, value); }, path...);
}
template <class... Path>
assign_fn file_path(Path... path) {
    return stored<std::string>(
        [](const raw_value& raw, std::string& value) {
            verdict v = read_string(raw, value);
            value = absolute_path(value);
            return v;
        },
        path...);
}
// The names stand in the order of the enumerators.
template <std::size_t N, class... Path>
assign_fn choice(std::array<std::string_view, N> names, Path... path) {
    return stored<std::size_t>([=](auto& raw, auto& value) { return read_choice(raw, names, value); }, path...);
}
template <class... Path>
assign_fn ratio(Path... path) {
    return stored<double>(read_ratio, path...);
}
template <class... Path>
assign_fn text(Path... path) {
    return stored<std::string>(read_string, path...);
}

using server_limits = server::limits;

std::vector<key_rule> server_keys() {
    constexpr auto in = &settings::server;
    constexpr auto limits = &server::options::limits;
    return {
        {"server", "listen", assign_listen},
        {"server", "admin_listen", assign_admin_listen},
        {"server", "threads", integer({0, 1024}, in, &server::options::threads)},
        {"server", "max_connections", integer({1, 1'000'000}, in, &server::options::max_connections)},
        {"server", "max_loop_lag", duration(or_at_once, in, &server::options::max_loop_lag)},
        {"server", "drain_grace", duration(or_at_once, in, &server::options::drain_grace)},
        {"server", "drain_timeout", duration(or_at_once, in, &server::options::drain_timeout)},
        {"server", "expose_upstream_limits", boolean(in, &server::options::expose_upstream_limits)},
        {"server", "tls_certificate", file_path(in, &server::options::tls_certificate)},
        {"server", "tls_key", file_path(in, &server::options::tls_key)},
        {"server", "cors_origins", assign_origins},
        {"server", "trusted_proxies", assign_trusted_proxies},
        {"server", "unix_socket_mode", assign_socket_mode},
        {"server", "unix_socket_group", text(in, &server::options::unix_socket_group)},
        {"auth", "required", boolean(in, &server::options::auth_required)},
        {"limits", "header_bytes", size({kib, mib}, in, limits, &server_limits::header_bytes)},
        {"limits", "json_body_bytes", size({kib, 2 * gib}, in, limits, &server_limits::json_body_bytes)},
        {"limits", "multipart_body_bytes", size({kib, 16 * gib}, in, limits, &server_limits::multipart_body_bytes)},
        {"limits", "spool_dir", file_path(in, limits, &server_limits::spool_dir)},
        {"limits", "spool_bytes", size({kib, 16 * 1024 * gib}, in, limits, &server_limits::spool_bytes)},
        {"limits", "body_memory", size({kib, 1024 * gib}, in, limits, &server_limits::body_memory)},
        {"limits", "answer_memory", size({kib, 1024 * gib}, in, limits, &server_limits::answer_memory)},
        {"limits", "json_depth", integer({1, 1024}, in, limits, &server_limits::json_depth)},
        {"limits", "connections_per_address",
         integer({0, 1'000'000}, in, limits, &server_limits::connections_per_address)},
        {"limits", "header_timeout", duration(some_time, in, limits, &server_limits::header_timeout)},
        {"limits", "body_timeout", duration(some_time, in, limits, &server_limits::body_timeout)},
        {"limits", "keepalive_timeout", duration(some_time, in, limits, &server_limits::keepalive_timeout)},
        {"limits", "write_timeout", duration(some_time, in, limits, &server_limits::write_timeout)},
    };
}

std::vector<key_rule> upstream_keys() {
    constexpr auto relayed = &settings::relay;
    constexpr auto in = &settings::upstream;
    constexpr auto retry = &relay::options::retry;
    constexpr auto circuit = &relay::options::circuit;
    constexpr auto hedge = &relay::options::hedge;
    constexpr std::array<std::string_view, 2> probes{"off", "models"};
    return {
        {"timeouts", "connect", duration(some_time, in, &upstream::options::connect)},
        {"timeouts", "first_byte", duration(some_time, relayed, &relay::options::first_byte)},
        {"timeouts", "idle", duration(some_time, relayed, &relay::options::idle)},
        {"timeouts", "total", duration(some_time, relayed, &relay::options::total)},
        {"upstream", "idle_per_host", integer({0, 100'000}, in, &upstream::options::idle_per_host)},
        {"upstream", "warm_connections", integer({0, 1000}, in, &upstream::options::warm_connections)},
        {"upstream", "max_connections_per_endpoint",
         integer({0, 1'000'000}, in, &upstream::options::max_connections_per_endpoint)},
        {"upstream", "idle_timeout", duration(some_time, in, &upstream::options::idle_timeout)},
        {"upstream", "tls_verify", boolean(in, &upstream::options::tls_verify)},
        {"upstream", "ca_file", file_path(in, &upstream::options::ca_file)},
        {"upstream", "client_certificate", file_path(in, &upstream::options::client_certificate)},
        {"upstream", "client_key", file_path(in, &upstream::options::client_key)},
        {"upstream", "denied_networks", assign_denied_networks},
        {"upstream", "proxy", assign_proxy},
        {"upstream", "header_bytes", size({16 * kib, mib}, in, &upstream::options::header_bytes)},
        {"retry", "attempts", integer({1, 100}, relayed, retry, &relay::retry_options::attempts)},
        {"retry", "budget", ratio(relayed, retry, &relay::retry_options::budget)},
        {"retry", "backoff_base", duration(some_time, relayed, retry, &relay::retry_options::backoff_base)},
        {"retry", "backoff_max", duration(some_time, relayed, retry, &relay::retry_options::backoff_max)},
        {"retry", "retry_after_max", duration(or_at_once, relayed, retry, &relay::retry_options::retry_after_max)},
        {"retry", "first_token_quantile", ratio(relayed, retry, &relay::retry_options::first_token_quantile)},
        {"retry", "queue_timeout", duration(or_at_once, relayed, retry, &relay::retry_options::queue_timeout)},
        {"retry", "hold_max", duration(or_at_once, relayed, retry, &relay::retry_options::hold_max)},
        {"hedge", "enabled", boolean(relayed, hedge, &relay::hedge_options::enabled)},
        {"hedge", "quantile", ratio(relayed, hedge, &relay::hedge_options::quantile)},
        {"hedge", "max_share", ratio(relayed, hedge, &relay::hedge_options::max_share)},
        {"hedge", "max_cost_share", ratio(relayed, hedge, &relay::hedge_options::max_cost_share)},
        {"circuit", "failure_ratio", ratio(relayed, circuit, &relay::circuit_options::failure_ratio)},
        {"circuit", "minimum_requests",
         integer({1, 1'000'000}, relayed, circuit, &relay::circuit_options::minimum_requests)},
        {"circuit", "window", duration(some_time, relayed, circuit, &relay::circuit_options::window)},
        {"circuit", "cooldown", duration(or_at_once, relayed, circuit, &relay::circuit_options::cooldown)},
        {"circuit", "cooldown_max", duration(or_at_once, relayed, circuit, &relay::circuit_options::cooldown_max)},
        {"circuit", "probe", choice(probes, relayed, circuit, &relay::circuit_options::probe)},
    };
}

std::vector<key_rule> store_keys() {
    constexpr auto stores = &settings::store;
    constexpr auto in = &settings::usage;
    constexpr auto talks = &settings::conversations;
    constexpr std::array<std::string_view, 2> durabilities{"process", "power"};
    constexpr std::array<std::string_view, 2> histories{"merge", "store"};
    constexpr auto budgets = &settings::budget;
    constexpr std::array<std::string_view, 2> aways{"allow", "refuse"};
    return {
        {"store", "url", assign_store_url},
        {"store", "refresh_interval", duration({10, 3'600'000}, stores, &store::options::refresh_interval)},
        {"store", "auto_migrate", boolean(stores, &store::options::auto_migrate)},
        {"store", "snapshot_file", file_path(stores, &store::options::snapshot_file)},
        {"store", "snapshot_max_age",
         duration({1000, 366LL * 24 * 3'600'000}, stores, &store::options::snapshot_max_age)},
        {"usage", "journal_dir", assign_journal_dir},
        {"usage", "durability", choice(durabilities, in, &usage::options::durability)},
        {"usage", "journal_max_bytes", size({mib, 1024 * gib}, in, &usage::options::journal_max_bytes)},
        {"usage", "flush_interval", duration({1, 3'600'000}, in, &usage::options::flush_interval)},
        {"usage", "retention", stored<std::chrono::days>(read_days, in, &usage::options::retention)},
        {"usage", "sums_retention", stored<std::chrono::days>(read_days, in, &usage::options::sums_retention)},
        {"usage", "estimate", boolean(in, &usage::options::estimate)},
        {"usage", "flush_rows", integer({1, 100'000}, in, &usage::options::flush_rows)},
        {"usage", "rates", assign_rates},
        {"conversations", "enabled", boolean(talks, &conversation::options::enabled)},
        {"conversations", "history", choice(histories, talks, &conversation::options::history)},
        {"conversations", "max_messages", integer({1, 10'000}, talks, &conversation::options::max_messages)},
        {"conversations", "max_tokens", integer({1, 100'000'000}, talks, &conversation::options::max_tokens)},
        {"conversations", "purge_after",
         stored<std::chrono::days>(read_days, talks, &conversation::options::purge_after)},
        {"budget", "slice", assign_budget_slice},
        {"budget", "lease", duration({1000, 24 * 3'600'000}, budgets, &limits::budget_options::lease)},
        {"budget", "when_store_is_away", choice(aways, budgets, &limits::budget_options::refuses_when_away)},
        {"budget", "timezone", assign_budget_timezone},
        {"budget", "currency", assign_budget_currency},
        {"budget", "webhook", assign_webhook},
        {"budget", "webhook_secret", assign_webhook_secret},
    };
}

std::vector<key_rule> stream_keys() {
    constexpr auto in = &settings::log;
    constexpr std::array<std::string_view, 2> half_closes{"gone", "answer"};
    constexpr std::array<std::string_view, 2> leavings{"cut", "drain"};
    constexpr std::array<std::string_view, 5> levels{"trace", "debug", "info", "warn", "error"};
    constexpr std::array<std::string_view, 3> formats{"auto", "text", "json"};
    return {
        {"stream", "half_close", choice(half_closes, &settings::relay, &relay::options::half_close)},
        {"stream", "on_disconnect", choice(leavings, &settings::relay, &relay::options::on_disconnect)},
        {"stream", "drain_limit", duration(some_time, &settings::relay, &relay::options::drain_limit)},
        {"stream", "drain_tokens", integer({1, 100'000'000}, &settings::relay, &relay::options::drain_tokens)},
        {"stream", "keepalive", duration(some_time, &settings::relay, &relay::options::keepalive)},
        {"stream", "rescue", boolean(&settings::relay, &relay::options::rescue)},
        {"stream", "rescue_after", duration(some_time, &settings::relay, &relay::options::rescue_after)},
        {"log", "level", choice(levels, in, &log_options::level)},
        {"log", "format", choice(formats, in, &log_options::format)},
        {"log", "access", boolean(in, &log_options::access)},
        {"log", "slow", duration(or_at_once, in, &log_options::slow)},
    };
}

}  // namespace

const std::vector<key_rule>& key_table() {
    static const std::vector<key_rule> table = [] {
        std::vector<key_rule> all;
        for (auto part : {server_keys, upstream_keys, store_keys, stream_keys}) {
            for (auto& rule : part()) all.push_back(std::move(rule));
        }
        return all;
    }();
    return table;
}

const key_rule* find_key(std::string_view section, std::string_view name) {
    const auto& table = key_table();
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const key_rule& rule) { return rule.section == section && rule.name == name; });
    return found == table.end() ? nullptr : &*found;
}

const std::vector<std::string_view>& section_names() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> all;
        for (const auto& rule : key_table()) {
            if (std::find(all.begin(), all.end(), rule.section) == all.end()) all.push_back(rule.section);
        }
        return all;
    }();
    return names;
}

std::vector<std::string_view> key_names(std::string_view section) {
    std::vector<std::string_view> names;
    for (const auto& rule : key_table()) {
        if (rule.section == section) names.push_back(rule.name);
    }
    return names;
}

}  // namespace ferry::app

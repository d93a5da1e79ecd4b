#include "app/status.hpp"

#include <boost/json.hpp>

namespace ferry::app {

namespace json = boost::json;

namespace {

constexpr std::size_t most_endpoints = 1000;

json::array refused_rows(const status_sources& from) {
    json::array rows;
    for (const auto* list : {&from.catalog.refused->all(), &from.refused_keys}) {
        for (const auto& row : *list) {
            rows.push_back(
                json::object{{"table", row.table}, {"id", row.id}, {"name", row.name}, {"reason", row.reason}});
        }
    }
    return rows;
}

json::value optional_time(const std::optional<std::int64_t>& us) {
    return us ? json::value(*us) : json::value();
}

json::object catalog_part(const status_sources& from) {
    return {{"version", from.catalog.version},
            {"is_from_snapshot", from.catalog.is_from_snapshot},
            {"last_success_us", optional_time(from.catalog.last_success_us)},
            {"last_publish_us", optional_time(from.catalog.last_publish_us)},
            {"age_us", from.catalog.last_success_us ? json::value(wall_us() - *from.catalog.last_success_us) : nullptr},
            {"refresh_failures", from.catalog.failures},
            {"last_error", from.catalog.last_error},
            {"kept_because", from.catalog.kept_because},
            {"refused", refused_rows(from)}};
}

// What is left alone for a while, and why.
json::array circuits_part(const status_sources& from) {
    json::array all;
    for (const auto& one : from.breakers.list(from.configuration.relay.circuit, steady::now())) {
        json::array names(one.model_names.begin(), one.model_names.end());
        all.push_back(json::object{{"level", relay::to_text(one.level)},
                                   {"state", relay::to_text(one.state)},
                                   {"refuses", one.refuses},
                                   {"host", one.host},
                                   {"models", std::move(names)},
                                   {"model_id", one.model_id},
                                   {"error_code", one.error_code},
                                   {"reason", one.reason},
                                   {"failures", one.failures},
                                   {"openings", one.openings},
                                   {"left_ms", one.left.count()},
                                   {"probe", one.looked ? json::value(relay::to_text(*one.looked)) : json::value()}});
    }
    return all;
}

// The rows that have a limit of requests at once, and were asked.
json::array rows_part(const status_sources& from) {
    json::array all;
    for (const auto& one : from.rows) {
        all.push_back(json::object{{"model_id", one.model_id},
                                   {"model", one.model_name},
                                   {"max_parallel", one.most},
                                   {"in_use", one.in_use},
                                   {"waiting", one.waiting},
                                   {"waited", one.waited},
                                   {"refused", one.refused}});
    }
    return all;
}

json::array cores_part(const status_sources& from) {
    json::array all;
    for (const auto& one : from.cores) {
        const auto& counts = one->counts();
        all.push_back(json::object{{"catalog_version", one->catalog_version()},
                                   {"connections", counts.connections.load()},
                                   {"open_connections", counts.open_connections.load()},
                                   {"open_exchanges", counts.open_exchanges.load()},
                                   {"open_streams", counts.measured.open_streams.value()},
                                   {"requests", counts.requests.load()},
                                   {"relayed", counts.relayed.load()},
                                   {"failed", counts.failed.load()},
                                   {"refused_framing", counts.refused_framing.load()},
                                   {"refused_auth", counts.refused_auth.load()},
                                   {"refused_limit", counts.refused_limit.load()},
                                   {"refused_request", counts.refused_request.load()},
                                   {"refused_overload", counts.refused_overload.load()},
                                   {"is_shedding", counts.is_shedding.load() != 0},
                                   {"loop_lag_us", counts.loop_lag_us.load()}});
    }
    return all;
}

json::object journal_part(const status_sources& from) {
    return {{"segments", from.journal.segments},
            {"bytes", from.journal.bytes},
            {"max_bytes", from.journal.max_bytes},
            {"open_requests", from.journal.open_requests},
            {"refused", from.journal.refused},
            {"waited_for_segment", from.journal.late},
            {"failed_segments", from.journal.failed_segments},
            {"lost_requests", from.journal.lost_requests},
            {"last_error", from.journal.last_error},
            {"rows_shipped", from.shipper.rows_shipped},
            {"lag_rows", from.shipper.lag_rows},
            {"lag_bytes", from.shipper.lag_bytes},
            {"dead_letters", from.shipper.dead_letters},
            {"interrupted", from.shipper.interrupted},
            {"quarantined", from.shipper.quarantined},
            {"store_is_away", from.shipper.store_is_away},
            {"store_error", from.shipper.last_error},
            {"purge_error", from.shipper.purge_error}};
}

json::array upstream_part(const status_sources& from) {
    json::array all;
    for (const auto& [key, of] : pools_of(from, most_endpoints)) {
        all.push_back(json::object{{"endpoint", key},
                                   {"idle", of.idle},
                                   {"in_use", of.in_use},
                                   {"opened", of.opened},
                                   {"reused", of.reused},
                                   {"failed", of.failed},
                                   {"waited", of.waited},
                                   {"refused", of.refused}});
    }
    return all;
}

json::object limits_part(const status_sources& from) {
    const auto& server = from.configuration.server;
    return {{"max_connections", from.connections.most},
            {"max_connections_configured", server.max_connections},
            {"connections_per_address", server.limits.connections_per_address},
            {"connections_closed_for_others", from.connections.closed_idle},
            {"connections_refused", from.connections.refused},
            {"header_bytes", server.limits.header_bytes},
            {"json_body_bytes", server.limits.json_body_bytes},
            {"json_depth", server.limits.json_depth},
            {"body_memory", server.limits.body_memory},
            {"body_memory_used", from.bodies.used.load()},
            {"answer_memory", server.limits.answer_memory},
            {"answer_memory_used", from.answers.used.load()},
            {"max_connections_per_endpoint", from.configuration.upstream.max_connections_per_endpoint},
            {"connect_ms", from.configuration.upstream.connect.count()},
            {"first_byte_ms", from.configuration.relay.first_byte.count()},
            {"idle_ms", from.configuration.relay.idle.count()},
            {"total_ms", from.configuration.relay.total.count()}};
}

}  // namespace

std::map<std::string, upstream::pool_status> pools_of(const status_sources& from, std::size_t most) {
    std::map<std::string, upstream::pool_status> all;
    for (const auto& one : from.cores) {
        for (const auto& of : one->pools()) {
            auto& sum = all.size() < most || all.contains(of.label) ? all[of.label] : all["other"];
            sum.idle += of.idle;
            sum.in_use += of.in_use;
            sum.opened += of.opened;
            sum.reused += of.reused;
            sum.failed += of.failed;
            sum.waited += of.waited;
            sum.refused += of.refused;
        }
    }
    return all;
}

std::string status_json(const status_sources& from) {
    json::object all;
    all["version"] = FERRY_VERSION;
    all["config"] = from.configuration.file;
    all["state"] = from.draining ? "draining" : "serving";
    all["degraded"] = from.degraded ? json::value(*from.degraded) : nullptr;
    all["uptime_us"] = us_between(from.started, steady::now());
    all["catalog"] = catalog_part(from);
    all["cores"] = cores_part(from);
    all["upstreams"] = upstream_part(from);
    all["circuits"] = circuits_part(from);
    all["rows"] = rows_part(from);
    all["journal"] = journal_part(from);
    all["limits"] = limits_part(from);
    all["log"] = {{"dropped_stderr_lines", from.dropped.of_stderr}, {"dropped_stdout_lines", from.dropped.of_stdout}};
    return json::serialize(all);
}

}  // namespace ferry::app

#include "app/metrics.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "app/process_figures.hpp"
#include "app/request_families.hpp"

namespace ferry::app {

namespace {

constexpr std::size_t most_endpoints = 500;

double number(std::integral auto value) {
    return static_cast<double>(value);
}

double yes(bool value) {
    return value ? 1 : 0;
}

void add_process(metric_sheet& sheet, const status_sources& from) {
    const auto process = read_process_figures();
    sheet.gauge("ferry_build_info", "Always 1; the labels tell which build runs.")
        .add(1, {{"version", FERRY_VERSION}, {"commit", FERRY_COMMIT}});
    sheet.gauge("process_start_time_seconds", "Start of the process since the Unix epoch.").add(process.started_s);
    sheet.counter("process_cpu_seconds_total", "User and system time.").add(process.cpu_s);
    sheet.gauge("process_resident_memory_bytes", "Resident memory.").add(number(process.resident_bytes));
    sheet.gauge("process_open_fds", "Open file descriptors.").add(number(process.open_descriptors));
    sheet.gauge("process_max_fds", "File descriptors the process may open.").add(number(process.most_descriptors));
    sheet.gauge("ferry_ready", "1 while /readyz says that it takes traffic.").add(yes(!from.draining));
    sheet.gauge("ferry_degraded", "1 while something works, but not as it should; /readyz says what.")
        .add(yes(from.degraded.has_value()));
    sheet.gauge("ferry_body_memory_bytes", "Memory that request bodies use.").add(number(from.bodies.used.load()));
    sheet.gauge("ferry_body_memory_max_bytes", "limits.body_memory.").add(number(from.bodies.limit.load()));
    sheet.gauge("ferry_answer_memory_bytes", "Memory that answers are held in.").add(number(from.answers.used.load()));
    sheet.gauge("ferry_answer_memory_max_bytes", "limits.answer_memory.").add(number(from.answers.limit.load()));
    sheet.gauge("ferry_max_connections", "server.max_connections, or fewer if too few descriptors may be opened.")
        .add(number(from.connections.most));
    sheet.counter("ferry_connections_closed_idle_total", "Idle client connections closed to make room for others.")
        .add(number(from.connections.closed_idle));
    sheet.counter("ferry_connections_refused_total", "Client connections refused because none that is open was idle.")
        .add(number(from.connections.refused));
}

void add_logs(metric_sheet& sheet, const status_sources& from) {
    sheet.counter("ferry_log_lines_dropped_total", "Log lines lost because whoever reads them was too slow or is gone.")
        .add(number(from.dropped.of_stderr), {{"stream", "stderr"}})
        .add(number(from.dropped.of_stdout), {{"stream", "stdout"}});
}

void add_cores(metric_sheet& sheet, const status_sources& from) {
    for (std::size_t i = 0; i < from.cores.size(); ++i) {
        const auto& counts = from.cores[i]->counts();
        const auto core = std::to_string(i);
        const metric_labels labels = {{"core", core}};
        sheet.counter("ferry_connections_total", "Client connections accepted.")
            .add(number(counts.connections.load()), labels);
        sheet.counter("ferry_request_heads_total", "Heads of requests read.")
            .add(number(counts.requests.load()), labels);
        sheet.counter("ferry_refused_framing_total", "Requests refused before they were understood.")
            .add(number(counts.refused_framing.load()), labels);
        sheet.counter("ferry_lost_turns_total", "Turns of conversations that could not be kept.")
            .add(number(counts.lost_turns.load()), labels);
        const std::string what = "Streams that broke off, by whether another try went on with them.";
        for (const auto& [result, total] : {std::pair("rescued", &counts.rescued), {"failed", &counts.not_rescued}})
            sheet.counter("ferry_stream_rescues_total", what)
                .add(number(total->load()), {{"core", core}, {"result", result}});
        const std::string hedges = "Second tries beside a late first one, by what became of them.";
        const auto& won = counts.hedges_won;
        for (const auto& [result, total] :
             {std::pair("begun", &counts.hedged), {"won", &won}, {"forgone", &counts.hedges_forgone}})
            sheet.counter("ferry_hedges_total", hedges)
                .add(number(total->load()), {{"core", core}, {"result", result}});
        sheet.counter("ferry_limited_requests_total", "Requests refused by a limit or a budget of who asks.")
            .add(number(counts.refused_limit.load()), labels);
        sheet.counter("ferry_unpriced_requests_total", "Requests answered by a model whose price is unknown.")
            .add(number(counts.unpriced.load()), labels);
        sheet.counter("ferry_overload_refusals_total", "Requests refused because the core has too much to do.")
            .add(number(counts.refused_overload.load()), labels);
        sheet.gauge("ferry_loop_lag_seconds", "How long what was ready waited for its turn, where many were.")
            .add(number(counts.loop_lag_us.load()) / 1e6, labels);
        sheet.gauge("ferry_shedding", "1 while new requests are refused for server.max_loop_lag.")
            .add(number(counts.is_shedding.load()), labels);
        sheet.gauge("ferry_open_connections", "Client connections.")
            .add(number(counts.open_connections.load()), labels);
        sheet.gauge("ferry_open_requests", "Requests that are being served.")
            .add(number(counts.open_exchanges.load()), labels);
        sheet.gauge("ferry_open_streams", "Event streams that are being relayed.")
            .add(number(counts.measured.open_streams.value()), labels);
        add_request_families(sheet, counts);
    }
}

void add_pools(metric_sheet& sheet, const status_sources& from) {
    const auto pools = pools_of(from, most_endpoints);
    const auto count = [&](std::string_view name, std::string_view help, std::uint64_t upstream::pool_status::*which) {
        sheet.counter(name, help);
        for (const auto& [key, of] : pools) sheet.add(number(of.*which), {{"endpoint", key}});
    };
    sheet.gauge("ferry_upstream_connections", "Upstream connections.");
    for (const auto& [key, of] : pools) {
        sheet.add(number(of.idle), {{"endpoint", key}, {"state", "idle"}});
        sheet.add(number(of.in_use), {{"endpoint", key}, {"state", "in_use"}});
    }
    using upstream::pool_status;
    count("ferry_upstream_connects_total", "Upstream connections opened.", &pool_status::opened);
    count("ferry_upstream_reuses_total", "Idle upstream connections taken again.", &pool_status::reused);
    count("ferry_upstream_connect_failures_total", "Upstream connections that did not come about.",
          &pool_status::failed);
    count("ferry_upstream_connection_waits_total",
          "Requests that waited for a connection because of upstream.max_connections_per_endpoint.",
          &pool_status::waited);
    count("ferry_upstream_connection_refusals_total",
          "Requests that got none because of it: they asked another row, or got 503.", &pool_status::refused);
}

// By level and state: who is left alone says /status.
void add_circuits(metric_sheet& sheet, const status_sources& from) {
    using relay::circuit_level, relay::circuit_state;
    constexpr std::array levels = {circuit_level::row, circuit_level::key, circuit_level::endpoint};
    const auto all = from.breakers.list(from.configuration.relay.circuit, steady::now());
    sheet.gauge("ferry_circuits", "Circuits that are not closed.");
    for (const auto level : levels) {
        for (const auto state : {circuit_state::waiting, circuit_state::open, circuit_state::half_open}) {
            const auto count = std::count_if(all.begin(), all.end(), [level, state](const auto& one) {
                return one.level == level && one.state == state;
            });
            sheet.add(number(count), {{"level", relay::to_text(level)}, {"state", relay::to_text(state)}});
        }
    }
    const auto changes = from.breakers.figures();
    sheet.counter("ferry_circuit_changes_total", "Circuits that opened, were probed, or closed.");
    for (const auto level : levels) {
        const auto at = static_cast<std::size_t>(level);
        const auto name = relay::to_text(level);
        sheet.add(number(changes.opened[at]), {{"level", name}, {"to", "open"}});
        sheet.add(number(changes.probed[at]), {{"level", name}, {"to", "half_open"}});
        sheet.add(number(changes.closed[at]), {{"level", name}, {"to", "closed"}});
    }
    using relay::look_outcome;
    sheet.counter("ferry_circuit_probes_total", "Lists of models that Ferry asked for by itself (circuit.probe).");
    for (const auto one :
         {look_outcome::well, look_outcome::refused, look_outcome::failed, look_outcome::unreachable}) {
        sheet.add(number(changes.looks[static_cast<std::size_t>(one)]), {{"outcome", relay::to_text(one)}});
    }
    sheet.counter("ferry_circuit_refusals_total", "Requests of which nobody was asked because of open circuits.")
        .add(number(changes.refused));
}

// Rows that bound how many requests they have at once; told of each, for they are few.
void add_rows(metric_sheet& sheet, const status_sources& from) {
    const auto& rows = from.rows;
    const auto count = std::min(rows.size(), most_endpoints);
    const auto each = [&](const auto& value_of) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto id = std::to_string(rows[i].model_id);
            sheet.add(number(value_of(rows[i])), {{"model_id", id}, {"model", rows[i].model_name}});
        }
    };
    sheet.gauge("ferry_row_max_parallel", "max_parallel of a row: requests it may have at once.");
    each([](const auto& one) { return one.most; });
    sheet.gauge("ferry_row_parallel_requests", "Requests that a row with max_parallel has now.");
    each([](const auto& one) { return one.in_use; });
    sheet.gauge("ferry_row_waiting_requests", "Requests that wait for a row with max_parallel.");
    each([](const auto& one) { return one.waiting; });
    sheet.counter("ferry_row_waits_total", "Requests that had to wait for a row with max_parallel.");
    each([](const auto& one) { return one.waited; });
    sheet.counter("ferry_row_refusals_total", "Requests refused because a row with max_parallel had no room in time.");
    each([](const auto& one) { return one.refused; });
}

void add_journal(metric_sheet& sheet, const status_sources& from) {
    const auto& j = from.journal;
    const auto& s = from.shipper;
    sheet.gauge("ferry_journal_segments", "Journal segments of this process.").add(number(j.segments));
    sheet.gauge("ferry_journal_bytes", "Journal on the disk.").add(number(j.bytes));
    sheet.gauge("ferry_journal_max_bytes", "usage.journal_max_bytes.").add(number(j.max_bytes));
    sheet.gauge("ferry_journal_open_requests", "Requests begun and not ended.").add(number(j.open_requests));
    sheet.counter("ferry_journal_refused_total", "Requests refused for a journal that is full or fails.")
        .add(number(j.refused));
    sheet.counter("ferry_journal_failed_segments_total", "Segments that could not be synced, or that others touched.")
        .add(number(j.failed_segments));
    sheet.counter("ferry_journal_lost_requests_total", "Ended requests whose record others cut off: no row.")
        .add(number(j.lost_requests));
    sheet.gauge("ferry_journal_failing", "1 while the journal cannot be synced.").add(yes(!j.last_error.empty()));
    sheet.gauge("ferry_journal_lag_bytes", "Journal not yet in the store.").add(number(s.lag_bytes));
    sheet.gauge("ferry_journal_lag_rows", "Ended requests whose row is not yet in the store.").add(number(s.lag_rows));
    sheet.counter("ferry_journal_shipped_rows_total", "Usage rows the store has taken.").add(number(s.rows_shipped));
    sheet.counter("ferry_journal_dead_letters_total", "Usage rows the store refused.").add(number(s.dead_letters));
    sheet.counter("ferry_journal_interrupted_total", "Usage rows made of a request that was begun and never ended.")
        .add(number(s.interrupted));
    sheet.counter("ferry_journal_quarantined_total", "Damaged segments set aside.").add(number(s.quarantined));
    sheet.gauge("ferry_store_away", "1 while usage rows cannot be stored.").add(yes(s.store_is_away));
}

void add_budgets(metric_sheet& sheet, const status_sources& from) {
    const auto& b = from.budgets;
    sheet.counter("ferry_budgets_used_up_total", "Budgets that this process found used up, once in a period.")
        .add(number(b.used_up_hard), {{"mode", "hard"}})
        .add(number(b.used_up_soft), {{"mode", "soft"}});
    sheet.counter("ferry_webhook_messages_total", "Messages of budgets that the webhook took, and those given up.")
        .add(number(b.webhook.delivered), {{"result", "delivered"}})
        .add(number(b.webhook.lost), {{"result", "lost"}});
    sheet.counter("ferry_webhook_failed_tries_total", "Tries that the webhook of budgets did not take.")
        .add(number(b.webhook.failed_tries));
    sheet.gauge("ferry_webhook_waiting", "Messages that the webhook of budgets has not taken yet.")
        .add(number(b.webhook.waiting));
}

void add_catalog(metric_sheet& sheet, const status_sources& from) {
    const auto& c = from.catalog;
    sheet.gauge("ferry_catalog_version", "catalog_version that is served.").add(number(c.version));
    sheet.gauge("ferry_catalog_from_snapshot", "1 while the catalog is a kept snapshot.").add(yes(c.is_from_snapshot));
    sheet.gauge("ferry_catalog_age_seconds", "Since the store last confirmed the catalog.");
    if (c.last_success_us) sheet.add(number(wall_us() - *c.last_success_us) / 1e6);
    sheet.gauge("ferry_catalog_failing", "1 while the store does not say what is new.").add(yes(!c.last_error.empty()));
    sheet.counter("ferry_catalog_refresh_failures_total", "Looks at the store that failed.").add(number(c.failures));
    sheet.gauge("ferry_catalog_refused_rows", "Rows that are not served because something is wrong with them.")
        .add(number(c.refused->all().size() + from.refused_keys.size()));
}

}  // namespace

std::string metrics_text(metric_sheet& sheet, const status_sources& from) {
    add_process(sheet, from);
    add_logs(sheet, from);
    add_cores(sheet, from);
    add_pools(sheet, from);
    add_circuits(sheet, from);
    add_rows(sheet, from);
    add_journal(sheet, from);
    add_budgets(sheet, from);
    add_catalog(sheet, from);
    return sheet.take_text();
}

}  // namespace ferry::app

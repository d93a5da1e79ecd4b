#include "upstream/control.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>

#include "http/query.hpp"
#include "upstream/served.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view json_type = "application/json";

std::uint64_t number(std::string_view query, std::string_view name, std::uint64_t otherwise) {
    const auto text = query_value(query, name);
    std::uint64_t value = otherwise;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

// Whether a wait that began at `since` has lasted long enough.
bool is_over(std::string_view query, steady::time_point since) {
    return steady::now() >= since + std::chrono::milliseconds(number(query, "timeout_ms", 5000));
}

}  // namespace

control::control(script& s, ledger& l, object_store& o, rate_limiter& limits, stats& counters)
    : script_(s), ledger_(l), objects_(o), limits_(limits), stats_(counters) {}

void control::set_start_script(json::value source) {
    script_.load(source);
    start_script_ = std::move(source);
}

std::optional<control_reply> control::answer(const request& r, steady::time_point since) {
    const auto what = r.path.substr(10);
    const bool is_get = r.method == "GET", is_post = r.method == "POST";
    if (what == "stats" && is_get) return stats_reply(r.query, since);
    if (what == "ledger" && is_get) return ledger_reply(r.query, since);
    if (what == "script" && is_post) return load_script(r.body);
    if (what == "reset" && is_post) return reset();
    return control_reply{404, json_type,
                         error_json(404,
                                    "GET /_control/stats, GET /_control/ledger, POST /_control/script or "
                                    "POST /_control/reset")};
}

control_reply control::load_script(std::string_view body) {
    try {
        script_.load(json::parse({body.data(), body.size()}));
        return {200, json_type, "{\"ok\":true}"};
    } catch (const std::exception& e) {
        return {400, json_type, error_json(400, std::string("script refused: ") + e.what())};
    }
}

control_reply control::reset() {
    if (start_script_.is_null()) {
        script_.load(json::array());
    } else {
        script_.load(start_script_);
    }
    ledger_.clear();
    objects_.clear();
    limits_.clear();
    stats_.reset();
    return {200, json_type, "{\"ok\":true}"};
}

std::optional<control_reply> control::stats_reply(std::string_view query, steady::time_point since) const {
    if (query_value(query, "wait") == "idle" && stats_.in_flight > 0 && !is_over(query, since)) return std::nullopt;
    json::object out;
    const auto put = [&](const char* name, const stats::counter& c) { out[name] = c.load(std::memory_order_relaxed); };
    put("requests", stats_.requests);
    put("completed", stats_.completed);
    put("client_gone", stats_.client_gone);
    put("broken", stats_.broken);
    put("bad_requests", stats_.bad_requests);
    put("in_flight", stats_.in_flight);
    put("connections_accepted", stats_.accepted);
    put("open_connections", stats_.open_connections);
    put("events", stats_.events);
    put("bytes_sent", stats_.bytes_sent);
    put("tls_handshakes", stats_.tls_handshakes);
    put("tls_resumed", stats_.tls_resumed);
    out["monotonic_us"] = monotonic_us();
    return control_reply{200, json_type, json::serialize(out)};
}

std::optional<control_reply> control::ledger_reply(std::string_view query, steady::time_point since) const {
    if (!ledger_.keeps()) return control_reply{409, json_type, error_json(409, "--no-record keeps no ledger")};
    ledger_query wanted;
    wanted.since = number(query, "since", 0);
    if (const auto nonce = query_value(query, "nonce")) wanted.nonce = std::string(*nonce);
    if (const auto wait = query_value(query, "wait")) {
        const auto found = ledger_.count(wanted, *wait == "ended", number(query, "events", 0));
        if (found < number(query, "count", 1) && !is_over(query, since)) return std::nullopt;
    }
    return control_reply{200, "application/jsonl", ledger_.lines(wanted)};
}

}  // namespace ferry::bench

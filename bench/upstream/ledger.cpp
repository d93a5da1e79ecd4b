#include "upstream/ledger.hpp"

#include <charconv>
#include <chrono>
#include <stdexcept>

#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

void put(std::string& out, const char* name, std::int64_t value) {
    out.append(",\"").append(name).append("\":").append(std::to_string(value));
}

void put(std::string& out, const char* name, bool value) {
    out.append(",\"").append(name).append(value ? "\":true" : "\":false");
}

// -1 stands for "absent".
void put_optional(std::string& out, const char* name, std::int64_t value) {
    if (value >= 0) return put(out, name, value);
    out.append(",\"").append(name).append("\":null");
}

void put_amount(std::string& out, const char* name, double value) {
    char text[40];
    out.append(",\"").append(name).append("\":");
    out.append(text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr);
}

void put(std::string& out, const char* name, std::string_view text) {
    out.append(",\"").append(name).append("\":\"");
    append_escaped(text, out);
    out += '"';
}

// Each byte becomes the character of that number, so that `.encode("latin-1")` gives the raw bytes back.
void put_raw(std::string& out, const char* name, std::string_view bytes) {
    static constexpr char hex[] = "0123456789abcdef";
    out.append(",\"").append(name).append("\":\"");
    std::size_t plain = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        if (c < 0x7f) continue;
        append_escaped(bytes.substr(plain, i - plain), out);
        out.append("\\u00") += hex[c >> 4];
        out += hex[c & 15];
        plain = i + 1;
    }
    append_escaped(bytes.substr(plain), out);
    out += '"';
}

std::string_view framing_name(body_framing f) {
    return f == body_framing::chunked ? "chunked" : f == body_framing::length ? "length" : "none";
}

void put_outcome(std::string& out, const ledger_entry& e) {
    const outcome& r = e.result;
    const bool open = r.end.empty();
    if (open) {
        out += ",\"end\":null";
    } else {
        put(out, "end", r.end);
    }
    put(out, "bytes_sent", static_cast<std::int64_t>(open ? e.live_bytes.load() : r.bytes_sent));
    put(out, "events", static_cast<std::int64_t>(open ? e.live_events.load() : r.events));
    put(out, "body_bytes", static_cast<std::int64_t>(r.body_bytes));
    put(out, "usage_sent", r.usage_sent);
    put_optional(out, "completion_tokens_sent", r.completion_sent);
    put(out, "first_byte_us", r.first_byte_us);
    put(out, "peer_closed_us", r.peer_closed_us);
    put(out, "peer_reset", r.peer_reset);
    put(out, "ended_us", r.ended_us);
    if (!r.sha256.empty()) put(out, "sha256", r.sha256);
}

void put_parts(std::string& out, const std::vector<part_entry>& parts) {
    out += ",\"parts\":[";
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const part_entry& p = parts[i];
        out.append(i ? ",{" : "{").append("\"bytes\":").append(std::to_string(p.bytes));
        put_raw(out, "name", p.name);
        if (p.file_name) put_raw(out, "file_name", *p.file_name);
        put_raw(out, "content_type", p.content_type);
        put(out, "sha256", p.sha256);
        out += '}';
    }
    out += ']';
}

void append_line(const ledger_entry& e, std::string& out) {
    out.append("{\"seq\":").append(std::to_string(e.seq));
    put(out, "connection", static_cast<std::int64_t>(e.connection));
    put(out, "unix_us", e.unix_us);
    put(out, "received_us", e.received_us);
    put(out, "method", e.method);
    put_raw(out, "target", e.target);
    put_raw(out, "head", e.head);
    put_raw(out, "body", e.body);
    put(out, "received_bytes", static_cast<std::int64_t>(e.received_bytes));
    if (!e.received_sha256.empty()) put(out, "received_sha256", e.received_sha256);
    if (!e.parts.empty()) put_parts(out, e.parts);
    put(out, "body_framing", framing_name(e.framing));
    put(out, "whole", e.is_whole);
    put(out, "operation", e.operation);
    put_raw(out, "object_id", e.object_id);
    put(out, "nonce", e.nonce);
    put_raw(out, "model", e.model);
    put(out, "stream", e.is_stream);
    put(out, "tls", e.is_tls);
    put(out, "tls_resumed", e.is_resumed);
    put_raw(out, "server_name", e.server_name);
    put(out, "rule", static_cast<std::int64_t>(e.rule));
    put(out, "status", static_cast<std::int64_t>(e.status));
    put_amount(out, "units", e.units);
    put(out, "unit_kind", e.unit_kind);
    put(out, "prompt_tokens", e.prompt_tokens);
    put(out, "completion_tokens", e.completion_tokens);
    put_optional(out, "cached_tokens", e.cached_tokens);
    put_optional(out, "reasoning_tokens", e.reasoning_tokens);
    put_outcome(out, e);
    out += "}\n";
}

bool fits(const ledger_entry& e, const ledger_query& q) {
    return e.seq > q.since && (!q.nonce || e.nonce == *q.nonce);
}

}  // namespace

std::int64_t monotonic_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

ledger::ledger(bool keep, const std::string& file) : keep_(keep) {
    if (file.empty()) return;
    file_.open(file, std::ios::app);
    if (!file_) throw std::runtime_error("--ledger: cannot write to " + file);
}

void ledger::add(const std::shared_ptr<ledger_entry>& entry) {
    if (!keep_) return;
    const std::lock_guard lock(mutex_);
    entries_.push_back(entry);
}

void ledger::finish(ledger_entry& entry, const outcome& result) {
    const std::lock_guard lock(mutex_);
    entry.result = result;
    if (!file_.is_open()) return;
    std::string line;
    append_line(entry, line);
    file_ << line << std::flush;
}

void ledger::clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
}

std::string ledger::lines(const ledger_query& query) const {
    std::string out;
    const std::lock_guard lock(mutex_);
    for (const auto& e : entries_) {
        if (fits(*e, query)) append_line(*e, out);
    }
    return out;
}

std::size_t ledger::count(const ledger_query& query, bool ended, std::uint64_t min_events) const {
    std::size_t found = 0;
    const std::lock_guard lock(mutex_);
    for (const auto& e : entries_) {
        const bool open = e->result.end.empty();
        if (!fits(*e, query) || (ended && open)) continue;
        if ((open ? e->live_events.load() : e->result.events) >= min_events) ++found;
    }
    return found;
}

}  // namespace ferry::bench

#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace ferry::bench {

// What became of one answer, in the order in which it became known. Times are monotonic microseconds, 0: not yet.
struct outcome {
    std::string_view end;  // "" while open; see README.md, "How an answer ended"
    std::uint64_t bytes_sent = 0;
    std::uint64_t body_bytes = 0;
    std::uint64_t events = 0;
    bool usage_sent = false;            // a usage object left before the end
    std::int64_t completion_sent = -1;  // its completion_tokens
    std::int64_t first_byte_us = 0;
    std::int64_t peer_closed_us = 0;
    bool peer_reset = false;  // it closed by RST, or would not take what was sent
    std::int64_t ended_us = 0;
    std::string sha256;  // of the body bytes produced, hex, if asked
};

// A part of a multipart body.
struct part_entry {
    std::string name;
    std::optional<std::string> file_name;
    std::string content_type;
    std::uint64_t bytes = 0;
    std::string sha256;
};

// One request received and what it was served.
struct ledger_entry {
    std::uint64_t seq = 0;
    std::uint64_t connection = 0;
    std::int64_t unix_us = 0;
    std::int64_t received_us = 0;  // monotonic
    std::string method, target, head, body, nonce, model, server_name;
    std::vector<part_entry> parts;
    std::uint64_t received_bytes = 0;  // of the body
    std::string received_sha256;       // of the body, hex, if asked
    body_framing framing = body_framing::none;
    bool is_stream = false, is_tls = false, is_resumed = false;
    std::size_t rule = 0;
    int status = 0;
    std::string_view operation;  // its name in the table, "" if the path has none
    std::string object_id;       // made, or asked for by its path
    double units = 0;            // served, in `unit_kind`
    std::string_view unit_kind;
    std::int64_t prompt_tokens = 0, completion_tokens = 0, cached_tokens = -1, reasoning_tokens = -1;
    bool is_whole = true;  // false: the connection ended, or turned into nonsense, inside the request

    // While the answer is under way its worker writes these; readers may look at any time.
    std::atomic<std::uint64_t> live_events{0}, live_bytes{0};
    outcome result;  // under the ledger's mutex
};

// What a reader asks for.
struct ledger_query {
    std::uint64_t since = 0;           // only seq above it
    std::optional<std::string> nonce;  // only this one
};

// Every request received, in order. Owned by: the server. Lives on: any thread. Without keeping, entries live only as
// long as their request.
class ledger {
public:
    ledger(bool keep, const std::string& file);  // file "" for none; throws std::runtime_error if it cannot be written

    bool is_wanted() const { return keep_ || file_.is_open(); }
    bool keeps() const { return keep_; }
    std::uint64_t next_seq() { return seq_.fetch_add(1, std::memory_order_relaxed) + 1; }
    void add(const std::shared_ptr<ledger_entry>& entry);
    void finish(ledger_entry& entry, const outcome& result);
    void clear();

    std::string lines(const ledger_query& query) const;  // JSON lines, open entries too
    // How many entries match that have sent at least `min_events` events and, if asked, have ended.
    std::size_t count(const ledger_query& query, bool ended, std::uint64_t min_events) const;

private:
    const bool keep_;
    std::atomic<std::uint64_t> seq_{0};
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<ledger_entry>> entries_;
    std::ofstream file_;
};

std::int64_t monotonic_us();

}  // namespace ferry::bench

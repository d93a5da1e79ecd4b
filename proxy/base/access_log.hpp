// The access log: one line per finished request on stdout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "base/log_thread.hpp"
#include "base/text_buffer.hpp"

namespace ferry {

// What one line tells. The views need to live only during access_log::write(). An empty text, or -1, is left out.
struct access_entry {
    std::int64_t time_us = 0;  // when the request was finished: microseconds since the Unix epoch, UTC
    std::string_view request_id;
    std::string_view client_ip;  // "unix" for a unix socket
    std::string_view method;
    std::string_view target;  // as sent; the line holds what is before the `?`, since a query may hold a secret
    int status = 0;
    std::string_view code;  // of the error the client was told, or of how its stream failed
    std::string_view operation;
    std::string_view requested_model;  // as the client named it
    std::string_view model;            // as it was found
    std::string_view provider;
    std::string_view key_name;    // the name the operator gave the key, never the key
    std::string_view key_refused;  // why a key was not taken; clients hear one text for all
    std::string_view key_id;       // the public_id of that key
    bool stream = false;
    std::int64_t duration_us = 0;
    std::int64_t ttft_us = -1;  // first byte of the answer's payload
    std::int64_t overhead_us = -1;
    std::int64_t body_us = -1;           // waits for the client's body
    std::int64_t connect_us = -1;        // waits for new upstream connections
    std::int64_t upstream_ttfb_us = -1;  // the last try: request sent -> head of the answer
    std::int64_t write_wait_us = -1;     // waits for the client to take the answer
    std::int64_t prompt_tokens = -1;
    std::int64_t completion_tokens = -1;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    int attempts = 0;
    std::string_view end_reason;
    std::string_view client_request_id;  // the client's own x-request-id
    std::string_view upstream_request_id;
    std::string_view user_agent;
};

// Formats lines into its own buffer (well under 1 us each) and hands many at once to the thread that writes them.
// Owned by: a core. Lives on: that core. write() and flush() never block (see log_thread).
// A line holds at most 4096 bytes: longer texts are cut.
class access_log {
public:
    // Lines go through `out`, which is not owned. With options.access false every write() is a no-op. `descriptor` is
    // what they end at: "auto" is text if it is a terminal.
    access_log(const log_options& options, log_thread& out, int descriptor = 1);
    ~access_log() { flush(); }
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;

    // As from the next line.
    void reconfigure(const log_options& options);

    void write(const access_entry& entry);

    // Hands over what is buffered. The core calls it every 100 ms and before it ends.
    void flush();

private:
    void append_text(text_buffer& out, const access_entry& entry);
    void append_json(text_buffer& out, const access_entry& entry);

    int descriptor_;
    bool enabled_ = false;
    bool json_ = false;
    log_thread& out_;
    text_buffer buffer_;
    std::size_t lines_ = 0;  // in the buffer
};

}  // namespace ferry

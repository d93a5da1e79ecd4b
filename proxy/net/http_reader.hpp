// Reads one HTTP/1.1 message from contiguous bytes somebody else read: head into views, body into views, no copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/fault.hpp"
#include "base/piece_list.hpp"
#include "net/chunked_body.hpp"
#include "net/head_search.hpp"
#include "net/http_head.hpp"
#include "net/strict_http.hpp"

namespace ferry::net {

// Owned by a session or a pooled connection and used again for each message; lives on one core; does no I/O.
// Every function may be called in every state. After a fault the body is not done, does not end with the connection and
// takes no more bytes until reset(): who asks later, as a pool does of a connection that comes back, learns that the
// message was not read to its end. head() then says what was understood of it, for a log line.
class http_reader {
public:
    enum class kind { request, response };
    enum class progress { need_more, done };

    http_reader(kind k, std::size_t header_limit) : kind_(k), header_limit_(header_limit) {}
    http_reader(const http_reader&) = delete;
    http_reader& operator=(const http_reader&) = delete;

    // Forgets the last message. `no_body` for the answer to a HEAD request.
    void reset(bool no_body = false);

    // `bytes` is all that was received of this message so far, from its first byte, at the same address each time or
    // moved as a whole. done: head() is set and head_size() bytes belong to it.
    // Faults: bad_framing, http_version, header_too_large, not_supported, expectation_failed; for an answer
    // upstream_invalid_response.
    result<progress> read_head(std::string_view bytes);
    const http_head& head() const { return head_; }
    std::size_t head_size() const { return head_size_; }
    std::size_t header_limit() const { return header_limit_; }

    // Decodes body bytes that follow what was consumed so far; appends views of payload to `payload` and returns how
    // many bytes it consumed. What it leaves must be given again, with more behind it. Trailers are dropped.
    result<std::size_t> read_body(std::string_view bytes, piece_list& payload);
    bool body_done() const { return stage_ == stage::done; }

    // The peer closed. True if that ends the message properly (framing until_close), false if it was cut short.
    bool ends_with_connection() const {
        return stage_ == stage::body && head_.framing == body_framing::until_close;
    }

private:
    enum class stage { head, body, done, failed };

    fault malformed(std::string_view why);
    fault fail(fault why);
    void begin_body();

    kind kind_;
    std::size_t header_limit_;
    bool no_body_ = false;
    stage stage_ = stage::head;
    http_head head_;
    std::size_t head_size_ = 0;
    head_search search_;
    std::uint64_t left_ = 0;  // of a body framed by its length
    chunked_body chunks_;
};

}  // namespace ferry::net

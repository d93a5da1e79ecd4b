// Feeds a message to an http_reader in every split, as a session or an attempt would.
#pragma once

#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "net/http_reader.hpp"

namespace ferry::net::testing {

using kind = http_reader::kind;
using progress = http_reader::progress;

inline constexpr fault_code none = fault_code::internal_error;

// What a reader makes of a message and of what lies behind it.
struct reading {
    fault_code refused = none;
    bool head = false, done = false;
    std::string body;
    std::string rest;  // read, but no part of the message
    std::size_t fields = 0;

    bool operator==(const reading&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const reading& r) {
    return out << (r.refused == none ? "accepted" : "refused") << " head=" << r.head << " done=" << r.done << " body='"
               << r.body << "' rest='" << r.rest << "' fields=" << r.fields;
}

// Feeds as a session does: the head from its first byte each time, the body from where the reader stopped.
class feeder {
public:
    feeder(kind k, std::size_t limit, bool no_body = false) : reader_(k, limit) { reader_.reset(no_body); }

    void feed(std::string_view piece) {
        if (result_.refused != none) return;
        received_ += piece;
        if (!result_.head) {
            const auto got = reader_.read_head(received_);
            if (!got) return refuse(got.error());
            if (*got == progress::need_more) return;
            result_.head = true;
            result_.fields = reader_.head().fields.size();
            at_ = reader_.head_size();
        }
        ferry::piece_list payload;
        const auto used = reader_.read_body(std::string_view(received_).substr(at_), payload);
        for (const auto one : payload) result_.body += one;
        if (!used) return refuse(used.error());
        at_ += *used;
    }
    reading result() {
        if (result_.refused == none && result_.head) {
            result_.done = reader_.body_done();
            result_.rest = received_.substr(at_);
            // Trailers never join the head.
            result_.fields = reader_.head().fields.size();
        }
        return result_;
    }
    const http_reader& reader() const { return reader_; }

private:
    // Whoever holds the reader after a fault may ask it anything: a pool does, when the connection comes back.
    void refuse(const fault& why) {
        result_.refused = why.code;
        BOOST_TEST(!reader_.body_done());
        BOOST_TEST(!reader_.ends_with_connection());
        BOOST_TEST(!reader_.head().keep_alive);
        ferry::piece_list payload;
        BOOST_TEST(!reader_.read_head(received_));
        BOOST_TEST(!reader_.read_body("2\r\n{}\r\n0\r\n\r\n", payload));
        BOOST_TEST(payload.empty());
        BOOST_TEST(!reader_.body_done());
    }

    http_reader reader_;
    std::string received_;
    std::size_t at_ = 0;
    reading result_;
};

inline reading read_in_pieces(kind k, std::string_view message, std::size_t first, std::size_t step,
                              std::size_t limit) {
    feeder feed(k, limit);
    feed.feed(message.substr(0, first));
    for (auto at = first; at < message.size(); at += step) feed.feed(message.substr(at, step));
    return feed.result();
}

// Whole, cut once at every place, and in pieces of 1, 2, 3 and 7 bytes: always the same.
inline reading read(kind k, std::string_view message, std::size_t limit = 4096) {
    const auto whole = read_in_pieces(k, message, message.size(), message.size() + 1, limit);
    const auto compare = [&](std::size_t first, std::size_t step) {
        auto split = read_in_pieces(k, message, first, step, limit);
        // A refused message has no body: how much of it was seen before does not matter.
        if (whole.refused != none) {
            BOOST_TEST((split.refused == whole.refused), "cut at " << first << ", pieces of " << step);
        } else {
            BOOST_TEST(split == whole, "cut at " << first << ", pieces of " << step << ": " << split);
        }
    };
    for (std::size_t first = 0; first <= message.size(); ++first) compare(first, message.size() + 1);
    for (const std::size_t step : {1, 2, 3, 7}) compare(0, step);
    return whole;
}

inline std::string post(std::string_view fields, std::string_view body) {
    return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

inline std::string chunked(std::string_view body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

}  // namespace ferry::net::testing

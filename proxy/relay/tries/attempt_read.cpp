// How a try reads its answer: from the connection, out of its framing, out of its content coding.
#include <algorithm>
#include <cstring>

#include "relay/tries/answer_coding.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

std::span<char> attempt::begin_read() {
    auto& c = *lease_.operator->();
    // Before the answer has begun only the time of sending counts.
    clock_->on_wait(failed_.answer_begun ? steady::now() : sent_at_);
    return {c.buffer.data() + c.end, c.buffer.size() - c.end};
}

void attempt::end_read(const net::io_result& got) {
    clock_->on_read(got.bytes > 0);
    last_read_ = steady::now();
    if (got.bytes == 0) return;
    lease_->end += got.bytes;
    failed_.answer_begun = true;
    result_.bytes_down += static_cast<std::int64_t>(got.bytes);
}

asio::awaitable<net::io_result> attempt::read_more() {
    net::io_result got;
    if (expansion_ && expansion_->has_more()) {
        co_await lease_->stream->source().until_turn_ends();
        co_return got;
    }
    const auto into = begin_read();
    if (into.empty()) {
        // A chunk header or trailer that fills the buffer; reading into no room would return at once, for ever.
        got.status = net::io_status::failed;
        co_return got;
    }
    if (must_give_way()) {
        got.status = net::io_status::interrupted;
        co_return got;
    }
    const net::interrupt_slot::holder waiting(*waiting_, *lease_->stream);
    got = co_await lease_->stream->read_some(into);
    end_read(got);
    co_return got;
}

void attempt::read_available() {
    auto& c = *lease_.operator->();
    const std::span<char> into(c.buffer.data() + c.end, c.buffer.size() - c.end);
    c.stream->resume();
    if (into.empty()) return;
    const auto got = c.stream->try_read(into);
    c.end += got.bytes;
    result_.bytes_down += static_cast<std::int64_t>(got.bytes);
}

std::optional<fault> attempt::decode(piece_list& payload) {
    payload.insert(payload.end(), ahead_.begin(), ahead_.end());
    ahead_.clear();
    if (expansion_) return decode_coded(payload);
    auto& c = *lease_.operator->();
    const auto consumed = c.reader.read_body(c.unread(), payload);
    if (!consumed) return consumed.error();
    c.begin += *consumed;
    return std::nullopt;
}

std::optional<fault> attempt::decode_coded(piece_list& payload) {
    auto& c = *lease_.operator->();
    piece_list coded;
    const auto consumed = c.reader.read_body(c.unread(), coded);
    if (consumed) c.begin += *consumed;
    expansion_->add(coded);
    const auto says = expansion_->expand(payload);
    if (says != net::content_expansion::verdict::good) return coding_fault(says);
    if (!consumed) return consumed.error();
    if (!body_done() || expansion_->complete()) return std::nullopt;
    return coding_cut_short();
}

std::optional<fault> attempt::look_ahead(piece_list& into) {
    piece_list payload;
    auto failed = decode(payload);
    ahead_ = std::move(payload);
    into = ahead_;
    return failed;
}

std::optional<fault> attempt::look_ahead(openai::dialect_finder& into) {
    piece_list all;
    auto failed = look_ahead(all);
    for (const auto piece : all) into.feed(piece);
    return failed;
}

bool attempt::has_all() const {
    return lease_->reader.body_done() && !(expansion_ && expansion_->has_more());
}

bool attempt::ends_with_connection() const {
    return lease_->reader.ends_with_connection() && (!expansion_ || expansion_->complete());
}

std::optional<std::uint64_t> attempt::body_length() const {
    if (expansion_ || head().framing != net::body_framing::length) return std::nullopt;
    return head().content_length;
}

bool attempt::buffer_is_full() const {
    return lease_->end == lease_->buffer.size() || (expansion_ && expansion_->has_more());
}

void attempt::make_room() {
    auto& c = *lease_.operator->();
    if (expansion_) {
        expansion_->make_room();
        if (expansion_->has_more()) return;  // of what lies in the buffer
    }
    const auto left = c.unread();
    std::memmove(c.buffer.data() + head_end_, left.data(), left.size());
    c.begin = head_end_;
    c.end = head_end_ + left.size();
}

}  // namespace ferry::relay

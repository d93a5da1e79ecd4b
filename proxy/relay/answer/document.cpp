#include "relay/answer/document.hpp"

#include "openai/usage_finder.hpp"
#include "provider/provider.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/response_stream.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/durability.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_held = 256u << 10;
constexpr std::size_t most_error_body = 64u << 10;

// The document so far: what was moved out of the read buffer, then views of what still lies in it.
class document {
public:
    explicit document(attempt& from) : from_(from), readable_(!is_compressed(from.head())) {}

    std::optional<fault> take() {
        const auto before = pieces_.size();
        const auto decoded = from_.decode(pieces_);
        if (!decoded) return decoded.error();
        for (auto i = before; i < pieces_.size();) {
            if (readable_ && !finder.has_begun()) {
                // Blank lines before the document only kept the connection open.
                const auto blank = std::min(pieces_[i].find_first_not_of(" \t\r\n"), pieces_[i].size());
                pieces_[i].remove_prefix(blank);
                trimmed_ += blank;
            }
            if (pieces_[i].empty()) {
                pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(i));
                continue;
            }
            if (readable_) finder.feed(pieces_[i]);
            size_ += pieces_[i++].size();
        }
        if (size_ > 0)
            from_.clock().on_payload();
        else if (trimmed_ > 0)
            from_.clock().on_keepalive();
        return std::nullopt;
    }

    // Frees the read buffer.
    void move_out() {
        for (const auto piece : pieces_) held_.append(piece);
        pieces_.clear();
        from_.make_room();
    }
    void forget() {
        held_.clear();
        pieces_.clear();
        from_.make_room();
    }

    std::size_t size() const { return size_; }
    std::size_t trimmed() const { return trimmed_; }
    std::string_view beginning() const { return held_.empty() && !pieces_.empty() ? pieces_.front() : held_; }
    piece_list pieces() const {
        piece_list all;
        if (!held_.empty()) all.push_back(held_);
        all.insert(all.end(), pieces_.begin(), pieces_.end());
        return all;
    }

    // What is wrong with the document as a whole.
    std::optional<fault> check() const {
        if (!readable_) return std::nullopt;
        if (auto bad = check_document(finder, from_.to(), beginning())) return bad;
        return from_.to().service->failed_finish(finder.facts().finish_reason);
    }
    bool is_complete() const { return !readable_ || finder.is_complete(); }

    openai::usage_finder finder;

private:
    attempt& from_;
    bool readable_;
    std::string held_;
    piece_list pieces_;
    std::size_t size_ = 0, trimmed_ = 0;
};

// Reads once more. Empty: more bytes came, or the body ended with the connection as it may (`ended`).
asio::awaitable<std::optional<fault>> read_on(attempt& from, bool& ended) {
    const auto got = co_await from.read_more();
    if (got.status == net::io_status::ok) co_return std::nullopt;
    ended = got.status == net::io_status::eof && from.ends_with_connection();
    if (ended) co_return std::nullopt;
    co_return from.why_no_bytes(got);
}

void note_success(exchange& x, const attempt& from, const openai::event_facts& facts) {
    x.end.status = from.head().status;
    x.end.reason = usage::end_reason::done;
    x.end.finish_reason = facts.finish_reason;
    if (facts.usage) {
        x.end.basis = usage::basis::provider;
        x.end.tokens = *facts.usage;
    }
}

std::string coding_header(const net::http_head& head) {
    if (!is_compressed(head)) return {};
    return "content-encoding: " + std::string(head.content_encoding.value_or("")) + "\r\n";
}

// From here on the client sees the answer as it comes: a failure can only break its connection.
asio::awaitable<void> relay_large(exchange& x, attempt& from, document& doc) {
    std::optional<std::uint64_t> length;
    if (from.head().framing == net::body_framing::length) length = from.head().content_length - doc.trimmed();
    const auto type = from.head().content_type.value_or(json_type);
    response_stream out(x, from.head().status, type, coding_header(from.head()), length);
    std::optional<fault> failed;
    bool ended = false;
    while (!failed && !ended && !from.body_done()) {
        const auto pieces = doc.pieces();
        if (!co_await out.send(pieces)) failed = from.why_no_bytes({});
        doc.forget();
        if (!failed) failed = co_await read_on(from, ended);
        if (!failed) failed = doc.take();
    }
    if (!failed && !doc.is_complete()) {
        failed = fault::upstream(fault_code::upstream_invalid_response, retry_advice::never, "not complete JSON");
    }
    note_success(x, from, doc.finder.facts());
    if (failed) {
        note_failure(x, *failed);
        if (x.end.basis == usage::basis::none) x.end.basis = usage::basis::partial;
        x.keep_alive = false;
        x.cut = true;
    }
    from.finish(x.end.error_code);
    if (settle(x)) co_await until_durable(x);
    if (failed) co_return;
    const auto pieces = doc.pieces();
    co_await out.send_last(pieces);
    from.release();
}

}  // namespace

asio::awaitable<std::optional<fault>> relay_full(exchange& x, attempt& from) {
    if (auto odd = check_answer_head(from.head(), false)) co_return odd;
    document doc(from);
    auto failed = doc.take();
    bool ended = false;
    while (!failed && !ended && !from.body_done()) {
        if (doc.size() > most_held) {
            co_await relay_large(x, from, doc);
            co_return std::nullopt;
        }
        if (from.buffer_is_full()) doc.move_out();
        failed = co_await read_on(from, ended);
        if (!failed) failed = doc.take();
    }
    if (failed) co_return failed;
    failed = doc.check();
    if (failed) co_return failed;
    note_success(x, from, doc.finder.facts());
    from.finish({});
    x.after_us = us_between(from.last_read(), x.moment);
    x.body.release();
    if (settle(x)) co_await until_durable(x);
    const auto pieces = doc.pieces();
    const auto coding = coding_header(from.head());
    whole_answer answer(x, from.head().status, from.head().content_type.value_or(json_type), pieces, coding);
    if (!answer.write_now()) co_await answer.write_rest();
    from.release();
    co_return std::nullopt;
}

asio::awaitable<fault> read_error(exchange& x, attempt& from) {
    std::string body;
    piece_list pieces;
    bool ended = false;
    for (;;) {
        pieces.clear();
        const auto decoded = from.decode(pieces);
        for (const auto piece : pieces) body.append(piece);
        // What the upstream wanted to say is worth more than a complaint about how its answer ended.
        if (!decoded || from.body_done() || ended || body.size() > most_error_body) break;
        from.make_room();
        if (co_await read_on(from, ended)) break;
        if (x.gone || x.stopping()) break;
    }
    if (x.gone) co_return fault::client(fault_code::client_gone, "the client went away");
    auto why = classify_error(from, body);
    from.release();
    co_return why;
}

}  // namespace ferry::relay

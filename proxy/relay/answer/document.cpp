#include "relay/answer/document.hpp"

#include "base/ending_faults.hpp"
#include "openai/completion_events.hpp"
#include "openai/issued_ids.hpp"
#include "openai/response_events.hpp"
#include "provider/provider.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/estimate.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_held = 256u << 10;
constexpr std::size_t most_error_body = 64u << 10;
constexpr std::size_t most_told = 16u << 20;  // as events

fault document_too_large() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                           "The upstream answered a stream request with a document of more than 16 MiB.");
}

fault no_json() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::same,
                           "The upstream's answer is not JSON: it begins with a part of a byte order mark.");
}

// Reads once more. Empty: more bytes came, or the body ended with the connection as it may (`ended`).
asio::awaitable<std::optional<fault>> read_on(attempt& from, bool& ended) {
    const auto got = co_await from.read_more();
    if (got.status == net::io_status::ok) co_return std::nullopt;
    ended = got.status == net::io_status::eof && from.ends_with_connection();
    if (ended) co_return std::nullopt;
    co_return from.why_no_bytes(got);
}

}  // namespace

document::document(request& x, attempt& from, form wanted) : x_(x), from_(from), form_(wanted) {}

std::optional<fault> document::take() {
    const auto before = pieces_.size();
    if (auto failed = from_.decode(pieces_)) return failed;
    auto kept = pieces_.begin() + static_cast<std::ptrdiff_t>(before);
    for (auto at = kept; at != pieces_.end(); ++at) {
        const auto piece = start_.skip(*at);
        trimmed_ += at->size() - piece.size();
        if (piece.empty()) continue;
        if (start_.is_broken()) return no_json();
        finder_.feed(piece);
        if (words_) words_->feed(piece);
        if (auto* words = x_.said.words()) words->add_document(piece);
        size_ += piece.size();
        *kept++ = piece;
    }
    pieces_.erase(kept, pieces_.end());
    if (size_ > 0)
        from_.clock().on_payload();
    else if (trimmed_ > 0)
        from_.clock().on_keepalive();
    return std::nullopt;
}

// Frees the read buffer.
void document::move_out() {
    for (const auto piece : pieces_) held_.append(piece);
    pieces_.clear();
    from_.make_room();
}

void document::forget() {
    held_.clear();
    pieces_.clear();
    from_.make_room();
}

piece_list document::pieces() const {
    piece_list all;
    if (!held_.empty()) all.push_back(held_);
    all.insert(all.end(), pieces_.begin(), pieces_.end());
    return all;
}

// What is wrong with the document as a whole.
std::optional<fault> document::check() const {
    if (!is_answer(x_.operation, finder_)) {
        auto judged = check_document(finder_, from_.to(), pieces());
        from_.note_refused(judged.refused);
        return std::move(judged.why);
    }
    return from_.to().service->failed_finish(finder_.facts().finish_reason);
}

void document::note_success() {
    x_.end.status = from_.head().status;
    x_.end.reason = usage::end_reason::done;
    note_finish(x_);
}

// Also from an answer that will not do: it was billed all the same.
void document::learn() {
    x_.said.learn(finder_.facts());
    const bool is_about_id = x_.operation.model == openai::model_place::owner_of_id;
    if ((x_.operation.issues_ids || is_about_id) && is_answer(x_.operation, finder_)) {
        std::string whole;
        for (const auto piece : pieces()) whole.append(piece);
        if (x_.operation.issues_ids) x_.said.learn_ids(whole);
        x_.said.learn_late(openai::is_done_later(whole));
    }
    note_usage(x_, usage::basis::provider);
    if (!words_ && wants_words(x_)) count_words();
}

// Of all that is held, and from then on of what comes.
void document::count_words() {
    x_.said.count_words();
    words_.emplace(x_.said.tally());
    for (const auto piece : pieces()) words_->feed(piece);
}

asio::awaitable<std::optional<fault>> document::pump(answer_sink& sink) {
    if (auto odd = check_answer_head(from_.head(), false)) co_return odd;
    auto failed = take();
    while (!failed && !ended_ && !from_.body_done()) {
        if (size_ > most_told && form_ == form::as_events) co_return document_too_large();
        if (size_ > most_held && form_ == form::as_it_is) {
            failed = co_await pass_on(sink);
            co_return failed;
        }
        if (from_.buffer_is_full()) move_out();
        if (!x_.answer_memory.cover(held_.size() + from_.held() + x_.said.held())) co_return answers_use_all_memory();
        failed = co_await read_on(from_, ended_);
        if (!failed) failed = take();
    }
    if (failed && x_.gone && counts_words(x_)) count_words();
    if (!failed) {
        failed = check();
        learn();
    }
    if (failed) co_return failed;
    // The events are written beside the document.
    const bool fits = form_ == form::as_it_is || x_.answer_memory.cover(2 * size_ + from_.held());
    if (!fits) co_return answers_use_all_memory();
    note_success();
    x_.moment = steady::now();
    x_.after_us = us_between(from_.last_read(), x_.moment);
    if (form_ == form::as_events) {
        hold_events(sink);
        co_return std::nullopt;
    }
    sink.hold_whole(from_.head().status, document_type(from_.head()), pieces(), {});
    co_return std::nullopt;
}

void document::hold_events(answer_sink& sink) {
    move_out();
    held_ = x_.operation.answer == openai::answer_kind::choices ? openai::tell_as_events(held_, x_.asked.asks_usage())
                                                                : openai::tell_response_as_events(held_);
    x_.first_token = x_.moment;
    sink.begin(from_.head().status, "text/event-stream", stream_headers);
    sink.hold_last(pieces());
}

// From here on the client sees the answer as it comes: a failure can only break its connection.
asio::awaitable<std::optional<fault>> document::pass_on(answer_sink& sink) {
    auto length = from_.body_length();
    if (length) *length -= trimmed_;
    sink.begin(from_.head().status, document_type(from_.head()), {}, length);
    // What is given out is not there any more when the usage should have come.
    if (counts_words(x_)) count_words();
    std::optional<fault> failed;
    while (!failed && !ended_ && !from_.body_done()) {
        const auto now = pieces();
        if (!co_await sink.send(now)) failed = from_.why_no_bytes({});
        forget();
        if (!failed) failed = co_await read_on(from_, ended_);
        if (!failed) failed = take();
    }
    if (!failed && !is_answer(x_.operation, finder_)) {
        failed = fault::upstream(fault_code::upstream_invalid_response, retry_advice::never, "no whole answer in JSON");
    }
    learn();
    note_success();
    if (failed) {
        if (x_.bill.basis == usage::basis::none) x_.bill.basis = usage::basis::partial;
        x_.cut = true;
    }
    sink.hold_last(pieces());
    co_return failed;
}

asio::awaitable<fault> read_error(request& x, attempt& from) {
    std::string body;
    piece_list pieces;
    bool ended = false;
    for (;;) {
        pieces.clear();
        const auto failed = from.decode(pieces);
        for (const auto piece : pieces) body.append(piece);
        // What the upstream wanted to say is worth more than a complaint about how its answer ended.
        if (failed || from.body_done() || ended || body.size() > most_error_body) break;
        if (!x.answer_memory.cover(body.size() + from.held())) break;
        from.make_room();
        if (co_await read_on(from, ended)) break;
        if (x.gone || x.stopping()) break;
    }
    if (x.gone) co_return client_has_left();
    auto why = classify_error(from, body);
    from.release();
    co_return why;
}

}  // namespace ferry::relay

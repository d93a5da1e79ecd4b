// An answer that is an event stream, passed on event by event from the memory it was read into.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/answer/event_flow.hpp"
#include "relay/answer/head_hold.hpp"
#include "relay/books/stream_metrics.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Read, look, write the same memory; awaiting the write is the back-pressure. What each event becomes is decided by
// stream_gate. The head goes out with the first event. Owned by `handle`; lives on the request's core.
class event_stream {
public:
    // `joint`: where it goes on with another answer; null: nowhere. Outlives the stream.
    event_stream(request& x, attempt& from, seam* joint);
    event_stream(const event_stream&) = delete;
    event_stream& operator=(const event_stream&) = delete;

    // Until only the last piece is held. A fault while the sink has not begun means that nothing went out and another
    // answer may take its place; after that the last piece is an error event, and there is no [DONE]. Where the answer
    // cannot be joined to the one that it goes on with, the last piece stays what it was.
    boost::asio::awaitable<std::optional<fault>> pump(answer_sink& sink);
    // What was labelled as a stream is a document: pump() has returned, and nothing of it is consumed.
    bool is_document() const { return is_document_; }

private:
    boost::asio::awaitable<std::optional<fault>> pass_on(answer_sink& sink);
    boost::asio::awaitable<bool> give_out(answer_sink& sink);
    boost::asio::awaitable<void> await_usage();
    bool has_memory();
    bool look_for_document();
    std::optional<fault> end_stream(const net::io_result& got);
    std::optional<fault> end_after_done();
    boost::asio::awaitable<std::optional<fault>> break_off(answer_sink& sink, fault why);
    void note_progress();
    void note_outcome();

    request& x_;
    attempt& from_;
    const std::vector<std::string_view> secrets_;
    seam* const joint_;
    event_flow flow_;
    stream_metrics pace_;
    head_hold hold_;
    openai::dialect_finder beginning_;  // until is_decided_
    bool is_decided_ = false, is_document_ = false, has_payload_ = false;
};

}  // namespace ferry::relay

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "openai/sse.hpp"
#include "openai/stream_aggregate.hpp"
#include "relay/answer/stream_gate.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// The events of one stream that is put together to a document: found, judged by the gate as in a stream that is passed
// on, collected. Owned by the relay of one answer; lives on its core.
class event_collector {
public:
    event_collector(gate_options options, transcript& said);

    // Decodes what `from` has read. A fault: the answer has failed.
    std::optional<fault> take(attempt& from);
    // The same for payload that is decoded already.
    std::optional<fault> take(std::span<const std::string_view> payload);
    // The upstream's body is over. A fault: it was not complete.
    std::optional<fault> end(stream_end how);

    // Bytes that are held.
    std::size_t size() const { return pending_.size() + collected_; }
    // Something has come, if only a comment.
    bool has_begun() const { return begun_; }
    bool is_done() const { return gate_.holding_done(); }
    const provider::repair_set& refused() const { return gate_.refused(); }
    // After end() without a fault.
    std::string document() { return is_typed_ ? std::move(response_) : whole_.finish(); }

private:
    std::optional<fault> take(std::string_view& pending);
    std::optional<fault> collect(const openai::sse_event& event);

    stream_gate gate_;
    openai::sse_scanner scanner_;
    openai::stream_aggregate whole_;
    std::string pending_;
    piece_list payload_;
    std::size_t collected_ = 0;
    const bool is_typed_;
    std::string response_;  // what the last event of a stream of typed ones holds: it is the document
    bool begun_ = false;
};

}  // namespace ferry::relay

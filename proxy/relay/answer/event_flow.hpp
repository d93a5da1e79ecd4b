// The events of one stream on their way: found in what was read, judged by the gate, gathered for one write.
#pragma once

#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "openai/sse.hpp"
#include "relay/answer/seam.hpp"
#include "relay/answer/stream_gate.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Whole events stay where they were read; only an event that is split between two reads waits in a side buffer, at
// most 1 MiB of it, past which it passes untouched, and is read as it passes. Owned by the relay of one stream; lives
// on its core.
class event_flow {
public:
    // `joins_to`: the answer that this one goes on with; null: none. Outlives the flow.
    event_flow(const gate_options& options, transcript& said, seam* joins_to = nullptr)
        : gate_(options, said), said_(said), seam_(joins_to) {}

    // Decodes what `from` has read and judges its events. A fault: the stream has failed; pieces() ends with what the
    // client is told about it.
    std::optional<fault> take(attempt& from);
    // The same for payload that is decoded already and stays where it is until written(). Once between two written().
    std::optional<fault> take(std::span<const std::string_view> payload);
    // The upstream's body is over. A fault as above.
    std::optional<fault> end(stream_end how);
    // Releases what was held as the last event. A fault: it cannot be joined.
    std::optional<fault> release_done() { return add_last(gate_.release_done()); }
    void add(std::string text);
    void add_error(const fault& why) { add_failure(gate_.error_event(why)); }
    // In place of an error: all of the answer has come but its last event.
    void end_as_whole() { add(gate_.end_as_whole()); }
    // The event that tells of the failure, taken back: somebody else goes on.
    std::string take_failure();

    // What to write now; good until written().
    const piece_list& pieces() const { return pieces_; }
    void written();
    // In place of written(): nothing goes out yet, and the read buffer may move.
    void hold();

    const stream_gate& gate() const { return gate_; }
    bool has_payload() const { return gate_.said().has_payload(); }
    // Of what is to be written.
    std::size_t size() const;
    // Bytes that are held beside the read buffer: an event that is split.
    std::size_t held() const { return tail_.size(); }

private:
    std::optional<fault> judge(std::string_view& pending);
    std::optional<fault> give(const openai::sse_event& event, gate_verdict& verdict);
    void keep(std::string_view event);
    std::optional<fault> join(std::string_view event);
    std::optional<fault> add_last(std::string text);
    void add_failure(std::string text);
    void read_ahead(std::string_view pending);
    void pass(std::string_view bytes);
    void drop_used_tail();

    stream_gate gate_;
    transcript& said_;
    seam* const seam_;
    openai::sse_scanner scanner_;
    piece_list payload_;
    piece_list pieces_;
    std::list<std::string> texts_;  // what pieces_ may point to besides the read buffer and tail_
    bool has_failure_ = false;      // the last of pieces_ tells of a failure
    bool held_ = false;             // the first of pieces_ is the first of texts_: what hold() has kept
    std::string tail_;
    std::size_t tail_used_ = 0;
    std::size_t read_ = 0;  // bytes behind them that the gate has read ahead
};

}  // namespace ferry::relay

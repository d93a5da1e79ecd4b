#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/event_facts.hpp"
#include "openai/long_event.hpp"
#include "openai/operation.hpp"
#include "openai/sse.hpp"
#include "provider/provider.hpp"
#include "provider/repair.hpp"
#include "relay/exchange/transcript.hpp"
#include "usage/records.hpp"

namespace ferry::relay {

enum class gate_action : std::uint8_t {
    pass,     // write event.raw as it is
    drop,     // write nothing
    replace,  // write text instead
    hold,     // write nothing now: the gate has kept it (only [DONE])
    fail,     // the stream has failed: write text (if anything was sent already) and end without [DONE]
};

struct gate_verdict {
    gate_action action = gate_action::pass;
    bool has_payload = false;      // the event carries something of the answer: the payload clock starts anew
    std::string text;              // for replace and fail
    std::optional<fault> failure;  // for fail
};

enum class stream_end : std::uint8_t {
    clean,      // the upstream's body ended as its framing says
    truncated,  // it was cut
};

// What the client gets at the end, in this order.
struct gate_ending {
    std::string tail;              // an event that came without its blank line
    std::string append;            // what was held back
    std::string error;             // tells of the failure
    std::optional<fault> failure;  // absent when the answer is complete
};

struct gate_options {
    openai::stream_kind streams = openai::stream_kind::choices;
    bool client_asked_usage = false;
    bool issues_ids = false;
    const provider::provider* service = nullptr;     // not null; static
    std::span<const std::string_view> secrets = {};  // removed from error texts; outlive the gate
};

// Decides for each event of an upstream's stream what the client gets. Bytes pass untouched unless leaving them so
// would break an official SDK, show what the client did not ask for, or let a failure look like success: what begins
// like an answer and cannot be read is lost content, and the stream fails; only a bare word or a number is left out.
// Owned by: the relay of one stream. Lives on: a core. No I/O, no clock. In steady state it allocates nothing.
class stream_gate {
public:
    // What the stream says goes into `said`, which must outlive the gate.
    stream_gate(const gate_options& options, transcript& said) : options_(options), said_(said) {}

    // `read`: so many of its first bytes were shown to read_ahead() before.
    gate_verdict on_event(const openai::sse_event& event, std::size_t read = 0);

    // The next bytes of a long event that is not there as a whole: so that not all of it has to be read at once when it
    // is. Each byte once.
    void read_ahead(std::string_view bytes);
    // Bytes of an event that is too long to be held were given to the client; its rest comes as a headless event.
    void on_part(std::string_view bytes, std::size_t read = 0);

    // What ends the answer is kept back: usage may follow a [DONE], and nobody has the whole before it is booked. The
    // caller releases it when the upstream's body ends (on_end does it) or 250 ms have passed.
    bool holding_done() const { return !held_.empty(); }
    std::string release_done();

    // The upstream's body has ended. `tail` is sse_scanner::finish(). To be called once, not after fail.
    gate_ending on_end(stream_end how, const std::optional<openai::sse_event>& tail, std::size_t read = 0);

    // Of each choice it is known why it finished, and the stream broke off behind that: but for its last event, which
    // this is, the answer is whole.
    std::string end_as_whole();

    bool is_typed() const { return options_.streams == openai::stream_kind::typed; }
    const transcript& said() const { return said_; }
    // The event that tells of a failure in a stream of this kind.
    std::string error_event(const fault& why) const;
    // How well the usage is known, at any time: after on_end, after fail, or when the client has gone.
    usage::basis basis() const;
    // The answer came to its end.
    bool is_complete() const { return complete_; }
    // The answer is whole but for its usage, which may still come.
    bool awaits_usage() const { return is_whole() && !said_.usage(); }

    // What the error the stream failed with says the request must do without.
    const provider::repair_set& refused() const { return refused_; }

private:
    gate_verdict on_comment(const openai::sse_event& event);
    gate_verdict on_data(const openai::sse_event& event, std::string_view data, const openai::event_facts& facts);
    gate_verdict pass_on(const openai::sse_event& event, std::string_view data, const openai::event_facts& facts);
    gate_verdict on_done(const openai::sse_event& event);
    gate_verdict on_end_of_long(std::string_view rest);
    gate_verdict on_unreadable(std::string_view data);
    // Of streams whose events have types: stream_gate_typed.cpp.
    gate_verdict on_typed(const openai::sse_event& event, std::string_view data, const openai::event_facts& facts);
    gate_verdict on_typed_done(const openai::sse_event& event);
    gate_verdict hold_last(std::string_view raw);
    fault failure_in(std::string_view data) const;
    gate_verdict fail_with(fault reason);
    fault no_answer() const;
    void note_oddity(const openai::event_facts& facts, std::string_view data);
    gate_verdict on_error(const openai::sse_event& event, std::string_view data);
    gate_verdict fail(fault reason, std::string text);
    std::optional<fault> learn(const openai::event_facts& facts);
    gate_ending end_tail(const openai::sse_event& tail, std::size_t read);
    bool is_whole() const { return !failed_ && (done_ || said_.all_finished()); }

    gate_options options_;
    transcript& said_;
    std::string held_;    // the last event, byte for byte, and what came after it that is harmless
    std::string joined_;  // scratch for events of several data lines
    std::string oddity_;  // the first event without a choice before any with one: it may say what went wrong
    std::unique_ptr<openai::long_event> long_;  // the event whose beginning was given away or read ahead
    provider::repair_set refused_;
    int junk_ = 0;
    bool done_ = false;      // the last event has come, or was added
    bool complete_ = false;  // ... and was given to the client
    bool failed_ = false;
    bool saw_id_ = false;
    bool tail_lost_ = false;  // the stream ended inside an event
};

}  // namespace ferry::relay

// Streams whose events say in `type` what they are: the last one says so, too.
#include <utility>

#include "openai/error_body.hpp"
#include "openai/json_walk.hpp"
#include "openai/secret_scrub.hpp"
#include "relay/answer/gate_verdicts.hpp"

namespace ferry::relay {

namespace {

using openai::event_type;

constexpr std::size_t most_held = 1u << 20;

}  // namespace

std::string stream_gate::error_event(const fault& why) const {
    return is_typed() ? openai::typed_error_event(why, said_.next_sequence()) : openai::sse_error_event(why);
}

gate_verdict stream_gate::on_typed(const openai::sse_event& event, std::string_view data,
                                   const openai::event_facts& facts) {
    const bool is_error = facts.type == event_type::error || event.name == "error";
    if (is_error || (facts.is_error && facts.type == event_type::none)) return on_error(event, data);
    said_.learn(facts);
    if (options_.issues_ids && facts.type == event_type::begun) said_.learn_ids(data);
    const auto end = missing_end(event);
    if (facts.type == event_type::failed) {
        // The provider's own words are what its SDKs understand best.
        auto why = failure_in(data);
        const bool is_fit = openai::scrub_secrets(event.raw, options_.secrets) == event.raw;
        auto text = is_fit ? std::string(event.raw).append(end) : error_event(why);
        return fail(std::move(why), std::move(text));
    }
    if (facts.type == event_type::last && event.raw.size() <= most_held) {
        auto held = hold_last(event.raw);
        held_ += end;
        return held;
    }
    done_ = done_ || facts.type == event_type::last;
    auto passed = verdict(gate_action::pass);
    // It was not the last: another image follows, say.
    if (!held_.empty()) {
        passed.action = gate_action::replace;
        passed.text = release_done().append(event.raw);
        complete_ = false;
    }
    passed.has_payload = facts.type != event_type::begun;
    return passed;
}

// What lies there from before goes out with it.
gate_verdict stream_gate::hold_last(std::string_view raw) {
    done_ = true;
    auto held = verdict(gate_action::hold);
    if (held_.size() + raw.size() > most_held) {
        held.action = gate_action::replace;
        held.text = std::exchange(held_, {});
    }
    held_ += raw;
    return held;
}

// Some services end these streams so, too.
gate_verdict stream_gate::on_typed_done(const openai::sse_event& event) {
    if (done_) {
        held_.append(event.raw).append(missing_end(event));
        return verdict(gate_action::hold);
    }
    return fail_with(fault::upstream(fault_code::upstream_stream_interrupted, retry_advice::same,
                                     "The upstream's stream ended without its last event. "
                                     "What was received is only a part of the answer."));
}

// response.failed says why inside of its response.
fault stream_gate::failure_in(std::string_view data) const {
    std::string_view error;
    openai::for_each_member(data, [&error](std::string_view key, std::string_view response) {
        if (key != "response") return;
        openai::for_each_member(response, [&error](std::string_view name, std::string_view value) {
            if (name == "error") error = value;
        });
    });
    const auto text = R"({"error":)" + std::string(error.empty() ? "null" : error) + "}";
    const auto said = openai::parse_upstream_error("application/json", text, options_.secrets);
    return options_.service->classify(200, said, std::nullopt);
}

}  // namespace ferry::relay

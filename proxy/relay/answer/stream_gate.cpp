#include "relay/answer/stream_gate.hpp"

#include <utility>

#include "openai/error_body.hpp"
#include "openai/secret_scrub.hpp"

namespace ferry::relay {
namespace {

constexpr std::string_view done_event = "data: [DONE]\n\n";
constexpr std::size_t held_max = 4096;
constexpr int junk_max = 3;

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_done(std::string_view data) {
    return data.starts_with("[DONE]");
}

// What `event` lacks of its end. openai-python drops an event without its blank line.
std::string_view missing_end(const openai::sse_event& event) {
    if (event.is_ended) return "";
    return event.raw.ends_with('\n') ? "\n" : "\n\n";
}

gate_verdict verdict(gate_action action) {
    gate_verdict made;
    made.action = action;
    return made;
}

}  // namespace

gate_verdict stream_gate::on_event(const openai::sse_event& event) {
    if (failed_) return verdict(gate_action::drop);
    if (event.is_headless) {
        payload_ = true;
        auto passed = verdict(gate_action::pass);
        passed.has_payload = true;
        return passed;
    }
    if (event.is_comment_only()) return on_comment(event);
    const auto data = data_of(event);
    // The official SDKs parse the data of every event with a name or an id, also where there is none.
    if (is_blank(data)) return verdict(gate_action::drop);
    if (is_done(data)) return on_done(event);
    return on_data(event, data);
}

std::string_view stream_gate::data_of(const openai::sse_event& event) {
    if (event.data_lines < 2) return event.data;
    openai::join_data(event, joined_);
    return joined_;
}

gate_verdict stream_gate::on_comment(const openai::sse_event& event) {
    if (holding_done() && held_.size() + event.raw.size() <= held_max) {
        held_ += event.raw;
        return verdict(gate_action::hold);
    }
    // openai-python keeps the last id for ever and takes every blank line after it for an event without data.
    return verdict(saw_id_ || holding_done() ? gate_action::drop : gate_action::pass);
}

gate_verdict stream_gate::on_done(const openai::sse_event& event) {
    if (done_) return verdict(gate_action::drop);
    done_ = true;
    held_ = event.raw.size() <= held_max ? event.raw : done_event;
    if (event.raw.size() <= held_max) held_ += missing_end(event);
    return verdict(gate_action::hold);
}

gate_verdict stream_gate::on_data(const openai::sse_event& event, std::string_view data) {
    const auto facts = openai::inspect_event(data);
    if (!facts.is_object) return done_ ? verdict(gate_action::drop) : on_junk();
    if (facts.usage) usage_ = facts.usage;
    if (done_) return verdict(gate_action::drop);
    if (facts.is_error || event.name == "error") return on_error(event, data);
    learn(facts);
    if (!facts.finish_reason.empty()) {
        if (auto reason = options_.service->failed_finish(facts.finish_reason)) {
            auto text = openai::sse_error_event(*reason);
            return fail(std::move(*reason), std::move(text));
        }
    }
    const bool is_usage_chunk = facts.has_usage && facts.choices_are_empty;
    if (is_usage_chunk && !options_.client_asked_usage) return verdict(gate_action::drop);
    saw_id_ = saw_id_ || event.has_id;
    auto passed = verdict(gate_action::pass);
    passed.has_payload = facts.has_payload;
    return passed;
}

void stream_gate::learn(const openai::event_facts& facts) {
    payload_ = payload_ || facts.has_payload;
    seen_ |= facts.seen;
    finished_ |= facts.finished;
    if (!facts.finish_reason.empty()) finish_reason_ = facts.finish_reason;
}

gate_verdict stream_gate::on_junk() {
    if (++junk_ < junk_max) return verdict(gate_action::drop);
    auto reason = fault::upstream(fault_code::upstream_invalid_response, retry_advice::same,
                                  "The upstream sent " + std::to_string(junk_) +
                                      " stream events that are not JSON objects. Send the request again.");
    auto text = openai::sse_error_event(reason);
    return fail(std::move(reason), std::move(text));
}

gate_verdict stream_gate::on_error(const openai::sse_event& event, std::string_view data) {
    const auto error = openai::parse_upstream_error("application/json", data, options_.secrets);
    auto reason = options_.service->classify(200, error, std::nullopt);
    const bool is_fit = error.is_openai_shaped && openai::scrub_secrets(event.raw, options_.secrets) == event.raw;
    auto text = is_fit ? std::string(event.raw).append(missing_end(event)) : openai::sse_error_event(reason);
    return fail(std::move(reason), std::move(text));
}

gate_verdict stream_gate::fail(fault reason, std::string text) {
    failed_ = true;
    auto made = verdict(gate_action::fail);
    made.text = std::move(text);
    made.failure = std::move(reason);
    return made;
}

std::string stream_gate::release_done() {
    complete_ = complete_ || holding_done();
    return std::exchange(held_, {});
}

// The event that lacks its blank line: completed if it is whole otherwise.
gate_ending stream_gate::end_tail(const openai::sse_event& tail) {
    gate_ending ending;
    if (tail.is_headless) {
        ending.append = std::string(tail.raw).append(missing_end(tail));
        return ending;
    }
    const auto data = data_of(tail);
    if (is_blank(data)) return ending;
    if (!is_done(data) && !openai::inspect_event(data).is_object) {
        tail_lost_ = true;
        return ending;
    }
    auto judged = on_event(tail);
    if (judged.action == gate_action::pass) ending.append = std::string(tail.raw).append(missing_end(tail));
    if (judged.action == gate_action::fail) {
        ending.append = std::move(judged.text);
        ending.failure = std::move(judged.failure);
    }
    return ending;
}

gate_ending stream_gate::on_end(stream_end how, const std::optional<openai::sse_event>& tail) {
    gate_ending ending;
    if (tail) ending = end_tail(*tail);
    if (failed_) return ending;
    if (!done_ && how == stream_end::clean && !tail_lost_ && all_finished()) {
        done_ = true;
        held_ = done_event;
    }
    if (done_) {
        ending.append += release_done();
        return ending;
    }
    failed_ = true;
    ending.failure = fault::upstream(fault_code::upstream_stream_interrupted, retry_advice::next_candidate,
                                     "The upstream's stream ended before its answer was complete. "
                                     "What was received is only a part of it.");
    ending.append += openai::sse_error_event(*ending.failure);
    return ending;
}

stream_outcome stream_gate::outcome() const {
    stream_outcome out;
    out.is_complete = complete_;
    out.usage = usage_;
    out.finish_reason = finish_reason_;
    const bool is_whole = !failed_ && (done_ || all_finished());
    if (usage_ && is_whole)
        out.basis = stream_basis::provider;
    else if (!complete_ && (usage_ || payload_))
        out.basis = stream_basis::partial;
    return out;
}

}  // namespace ferry::relay

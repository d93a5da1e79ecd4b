#include "relay/answer/stream_gate.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "openai/error_body.hpp"
#include "openai/secret_scrub.hpp"
#include "openai/usage_chunk.hpp"
#include "openai/usage_finder.hpp"
#include "relay/answer/gate_verdicts.hpp"

namespace ferry::relay {
namespace {

constexpr std::string_view done_event = "data: [DONE]\n\n";
constexpr int junk_max = 3;

bool is_blank(std::string_view text) {
    return text.find_first_not_of(white_space) == std::string_view::npos;
}

bool is_done(std::string_view data) {
    return trimmed(data, is_white_space).starts_with("[DONE]");
}

// A bare word or a number was never content. Anything that holds a sign of JSON may be a piece of an answer.
bool may_be_content(std::string_view data) {
    return data.find_first_of("{}[]\"") != std::string_view::npos;
}

fault unreadable() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::same,
                           "A part of the upstream's answer could not be read, so what was received is not all of it. "
                           "Send the request again.");
}

}  // namespace

gate_verdict stream_gate::on_event(const openai::sse_event& event, std::size_t read) {
    if (failed_) return verdict(gate_action::drop);
    if (event.is_headless) {
        on_part(event.raw, read);
        return on_end_of_long(event.raw);
    }
    std::optional<openai::event_facts> known;
    if (read > 0) {
        read_ahead(event.raw.substr(read));
        known = long_->facts();
        long_.reset();
    }
    if (event.is_comment_only()) return on_comment(event);
    const auto data = openai::data_of(event, joined_);
    // The official SDKs parse the data of every event with a name or an id, also where there is none.
    if (is_blank(data)) return verdict(gate_action::drop);
    if (is_done(data)) return on_done(event);
    if (known) return on_data(event, data, *known);
    openai::usage_finder finder(said_.tally());
    finder.feed(data);
    return on_data(event, data, finder.facts());
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
    if (is_typed()) return on_typed_done(event);
    if (done_) return verdict(gate_action::drop);
    if (!said_.has_choice()) return fail_with(no_answer());
    done_ = true;
    const bool is_plain = event.data_lines == 1 && event.data == "[DONE]" && event.raw.size() <= held_max;
    held_ = is_plain ? event.raw : done_event;
    if (is_plain) held_ += missing_end(event);
    return verdict(gate_action::hold);
}

gate_verdict stream_gate::on_data(const openai::sse_event& event, std::string_view data,
                                  const openai::event_facts& facts) {
    if (!facts.is_object) return done_ ? verdict(gate_action::drop) : on_unreadable(data);
    said_.learn_usage(facts);
    if (is_typed()) return on_typed(event, data, facts);
    if (done_) return verdict(gate_action::drop);
    if (facts.tells_failure() || event.name == "error") return on_error(event, data);
    note_oddity(facts, data);
    if (auto failed = learn(facts)) return fail_with(std::move(*failed));
    if (auto* words = said_.words(); words != nullptr && facts.has_choice) words->add_event(data);
    if (facts.is_usage_alone() && !options_.client_asked_usage) return verdict(gate_action::drop);
    return pass_on(event, data, facts);
}

gate_verdict stream_gate::pass_on(const openai::sse_event& event, std::string_view data,
                                  const openai::event_facts& facts) {
    saw_id_ = saw_id_ || event.has_id;
    auto passed = verdict(gate_action::pass);
    passed.has_payload = facts.has_payload;
    const bool lacks_list = !facts.has_choice && !facts.choices_is_list;
    if (lacks_list && (facts.is_usage_alone() || facts.has_null_choices)) {
        passed.action = gate_action::replace;
        passed.text = openai::with_empty_choices(event, data);
    }
    return passed;
}

void stream_gate::note_oddity(const openai::event_facts& facts, std::string_view data) {
    const bool is_odd = !said_.has_choice() && !facts.has_choice && !facts.has_usage && oddity_.empty();
    if (is_odd && data.size() <= held_max) oddity_ = data;
}

// The fault behind a finish reason that means one.
std::optional<fault> stream_gate::learn(const openai::event_facts& facts) {
    auto failed = facts.finish_reason.empty() ? std::nullopt : options_.service->failed_finish(facts.finish_reason);
    if (!failed) {
        said_.learn(facts);
        return std::nullopt;
    }
    auto unfinished = facts;
    unfinished.finished.reset();
    said_.learn(unfinished);
    return failed;
}

void stream_gate::read_ahead(std::string_view bytes) {
    if (!long_) long_ = std::make_unique<openai::long_event>(said_.tally());
    long_->feed(bytes);
}

void stream_gate::on_part(std::string_view bytes, std::size_t read) {
    read_ahead(bytes.substr(std::min(read, bytes.size())));
    if (long_->has_data()) said_.learn_payload();
    if (auto* words = said_.words()) words->add_part(bytes);
}

// The client has all but the end of it, `rest`.
gate_verdict stream_gate::on_end_of_long(std::string_view rest) {
    const auto facts = long_->facts();
    if (auto* words = said_.words()) words->end_parts();
    const bool has_data = long_->has_data();
    long_.reset();
    auto passed = verdict(done_ ? gate_action::drop : gate_action::pass);
    if (!has_data || done_) return passed;
    if (!facts.is_object) {
        auto reason = unreadable();
        auto text = "\n\n" + error_event(reason);
        return fail(std::move(reason), std::move(text));
    }
    said_.learn_usage(facts);
    if (facts.tells_failure()) {
        return fail(fault::upstream(fault_code::upstream_error, retry_advice::same,
                                    "The upstream reported an error that is too long to be read."),
                    std::string(rest));
    }
    if (facts.type == openai::event_type::last) {
        said_.learn(facts);
        return hold_last(rest);
    }
    if (auto reason = learn(facts)) {
        auto text = std::string(rest) + error_event(*reason);
        return fail(std::move(*reason), std::move(text));
    }
    passed.has_payload = facts.has_payload;
    return passed;
}

gate_verdict stream_gate::on_unreadable(std::string_view data) {
    if (may_be_content(data)) return fail_with(unreadable());
    if (++junk_ < junk_max) return verdict(gate_action::drop);
    return fail_with(fault::upstream(fault_code::upstream_invalid_response, retry_advice::same,
                                     "The upstream sent " + std::to_string(junk_) +
                                         " stream events that are not JSON objects. Send the request again."));
}

// The stream came to its end without one choice.
fault stream_gate::no_answer() const {
    const auto error = openai::parse_upstream_error("application/json", oddity_, options_.secrets);
    if (!error.message.empty()) return options_.service->classify(200, error, std::nullopt);
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::same,
                           "The upstream's stream ended without an answer in it. Send the request again.");
}

gate_verdict stream_gate::on_error(const openai::sse_event& event, std::string_view data) {
    const auto error = openai::parse_upstream_error("application/json", data, options_.secrets);
    refused_ = provider::find_repairs(200, error);
    auto reason = options_.service->classify(200, error, std::nullopt);
    const bool is_fit = error.is_openai_shaped && openai::scrub_secrets(event.raw, options_.secrets) == event.raw;
    auto text = is_fit ? std::string(event.raw).append(missing_end(event)) : error_event(reason);
    return fail(std::move(reason), std::move(text));
}

gate_verdict stream_gate::fail_with(fault reason) {
    auto text = error_event(reason);
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
gate_ending stream_gate::end_tail(const openai::sse_event& tail, std::size_t read) {
    gate_ending ending;
    if (!tail.is_headless) long_.reset();  // there is no more of it: it can be read at once
    const auto data = tail.is_headless ? std::string_view() : openai::data_of(tail, joined_);
    if (tail.is_headless) {
        on_part(tail.raw, read);
        tail_lost_ = long_->has_data() && !long_->facts().is_object;
        // What the client has of it must not run into what comes now.
        if (tail_lost_) ending.tail = "\n\n";
    } else if (is_blank(data)) {
        return ending;
    } else if (!is_done(data) && !openai::inspect_event(data).is_object) {
        tail_lost_ = may_be_content(data);
        return ending;
    }
    if (tail_lost_) return ending;
    auto judged = tail.is_headless ? on_end_of_long(tail.raw) : on_event(tail);
    if (judged.action == gate_action::pass) ending.tail = std::string(tail.raw).append(missing_end(tail));
    if (judged.action == gate_action::replace) ending.tail = judged.text.append(missing_end(tail));
    if (judged.action == gate_action::fail) {
        ending.error = std::move(judged.text);
        ending.failure = std::move(judged.failure);
    }
    return ending;
}

gate_ending stream_gate::on_end(stream_end how, const std::optional<openai::sse_event>& tail, std::size_t read) {
    gate_ending ending;
    if (tail) ending = end_tail(*tail, read);
    if (failed_) return ending;
    if (!done_ && how == stream_end::clean && !tail_lost_ && said_.all_finished()) {
        done_ = true;
        held_ = done_event;
    }
    if (done_) {
        ending.append = release_done();
        return ending;
    }
    failed_ = true;
    ending.failure = fault::upstream(fault_code::upstream_stream_interrupted, retry_advice::next_candidate,
                                     "The upstream's stream ended before its answer was complete. "
                                     "What was received is only a part of it.");
    ending.error = error_event(*ending.failure);
    return ending;
}

std::string stream_gate::end_as_whole() {
    failed_ = false;
    done_ = true;
    held_ = done_event;
    return release_done();
}

usage::basis stream_gate::basis() const {
    if (said_.usage() && is_whole()) return usage::basis::provider;
    const bool is_part = !complete_ && (said_.usage() || said_.has_payload());
    return is_part ? usage::basis::partial : usage::basis::none;
}

}  // namespace ferry::relay

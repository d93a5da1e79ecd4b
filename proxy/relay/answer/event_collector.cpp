#include "relay/answer/event_collector.hpp"

#include "base/ascii.hpp"
#include "openai/json_walk.hpp"

namespace ferry::relay {
namespace {

constexpr std::size_t most_bytes = 16u << 20;

fault too_large() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::never,
                           "The upstream's answer is larger than 16 MiB. Ask for it as a stream.");
}

fault contradictory() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::same,
                           "The upstream's stream cannot be put together: what it said first as one kind of value went "
                           "on as another. Send the request again, or ask for a stream.");
}

// What is wanted is the whole, and so the usage too.
gate_options with_usage(gate_options options) {
    options.client_asked_usage = true;
    return options;
}

}  // namespace

event_collector::event_collector(gate_options options, transcript& said)
    : gate_(with_usage(options), said), whole_(most_bytes), is_typed_(options.streams == openai::stream_kind::typed) {}

std::optional<fault> event_collector::take(attempt& from) {
    payload_.clear();
    // What came before the fault is looked at first: it may say more than the fault does.
    auto broken = from.decode(payload_);
    if (auto failed = take(payload_)) return failed;
    return broken;
}

std::optional<fault> event_collector::take(std::span<const std::string_view> payload) {
    for (const auto piece : payload) pending_.append(piece);
    begun_ = begun_ || !payload.empty();
    std::string_view pending = pending_;
    if (auto failed = take(pending)) return failed;
    pending_.erase(0, pending_.size() - pending.size());
    if (pending_.size() > most_bytes) return too_large();
    return std::nullopt;
}

std::optional<fault> event_collector::take(std::string_view& pending) {
    while (const auto event = scanner_.next(pending)) {
        auto verdict = gate_.on_event(*event);
        if (verdict.action == gate_action::fail) return std::move(verdict.failure);
        const bool is_given = verdict.action == gate_action::pass || verdict.action == gate_action::replace;
        if (is_typed_ ? verdict.action == gate_action::hold : is_given) {
            if (auto failed = collect(*event)) return failed;
        }
        pending.remove_prefix(event->consumed);
    }
    return std::nullopt;
}

std::optional<fault> event_collector::collect(const openai::sse_event& event) {
    std::string joined;
    const auto data = openai::data_of(event, joined);
    if (is_typed_) {
        openai::for_each_member(data, [this](std::string_view key, std::string_view value) {
            if (key == "response") response_ = value;
        });
        collected_ = response_.size();
        return std::nullopt;
    }
    const auto at = data.find_first_not_of(white_space);
    const bool is_object = at != std::string_view::npos && data[at] == '{';
    const auto added = is_object ? whole_.add(data) : openai::aggregation::taken;
    if (added == openai::aggregation::too_large) return too_large();
    if (added == openai::aggregation::contradictory) return contradictory();
    collected_ += data.size();
    return std::nullopt;
}

std::optional<fault> event_collector::end(stream_end how) {
    const auto rest = scanner_.finish(pending_);
    auto ending = gate_.on_end(how, rest);
    if (ending.failure) return std::move(ending.failure);
    // An event without its blank line was completed by the gate.
    openai::sse_scanner last;
    const auto all = ending.tail + ending.append;
    std::string_view pending = all;
    while (const auto event = last.next(pending)) {
        if (auto failed = collect(*event)) return failed;
        pending.remove_prefix(event->consumed);
    }
    return std::nullopt;
}

}  // namespace ferry::relay

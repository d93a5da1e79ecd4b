#include "relay/exchange/transcript.hpp"

#include <algorithm>
#include <utility>

#include "openai/issued_ids.hpp"

namespace ferry::relay {

namespace {

void take(std::optional<std::int64_t>& into, const std::optional<std::int64_t>& later) {
    if (later) into = later;
}

}  // namespace

void transcript::learn(const openai::event_facts& facts) {
    learn_usage(facts);
    has_choice_ = has_choice_ || facts.has_choice;
    has_payload_ = has_payload_ || facts.has_payload;
    seen_ |= facts.seen;
    finished_ |= facts.finished;
    using openai::event_type;
    has_payload_ = has_payload_ || facts.type == event_type::content || facts.type == event_type::last;
    if (facts.type == event_type::last) ++last_events_;
    if (!facts.status.empty()) status_ = facts.status;
    counted_.listed += facts.listed;
    take(counted_.seconds, facts.seconds);
    take(counted_.searches, facts.searches);
    take(counted_.pages, facts.pages);
    if (facts.sequence) next_sequence_ = *facts.sequence + 1;
    if (!facts.finish_reason.empty()) finish_reason_ = facts.finish_reason;
}

void transcript::learn_ids(std::string_view json) {
    for (auto& id : openai::find_issued_ids(json)) {
        const bool is_new = std::find(ids_.begin(), ids_.end(), id) == ids_.end();
        if (is_new && ids_.size() < openai::issued_ids_max) ids_.push_back(std::move(id));
    }
}

}  // namespace ferry::relay

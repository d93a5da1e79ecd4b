#include "relay/exchange/transcript.hpp"

namespace ferry::relay {

void transcript::learn(const openai::event_facts& facts) {
    learn_usage(facts);
    has_choice_ = has_choice_ || facts.has_choice;
    has_payload_ = has_payload_ || facts.has_payload;
    seen_ |= facts.seen;
    finished_ |= facts.finished;
    if (!facts.finish_reason.empty()) finish_reason_ = facts.finish_reason;
}

}  // namespace ferry::relay

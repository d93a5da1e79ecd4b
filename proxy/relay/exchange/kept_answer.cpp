#include "relay/exchange/kept_answer.hpp"

#include <utility>

#include "conversation/answer_message.hpp"
#include "openai/sse.hpp"

namespace ferry::relay {

bool kept_answer::has_room(std::size_t bytes) {
    held_ += bytes;
    is_lost_ = is_lost_ || held_ > most_bytes;
    return !is_lost_;
}

void kept_answer::add_event(std::string_view data) {
    if (!has_room(data.size())) return;
    is_lost_ = events_.add(data) != openai::aggregation::taken;
}

void kept_answer::add_part(std::string_view bytes) {
    if (bytes.size() + long_.size() > most_bytes) is_lost_ = true;
    if (!is_lost_) long_.append(bytes);
}

void kept_answer::end_parts() {
    const auto text = std::exchange(long_, {});
    openai::sse_scanner scanner;
    std::string_view pending = text;
    std::string joined;
    const auto add = [this, &joined](const openai::sse_event& event) { add_event(openai::data_of(event, joined)); };
    while (const auto event = scanner.next(pending)) {
        add(*event);
        pending.remove_prefix(event->consumed);
    }
    if (const auto last = scanner.finish(pending)) add(*last);
}

void kept_answer::add_document(std::string_view bytes) {
    if (has_room(bytes.size())) document_.append(bytes);
}

std::optional<usage::message> kept_answer::message() {
    if (is_lost_ || held_ == 0) return std::nullopt;
    return conversation::answer_message(document_.empty() ? events_.finish() : std::move(document_));
}

}  // namespace ferry::relay

#include "relay/exchange/given_answer.hpp"

#include "openai/sse.hpp"

namespace ferry::relay {

void given_answer::add(std::string_view piece) {
    tally_.add(piece);
    if (is_lost_) return;
    const bool is_text = place_ == text_place_;
    if (!is_text && place_ != openai::word_place::thought) {
        if (!is_typed_ && !piece.empty()) lose();
        return;
    }
    if (piece.size() > room_) return lose();
    room_ -= piece.size();
    (is_text ? said_ : thought_).append(piece);
}

void given_answer::note_call() {
    tally_.note_call();
    if (!is_typed_) lose();
}

void given_answer::keep(std::string_view raw) {
    const bool has_text = said_.size() > said_kept_;
    said_kept_ = said_.size();
    thought_kept_ = thought_.size();
    if (is_lost_) return;
    if (is_typed_ ? !has_text : !has_event_) add_mark(raw);
    has_event_ = true;
}

void given_answer::keep_as_first(const given_answer& before) {
    said_kept_ = said_.size();
    has_event_ = true;
    if (!before.marks_.empty()) marks_.push_back(before.marks_.front());
}

void given_answer::add_mark(std::string_view raw) {
    if (raw.size() + sizeof(mark) > room_) return lose();
    openai::sse_scanner scanner;
    const auto event = scanner.next(raw);
    if (!event || event->is_comment_only()) return;
    std::string joined;
    marks_.push_back({said_.size(), std::string(openai::data_of(*event, joined))});
    const auto bytes = marks_.back().data.size() + sizeof(mark);
    mark_bytes_ += bytes;
    room_ -= bytes;
}

void given_answer::forget() {
    said_.resize(said_kept_);
    thought_.resize(thought_kept_);
}

// What is no longer of use is not held for the rest of a long stream.
void given_answer::lose() {
    is_lost_ = true;
    said_kept_ = thought_kept_ = mark_bytes_ = 0;
    std::string().swap(said_);
    std::string().swap(thought_);
    std::vector<mark>().swap(marks_);
}

}  // namespace ferry::relay

#include "openai/facts_reader.hpp"

#include <charconv>

namespace ferry::openai {
namespace {

constexpr std::size_t id_max = 128;

bool is_container(json_kind kind) {
    return kind == json_kind::object || kind == json_kind::array;
}

bool is_number_leaf(fact which) {
    return which >= fact::prompt_tokens;
}

}  // namespace

bool facts_reader::begin(json_kind kind, std::size_t, int depth) {
    if (depth >= followed) return false;
    const fact around = depth == 0 ? fact::none : open_[static_cast<std::size_t>(depth - 1)];
    if (depth > 0 && around == fact::none) {
        if (is_container(kind)) open_[static_cast<std::size_t>(depth)] = fact::none;
        return false;
    }
    length_ = 0;
    if (around == fact::filled) facts_.has_payload = true;
    if (around == fact::error) facts_.is_error = true;
    if (kind == json_kind::key) {
        current_ = fact::none;
        return around != fact::filled && around != fact::error;
    }
    if (depth == 0) {
        current_ = fact::root;
    } else if (around == fact::choices) {
        current_ = fact::choice;
        choice_ = choices_++;  // unless it says otherwise
        facts_.choices_are_empty = choice_finished_ = false;
    } else if (around == fact::filled || around == fact::error) {
        current_ = fact::none;
    }
    return begin_value(kind, depth);
}

// True if the text of the value matters.
bool facts_reader::begin_value(json_kind kind, int depth) {
    if (is_container(kind)) {
        open(current_, kind, depth);
        return false;
    }
    if (kind == json_kind::string) {
        return current_ == fact::payload || current_ == fact::finish_reason || current_ == fact::error_flag ||
               current_ == fact::error || (current_ == fact::id && keep_id_);
    }
    return kind == json_kind::number && (is_number_leaf(current_) || current_ == fact::index);
}

void facts_reader::open(fact which, json_kind kind, int depth) {
    const bool is_array = kind == json_kind::array;
    fact inside = fact::none;
    if (which == fact::payload) {
        inside = fact::filled;
    } else if (which == fact::choices && is_array) {
        inside = fact::choices;
        facts_.has_choices = facts_.choices_are_empty = true;
    } else if (which == fact::error || (!is_array && which > fact::choices && which <= fact::timings)) {
        inside = which;
    } else if (which == fact::root && !is_array) {
        inside = fact::root;
    }
    if (inside == fact::usage) {
        usage_.begin();
        if (depth == 1) facts_.has_usage = true;
    }
    open_[static_cast<std::size_t>(depth)] = inside;
}

void facts_reader::text(std::string_view piece) {
    if (current_ == fact::id && keep_id_) {
        if (id_.size() + piece.size() <= id_max) id_ += piece;
        return;
    }
    if (length_ > text_.size()) return;
    const auto taken = piece.copy(text_.data() + length_, text_.size() - length_);
    length_ = taken < piece.size() ? text_.size() + 1 : length_ + taken;
}

bool facts_reader::end(json_kind kind, std::size_t, int depth) {
    if (depth >= followed) return true;
    if (is_container(kind)) {
        const fact closed = open_[static_cast<std::size_t>(depth)];
        if (closed == fact::usage) usage_.end();
        if (closed == fact::choice && choice_ < choices_max) {
            facts_.seen.set(choice_);
            if (choice_finished_) facts_.finished.set(choice_);
        }
        return true;
    }
    const fact around = depth == 0 ? fact::none : open_[static_cast<std::size_t>(depth - 1)];
    if (around == fact::none) return true;
    if (kind == json_kind::key) {
        const bool fits = length_ <= text_.size();
        current_ = fits ? find_fact(around, {text_.data(), length_}) : fact::none;
        length_ = 0;
        return true;
    }
    end_value(current_, kind);
    return true;
}

void facts_reader::end_value(fact which, json_kind kind) {
    const bool fits = length_ <= text_.size();
    const std::string_view text(text_.data(), fits ? length_ : 0);
    if (is_number_leaf(which)) {
        if (kind != json_kind::literal_null) usage_.take(which, kind == json_kind::number ? text : "");
        return;
    }
    switch (which) {
        case fact::usage:
            facts_.usage_is_null = facts_.usage_is_null || kind == json_kind::literal_null;
            break;
        case fact::payload:
            facts_.has_payload = facts_.has_payload || length_ > 0;
            break;
        case fact::error:
            if (kind == json_kind::string ? length_ > 0
                                          : kind != json_kind::literal_null && kind != json_kind::literal_false) {
                facts_.is_error = true;
            }
            break;
        case fact::error_flag:
            facts_.is_error = facts_.is_error || text == "error";
            break;
        case fact::index:
            if (std::from_chars(text.data(), text.data() + text.size(), choice_).ec != std::errc()) {
                choice_ = choices_max;
            }
            break;
        case fact::finish_reason:
            if (length_ == 0) break;
            choice_finished_ = true;
            if (facts_.finish_reason.empty())
                facts_.finish_reason = fits ? text : std::string_view(text_.data(), text_.size());
            break;
        default:
            break;
    }
}

event_facts facts_reader::facts() const {
    auto facts = facts_;
    facts.usage = usage_.result();
    return facts;
}

}  // namespace ferry::openai

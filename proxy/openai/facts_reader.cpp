#include "openai/facts_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/number_text.hpp"

namespace ferry::openai {
namespace {

bool is_number_leaf(fact which) {
    return which >= fact::prompt_tokens;
}

word_place place_of(fact which) {
    switch (which) {
        case fact::payload:
            return word_place::said;
        case fact::thought:
        case fact::thought_also:
            return word_place::thought;
        case fact::delta:
            return word_place::delta;
        default:
            return word_place::other;
    }
}

// What services send as the code of an answer in which nothing failed.
bool is_code_of_success(std::string_view code) {
    static constexpr std::array<std::string_view, 6> good = {"", "0", "200", "ok", "OK", "success"};
    return std::find(good.begin(), good.end(), code) != good.end();
}

// A number, or one in quotes; whatever else is said counts as not said. Rounded up: a second that has begun is billed.
void take_count(std::optional<std::int64_t>& into, const json_token& token) {
    const auto value = parse_number<double>(token.text);
    const bool is_count = !token.is_clipped && value && *value >= 0 && *value <= tokens_max;
    if (is_count) into = static_cast<std::int64_t>(std::ceil(*value));
}

}  // namespace

// Something stands in what matters only if something does.
bool facts_reader::note_filled(fact container) {
    if (container == fact::filled || container == fact::silent) facts_.has_payload = true;
    if (container == fact::error) facts_.is_error = true;
    if (container == fact::sign) facts_.has_error_sign = true;
    return true;
}

// Of a member that may hold words: whether they are wanted.
json_heed facts_reader::heed_words() {
    const bool is_thought = current_ == fact::thought || current_ == fact::thought_also;
    const bool is_payload = is_thought || current_ == fact::payload || current_ == fact::beside;
    const bool is_repeated = is_thought && thought_ != fact::none && thought_ != current_;
    if (words_ != nullptr && !is_repeated && (current_ != fact::item || is_item_done_)) {
        words_->begin(place_of(current_));
        return json_heed::words;
    }
    if (!is_payload) current_ = fact::none;
    return is_payload ? json_heed::seen : json_heed::none;
}

// The words themselves went to who takes them.
void facts_reader::take_words(fact which, const json_token& token) {
    const bool is_there = token.kind == json_kind::string && !token.is_empty_string();
    if (!is_there) return;
    const bool is_thought = which == fact::thought || which == fact::thought_also;
    const bool is_payload = which == fact::payload || which == fact::beside || which == fact::presence;
    if (is_thought || is_payload) facts_.has_payload = true;
    if (words_ == nullptr) return;
    if (which == fact::call_name) words_->note_call();
    if (!is_thought || thought_ != fact::none) return;
    thought_ = which;
    words_->note_thought();
}

// What a value is that no key has named.
fact facts_reader::element_of(fact container) {
    fill(container);
    if (container == fact::none) return fact::root;
    if (container == fact::filled || container == fact::words) {
        return words_ != nullptr ? fact::nested : fact::none;
    }
    if (container == fact::listing) ++facts_.listed;
    if (container != fact::choices) return fact::none;
    choice_ = choices_++;  // unless it says otherwise
    choice_finished_ = false;
    return fact::choice;
}

bool facts_reader::open(json_kind kind, std::size_t, int depth) {
    const fact which = take_current(depth);
    const bool is_array = kind == json_kind::array;
    fact inside = fact::none;
    if (depth >= followed) return false;
    if (which == fact::output || which == fact::delta) {
        inside = fact::words;
    } else if (which == fact::item) {
        inside = fact::call;
    } else if (which == fact::nested) {
        inside = around(depth);
    } else if (which == fact::presence) {
        inside = fact::silent;
    } else if (may_be_words(which)) {
        inside = fact::filled;
    } else if (which == fact::listing) {
        // One list is the answer: of several, the first.
        inside = is_array && !facts_.has_list ? fact::listing : fact::none;
        facts_.has_list = facts_.has_list || is_array;
    } else if (which == fact::choices && is_array) {
        inside = fact::choices;
        facts_.choices_is_list = true;
    } else if (which == fact::error || which == fact::sign) {
        inside = which;
    } else if (!is_array && which > fact::choices && which <= fact::status) {
        inside = which;
        facts_.has_choice = facts_.has_choice || which == fact::choice;
        thought_ = fact::none;
    } else if (which == fact::root && !is_array) {
        inside = fact::root;
    }
    if (is_number_leaf(which)) usage_.take(which, "");
    if (inside == fact::usage) {
        usage_.begin();
        if (depth == 1) facts_.has_usage = true;
    }
    open_[static_cast<std::size_t>(depth)] = inside;
    return inside != fact::none;
}

bool facts_reader::close(json_kind, std::size_t, int depth) {
    if (depth >= followed) return true;
    const fact closed = open_[static_cast<std::size_t>(depth)];
    if (closed == fact::usage) {
        usage_.end();
        facts_.usage = usage_.result();
    }
    if (closed == fact::choice && choice_ < choices_max) {
        facts_.seen.set(choice_);
        if (choice_finished_) facts_.finished.set(choice_);
    }
    return true;
}

// What streams of typed events and answers without choices say.
void facts_reader::take_said(fact which, const json_token& token) {
    const bool is_string = token.kind == json_kind::string;
    switch (which) {
        case fact::event_type:
            if (is_string && facts_.type == event_type::none) facts_.type = event_type_of(token.text);
            is_item_done_ = is_item_done_ || (is_string && token.text == "response.output_item.done");
            break;
        case fact::state:
            if (is_string && facts_.status.empty()) facts_.status = token.text.substr(0, text_max);
            break;
        case fact::seconds:
            take_count(facts_.seconds, token);
            break;
        case fact::searches:
            take_count(facts_.searches, token);
            break;
        case fact::pages:
            take_count(facts_.pages, token);
            break;
        case fact::sequence:
            take_count(facts_.sequence, token);
            break;
        default:
            break;
    }
}

// What tells of a failure, or of none.
void facts_reader::take_sign(fact which, const json_token& token) {
    const auto kind = token.kind;
    const bool is_string = kind == json_kind::string;
    switch (which) {
        case fact::sign:
            if (is_string && !token.is_empty_string()) facts_.has_error_sign = true;
            break;
        case fact::success:
            if (kind == json_kind::literal_false) facts_.has_error_sign = true;
            break;
        case fact::code:
            if ((is_string || kind == json_kind::number) && !is_code_of_success(token.text)) {
                facts_.has_error_sign = true;
            }
            break;
        case fact::error_flag:
            if (is_string && token.text == "error") {
                facts_.is_error = true;
                break;
            }
            [[fallthrough]];
        case fact::identity:
            facts_.has_identity = facts_.has_identity || (is_string && !token.is_empty_string());
            break;
        default:
            break;
    }
}

bool facts_reader::scalar(const json_token& token) {
    const fact which = take_current(token.depth);
    const auto kind = token.kind;
    const bool is_string = kind == json_kind::string;
    const auto number = kind == json_kind::number && !token.is_clipped ? token.text : std::string_view();
    if (is_number_leaf(which)) {
        const bool is_text = is_string && !token.is_clipped;  // digits in quotes
        if (kind != json_kind::literal_null) usage_.take(which, is_text ? token.text : number);
        if (which == fact::timings_cached) facts_.usage = usage_.result();
        return true;
    }
    switch (which) {
        case fact::usage:
            facts_.usage_is_null = facts_.usage_is_null || kind == json_kind::literal_null;
            break;
        case fact::choices:
            facts_.has_null_choices = facts_.has_null_choices || kind == json_kind::literal_null;
            break;
        case fact::payload:
        case fact::beside:
        case fact::thought:
        case fact::thought_also:
        case fact::presence:
        case fact::call_name:
            take_words(which, token);
            break;
        case fact::error:
            if (!token.is_empty_string() && kind != json_kind::literal_null && kind != json_kind::literal_false) {
                facts_.is_error = true;
            }
            break;
        case fact::sign:
        case fact::success:
        case fact::code:
        case fact::identity:
        case fact::error_flag:
            take_sign(which, token);
            break;
        case fact::event_type:
        case fact::state:
        case fact::seconds:
        case fact::searches:
        case fact::pages:
        case fact::sequence:
            take_said(which, token);
            break;
        case fact::index:
            if (std::from_chars(number.data(), number.data() + number.size(), choice_).ec != std::errc()) {
                choice_ = choices_max;
            }
            break;
        case fact::finish_reason:
            if (!is_string || token.is_empty_string()) break;
            choice_finished_ = true;
            if (facts_.finish_reason.empty()) facts_.finish_reason = token.text.substr(0, text_max);
            break;
        default:
            break;
    }
    return true;
}

}  // namespace ferry::openai

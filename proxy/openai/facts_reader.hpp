#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "openai/event_facts.hpp"
#include "openai/fact_names.hpp"
#include "openai/json_token.hpp"
#include "openai/usage_reader.hpp"

namespace ferry::openai {

// A sink of json_scanner that picks the facts out of one answer or event of an upstream; it follows only the few
// paths named in fact_names and ignores all else. Owned by: usage_finder.
class facts_reader {
public:
    static constexpr std::size_t text_max = 64;

    // `words`: who takes the words of the answer; null: nobody. Outlives this.
    explicit facts_reader(answer_words* words) : words_(words) {}

    bool open(json_kind kind, std::size_t offset, int depth);
    json_heed key(const json_token& token) {
        const fact where = around(token.depth);
        if (fill(where) && words_ == nullptr) return json_heed::none;
        current_ = find_fact(where, token.text);
        if (current_ == fact::none) return json_heed::none;
        if (current_ >= fact::error_flag) return json_heed::text;
        return may_be_words(current_) ? heed_words() : json_heed::seen;
    }
    answer_words* words() { return words_; }
    bool scalar(const json_token& token);
    bool close(json_kind kind, std::size_t offset, int depth);

    // What was seen; `is_object` is for the caller to set, who knows whether the scan succeeded.
    event_facts& facts() { return facts_; }
    const event_facts& facts() const { return facts_; }
    bool is_object() const { return open_[0] == fact::root; }

private:
    // More than the deepest place that fact_names knows: what stands in one it does not know is never told of.
    static constexpr int followed = 8;

    static bool may_be_words(fact which) { return which >= fact::payload && which <= fact::call_name; }
    // True if whatever stands in it is payload, or the sign of a failure.
    bool fill(fact container) {
        if (container < fact::filled || container > fact::sign) return false;
        return note_filled(container);
    }
    bool note_filled(fact container);
    json_heed heed_words();
    void take_words(fact which, const json_token& token);
    void take_said(fact which, const json_token& token);
    void take_sign(fact which, const json_token& token);
    fact element_of(fact container);
    // What the value is that is told of now.
    fact take_current(int depth) {
        return current_ == fact::none ? element_of(around(depth)) : std::exchange(current_, fact::none);
    }
    fact around(int depth) const { return depth == 0 ? fact::none : open_[static_cast<std::size_t>(depth - 1)]; }

    event_facts facts_;
    usage_reader usage_;
    answer_words* words_;
    fact thought_ = fact::none;          // the spelling that this message has its thoughts in
    bool is_item_done_ = false;          // the event is about an item that is complete
    std::array<fact, followed> open_{};  // what each open object or array is
    fact current_ = fact::none;          // the member whose value comes next
    std::size_t choice_ = 0;             // index of the choice being read
    std::size_t choices_ = 0;            // how many have begun
    bool choice_finished_ = false;
};

}  // namespace ferry::openai

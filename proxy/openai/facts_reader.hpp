#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "openai/event_facts.hpp"
#include "openai/fact_names.hpp"
#include "openai/json_state.hpp"
#include "openai/usage_reader.hpp"

namespace ferry::openai {

// A sink of json_scanner that picks the facts out of one answer or event of an upstream; it follows only the few
// paths named in fact_names and ignores all else. Owned by: usage_finder or inspect_event.
class facts_reader {
public:
    explicit facts_reader(bool keep_id) : keep_id_(keep_id) {}

    bool begin(json_kind kind, std::size_t offset, int depth);
    void text(std::string_view piece);
    void lone_surrogate() {}
    bool end(json_kind kind, std::size_t offset, int depth);

    // What was seen; `is_object` is for the caller to set, who knows whether the scan succeeded.
    event_facts facts() const;
    const std::string& id() const { return id_; }
    bool is_object() const { return open_[0] == fact::root; }

private:
    static constexpr int followed = 8;  // no fact stands deeper

    bool begin_value(json_kind kind, int depth);
    void open(fact which, json_kind kind, int depth);
    void end_value(fact which, json_kind kind);

    event_facts facts_;
    usage_reader usage_;
    std::array<fact, followed> open_{};  // what each open object or array is
    fact current_ = fact::none;          // the member being read
    std::size_t choice_ = 0;             // index of the choice being read
    std::size_t choices_ = 0;            // how many have begun
    bool choice_finished_ = false;
    std::string id_;
    std::array<char, 64> text_{};  // of the key, number or short string being read
    std::size_t length_ = 0;       // text_.size() + 1 once it did not fit
    bool keep_id_;
};

}  // namespace ferry::openai

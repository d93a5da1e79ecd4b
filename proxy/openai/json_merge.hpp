#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "openai/name_index.hpp"

namespace ferry::openai {

enum class merge_rule : unsigned char {
    latest,     // the last value that is not null stands
    fragments,  // strings and lists grow, objects are merged member by member, list elements by their `index`
};

// What one answer may still grow by, and what stood in the way of its growing.
struct merge_account {
    std::size_t left = 0;  // bytes, roughly
    bool is_too_large = false;
    bool is_contradictory = false;  // a value came that cannot follow what came before it

    bool failed() const { return is_too_large || is_contradictory; }
    bool take(std::size_t bytes) {
        is_too_large = is_too_large || bytes > left;
        if (!is_too_large) left -= bytes;
        return !is_too_large;
    }
    bool contradict() {
        is_contradictory = true;
        return false;
    }
};

// A JSON value put together from the values of several events. Numbers and strings keep the spelling they came with.
// The work of adding an event grows with its bytes alone, whatever came before. Owned by: stream_aggregate.
class json_merge {
public:
    // Of one object or list; more are too large.
    static constexpr std::size_t members_max = 1024;

    // `value` is valid JSON, the value of member `key`. False where it could not be added: the account says why.
    bool add(std::string_view key, std::string_view value, merge_rule rule, merge_account& account, int depth = 0);

    // The member `key` of an object; made, at the end, if there is none.
    json_merge& member(std::string_view key);
    // The same, or nullptr where there are `most` already, or the account does not allow for one more.
    json_merge* member(std::string_view key, std::size_t most, merge_account& account);
    std::size_t size() const { return members_.size(); }
    // `json` stands, whatever came.
    void set(std::string json);
    // The members with their keys as spelled, in the order they came. Of a list those elements that have an index.
    using named = std::pair<std::string, json_merge>;
    std::vector<named>& members() {
        index_.clear();
        return members_;
    }

    bool is_null() const { return what_ == kind::null; }
    void write(std::string& out) const;

private:
    enum class kind : unsigned char { null, raw, text, object, list };

    bool add_string(std::string_view key, std::string_view inside, merge_account& account);
    bool add_object(std::string_view object, std::string_view but, merge_account& account, int depth);
    bool add_list(std::string_view key, std::string_view array, merge_account& account, int depth);
    bool become(kind what, merge_account& account);
    bool holds_something() const;
    std::size_t place_of(std::string_view key);

    kind what_ = kind::null;
    std::string text_;  // raw: as it came; text: between the quotes; list: the elements without an index
    std::vector<named> members_;
    name_index<> index_;
};

}  // namespace ferry::openai

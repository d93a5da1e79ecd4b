#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::openai {

enum class merge_rule : unsigned char {
    latest,     // the last value that is not null stands
    fragments,  // strings and lists grow, objects are merged member by member, list elements by their `index`
};

// A JSON value put together from the values of several events. Numbers and strings keep the spelling they came with.
// Owned by: stream_aggregate.
class json_merge {
public:
    // `value` is valid JSON, the value of member `key`. Returns the bytes it takes from now on, as a measure of memory;
    // more than any limit where there would be too many members.
    std::size_t add(std::string_view key, std::string_view value, merge_rule rule, int depth = 0);

    // The member `key` of an object; made, at the end, if there is none.
    json_merge& member(std::string_view key);
    const json_merge* find(std::string_view key) const;
    // `json` stands, whatever came.
    void set(std::string json);
    // The members with their keys as spelled, in the order they came. Of a list those elements that have an index.
    using named = std::pair<std::string, json_merge>;
    std::vector<named>& members() { return members_; }

    bool is_null() const { return what_ == kind::null; }
    void write(std::string& out) const;

private:
    enum class kind : unsigned char { null, raw, text, object, list };

    std::size_t add_string(std::string_view key, std::string_view inside);
    std::size_t add_object(std::string_view object, std::string_view but, int depth);
    std::size_t add_list(std::string_view key, std::string_view array, int depth);

    kind what_ = kind::null;
    std::string text_;  // raw: as it came; text: between the quotes; list: the elements without an index
    std::vector<named> members_;
};

}  // namespace ferry::openai

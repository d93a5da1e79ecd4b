// Joins the stream of another try to what a client has of the one before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/answer_words.hpp"
#include "openai/json_text.hpp"
#include "openai/string_words.hpp"

namespace ferry::relay {

// The client sees one answer: what it has already is held back as long as it is the same, and what is new comes under
// the identity of the first. Owned by a rescue; lives on its core. Pure.
class seam {
public:
    virtual ~seam() = default;

    // What the client gets for an event with these data, "" for nothing. A fault: it differs from what the client has.
    virtual result<std::string> on_event(std::string_view data) = 0;
    // Without a fault so far the stream has ended. A fault: not all that the client has came again.
    virtual std::optional<fault> on_end() const = 0;
    // Something new was given to the client.
    virtual bool is_passed() const = 0;
    // The number of the next event in a stream of numbered ones.
    virtual std::int64_t next_sequence() const { return 0; }
};

inline fault seams_differ() {
    return fault::upstream(fault_code::upstream_stream_interrupted, retry_advice::next_candidate,
                           "The upstream's stream ended before its answer was complete, and another try did not give "
                           "the same answer. What was received is only a part of it.");
}

class decoded_text final : public openai::answer_words {
public:
    explicit decoded_text(std::string_view quoted) { openai::give_words(quoted, *this); }
    void add(std::string_view piece) override { text.append(piece); }

    std::string text;
};

// Takes what must come again off the text, and writes what is behind that as a JSON string: "" if nothing is. False: it
// is another text.
inline bool take_known(std::string_view& left, std::string_view quoted, std::string& rest) {
    const decoded_text text(quoted);
    const auto same = std::min(left.size(), text.text.size());
    if (std::string_view(text.text).substr(0, same) != left.substr(0, same)) return false;
    left.remove_prefix(same);
    if (same < text.text.size()) openai::append_json_string(rest, std::string_view(text.text).substr(same));
    return true;
}

// Of a JSON object that is written member by member.
inline void add_member(std::string& object, std::string_view key, std::string_view value) {
    object.append(object.size() > 1 ? ",\"" : "\"").append(key).append("\":").append(value);
}

// Between members a line may end, and in the data of an event none may.
inline void put_on_one_line(std::string& json) {
    std::replace_if(
        json.begin(), json.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

}  // namespace ferry::relay

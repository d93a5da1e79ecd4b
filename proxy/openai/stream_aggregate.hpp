#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "openai/json_merge.hpp"

namespace ferry::openai {

enum class aggregation : unsigned char {
    taken,
    too_large,      // in bytes, or in members of one object
    contradictory,  // the event cannot follow those before it: text goes on as something that is no text
};

// One whole answer (chat.completion, or text_completion where choices are texts) put together from the events of a
// stream, for a client that did not ask for one. Texts, tool calls and log probabilities grow by the fragments that
// come, with the bytes they came with; of members Ferry knows nothing of the last value stands. Owned by: the relay of
// one answer. Lives on: a core. Its memory is bounded by `most_bytes`, roughly, and its work by the bytes that come.
class stream_aggregate {
public:
    // Of the top object and of a choice each.
    static constexpr std::size_t members_max = 128;

    explicit stream_aggregate(std::size_t most_bytes) : most_bytes_(most_bytes) { account_.left = most_bytes; }

    // The data of one event: a valid JSON object. Nothing may follow what was not taken.
    aggregation add(std::string_view json);

    // The document. To be called once, at the end.
    std::string finish();

private:
    void write_choices(std::string& out);
    bool add_member(std::string_view key, std::string_view value);
    bool add_choice(std::string_view choice);
    bool add_to_choice(json_merge& choice, std::string_view key, std::string_view value);

    json_merge root_, choices_;
    const std::size_t most_bytes_;
    merge_account account_;
    bool is_text_ = false;  // choices are texts, not messages
};

}  // namespace ferry::openai

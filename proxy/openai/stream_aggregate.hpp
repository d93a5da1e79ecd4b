#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "openai/json_merge.hpp"

namespace ferry::openai {

// One whole answer (chat.completion) put together from the events of a stream (chat.completion.chunk), for a client
// that did not ask for a stream. Texts, tool calls and log probabilities grow by the fragments that come, with the
// bytes they came with; of members Ferry knows nothing of the last value stands.
// Owned by: the relay of one answer. Lives on: a core. Its memory is bounded by `most_bytes`, roughly.
class stream_aggregate {
public:
    explicit stream_aggregate(std::size_t most_bytes) : left_(most_bytes) {}

    // The data of one event: a valid JSON object. False once the answer has become too large.
    bool add(std::string_view json);

    // The document. To be called once, at the end.
    std::string finish();

private:
    std::size_t add_choice(std::string_view choice);

    json_merge root_, choices_;
    std::size_t left_;
};

}  // namespace ferry::openai

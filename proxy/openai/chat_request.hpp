// What Ferry knows of a chat-completions request: the values it routes and meters by, and where in the body they stand.
// Everything else of the body stays unknown and is passed on as the client wrote it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "openai/span.hpp"

namespace ferry::openai {

// One `"key": value` of an object.
struct member_span {
    span whole;  // from the opening quote of the key to the end of the value
    span value;
};

// The members of the top object that Ferry reads. Those before `user` are routed: they may stand in the body only once.
enum class member : unsigned char {
    model,
    id,
    stream,
    stream_options,
    conversation_id,
    store,
    max_tokens,
    max_completion_tokens,
    n,
    messages,
    input,
    prompt,
    tools,
    user,
    top_p,
    enable_thinking,
};
inline constexpr std::size_t member_count = 16;

constexpr bool is_routed(member m) {
    return m < member::user;
}

// The top object, as far as an edit must know it.
struct object_extent {
    std::size_t open = 0;     // offset of `{`
    std::size_t close = 0;    // offset of `}`
    std::size_t members = 0;  // how many it holds; 0 means empty
};

struct stream_options_facts {
    bool is_null = false;                       // the member is there, its value is null
    std::size_t inside = 0;                     // offset just after its `{`
    bool is_empty = false;                      // `{}`
    std::optional<span> include_usage;          // the value of include_usage, where present
    std::optional<bool> include_usage_value{};  // absent also for null
};

// Plain data: a value of any thread. The offsets hold for the body the scanner was fed with.
struct chat_request {
    std::optional<std::string> model;  // unescaped bytes; absent when missing or null
    std::optional<std::int64_t> id;    // 1..2^63-1
    bool stream = false;
    std::optional<stream_options_facts> stream_options;
    std::optional<std::int64_t> n, max_tokens, max_completion_tokens;
    std::optional<std::int64_t> conversation_id;
    std::optional<std::string> user;  // unescaped; only if a string of at most 256 bytes

    std::array<std::optional<member_span>, member_count> members;
    object_extent object;
    std::size_t body_size = 0;

    // Where a member stands, or nothing if the body has none.
    const std::optional<member_span>& where(member m) const { return members[static_cast<std::size_t>(m)]; }

    // The client itself wants to see the usage of its stream.
    bool asks_usage() const { return stream_options && stream_options->include_usage_value.value_or(false); }
};

}  // namespace ferry::openai

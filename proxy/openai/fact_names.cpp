#include "openai/fact_names.hpp"

#include <array>
#include <span>

namespace ferry::openai {
namespace {

struct entry {
    std::string_view name;
    fact what;
};

constexpr auto root = std::to_array<entry>({
    {"choices", fact::choices},
    {"usage", fact::usage},
    {"object", fact::error_flag},
    {"id", fact::id},
    {"error", fact::error},
    {"x_groq", fact::vendor},
    {"timings", fact::timings},
});
constexpr auto choice = std::to_array<entry>({
    {"delta", fact::message},
    {"finish_reason", fact::finish_reason},
    {"index", fact::index},
    {"message", fact::message},
    {"text", fact::payload},
    {"usage", fact::usage},
});
constexpr auto message = std::to_array<entry>({
    {"content", fact::payload},
    {"reasoning_content", fact::payload},
    {"reasoning", fact::payload},
    {"reasoning_details", fact::payload},
    {"tool_calls", fact::payload},
    {"function_call", fact::payload},
    {"refusal", fact::payload},
    {"audio", fact::payload},
});
constexpr auto usage = std::to_array<entry>({
    {"prompt_tokens", fact::prompt_tokens},
    {"completion_tokens", fact::completion_tokens},
    {"total_tokens", fact::total_tokens},
    {"prompt_tokens_details", fact::prompt_details},
    {"completion_tokens_details", fact::completion_details},
    {"prompt_cache_hit_tokens", fact::cached_hits},
    {"cached_tokens", fact::cached_beside},
    {"num_cached_tokens", fact::cached_beside},
    {"reasoning_tokens", fact::reasoning_tokens},
    {"prompt_token_details", fact::prompt_details},
});
constexpr auto prompt_details = std::to_array<entry>({
    {"cached_tokens", fact::cached_in_details},
    {"audio_tokens", fact::audio_tokens},
    {"cache_creation_input_tokens", fact::cache_writes},
    {"cache_write_tokens", fact::cache_writes},
});
constexpr auto completion_details = std::to_array<entry>({
    {"reasoning_tokens", fact::reasoning_tokens},
    {"audio_tokens", fact::audio_tokens},
});
constexpr auto vendor = std::to_array<entry>({{"usage", fact::usage}});
constexpr auto timings = std::to_array<entry>({{"cache_n", fact::timings_cached}});

std::span<const entry> members_of(fact where) {
    switch (where) {
        case fact::root:
            return root;
        case fact::choice:
            return choice;
        case fact::message:
            return message;
        case fact::usage:
            return usage;
        case fact::prompt_details:
            return prompt_details;
        case fact::completion_details:
            return completion_details;
        case fact::vendor:
            return vendor;
        case fact::timings:
            return timings;
        default:
            return {};
    }
}

}  // namespace

fact find_fact(fact where, std::string_view name) {
    for (const auto& each : members_of(where)) {
        if (each.name == name) return each.what;
    }
    return fact::none;
}

}  // namespace ferry::openai

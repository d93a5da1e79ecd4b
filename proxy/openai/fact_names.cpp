#include "openai/fact_names.hpp"

#include <cstddef>
#include <cstring>

namespace ferry::openai {
namespace {

template <std::size_t size>
bool is(std::string_view name, const char (&other)[size]) {
    return name.size() == size - 1 && std::memcmp(name.data(), other, size - 1) == 0;
}

// By length first: this is asked for every member of every event.
fact in_root(std::string_view name) {
    switch (name.size()) {
        case 2:
            return is(name, "id") ? fact::identity : fact::none;
        case 4:
            if (is(name, "code")) return fact::code;
            if (is(name, "type")) return fact::event_type;
            if (is(name, "data")) return fact::listing;
            if (is(name, "item")) return fact::item;
            return is(name, "meta") ? fact::meta : fact::none;
        case 5:
            if (is(name, "usage")) return fact::usage;
            if (is(name, "delta")) return fact::delta;
            return is(name, "error") ? fact::error : fact::none;
        case 6:
            if (is(name, "object")) return fact::error_flag;
            if (is(name, "x_groq")) return fact::vendor;
            if (is(name, "detail")) return fact::sign;
            if (is(name, "errors")) return fact::sign;
            if (is(name, "output")) return fact::output;
            return is(name, "status") ? fact::state : fact::none;
        case 7:
            if (is(name, "choices")) return fact::choices;
            if (is(name, "timings")) return fact::timings;
            if (is(name, "success")) return fact::success;
            return is(name, "results") ? fact::listing : fact::none;
        case 8:
            if (is(name, "response")) return fact::response;
            return is(name, "duration") ? fact::seconds : fact::none;
        case 9:
            return is(name, "base_resp") ? fact::status : fact::none;
        case 10:
            if (is(name, "error_code")) return fact::code;
            return is(name, "usage_info") ? fact::usage_info : fact::none;
        case 15:
            return is(name, "sequence_number") ? fact::sequence : fact::none;
        default:
            return fact::none;
    }
}

fact in_response(std::string_view name) {
    if (is(name, "usage")) return fact::usage;
    if (is(name, "status")) return fact::state;
    return fact::none;
}

fact in_meta(std::string_view name) {
    if (is(name, "billed_units")) return fact::billed;
    return fact::none;
}

fact in_billed(std::string_view name) {
    if (is(name, "search_units")) return fact::searches;
    return fact::none;
}

fact in_usage_info(std::string_view name) {
    if (is(name, "pages_processed")) return fact::pages;
    return fact::none;
}

fact in_choice(std::string_view name) {
    if (is(name, "delta")) return fact::message;
    if (is(name, "finish_reason")) return fact::finish_reason;
    if (is(name, "index")) return fact::index;
    if (is(name, "message")) return fact::message;
    if (is(name, "text")) return fact::payload;
    if (is(name, "usage")) return fact::usage;
    return fact::none;
}

fact in_message(std::string_view name) {
    if (is(name, "content")) return fact::payload;
    if (is(name, "reasoning_content")) return fact::thought;
    if (is(name, "reasoning")) return fact::thought_also;
    if (is(name, "reasoning_details")) return fact::presence;
    if (is(name, "tool_calls")) return fact::beside;
    if (is(name, "function_call")) return fact::beside;
    if (is(name, "refusal")) return fact::beside;
    if (is(name, "audio")) return fact::presence;
    return fact::none;
}

// Parts of a content, calls of tools, items of a response.
fact in_words(std::string_view name) {
    if (is(name, "text")) return fact::nested;
    if (is(name, "arguments")) return fact::nested;
    if (is(name, "name")) return fact::call_name;
    if (is(name, "function")) return fact::nested;
    if (is(name, "content")) return fact::nested;
    if (is(name, "thinking")) return fact::nested;
    if (is(name, "summary")) return fact::nested;
    if (is(name, "refusal")) return fact::nested;
    if (is(name, "custom")) return fact::nested;
    if (is(name, "input")) return fact::nested;
    return fact::none;
}

fact in_usage(std::string_view name) {
    if (is(name, "prompt_tokens")) return fact::prompt_tokens;
    if (is(name, "completion_tokens")) return fact::completion_tokens;
    if (is(name, "total_tokens")) return fact::total_tokens;
    if (is(name, "prompt_tokens_details")) return fact::prompt_details;
    if (is(name, "completion_tokens_details")) return fact::completion_details;
    if (is(name, "input_tokens")) return fact::input_tokens;
    if (is(name, "output_tokens")) return fact::output_tokens;
    if (is(name, "input_tokens_details")) return fact::prompt_details;
    if (is(name, "output_tokens_details")) return fact::completion_details;
    if (is(name, "cache_read_input_tokens")) return fact::cache_reads;
    if (is(name, "cache_creation_input_tokens")) return fact::cache_writes_beside;
    if (is(name, "prompt_cache_hit_tokens")) return fact::cached_hits;
    if (is(name, "prompt_cache_miss_tokens")) return fact::cached_misses;
    if (is(name, "cached_tokens")) return fact::cached_beside;
    if (is(name, "num_cached_tokens")) return fact::cached_beside;
    if (is(name, "reasoning_tokens")) return fact::reasoning_tokens;
    if (is(name, "prompt_token_details")) return fact::prompt_details;
    if (is(name, "seconds")) return fact::seconds;
    return fact::none;
}

fact in_prompt_details(std::string_view name) {
    if (is(name, "cached_tokens")) return fact::cached_in_details;
    if (is(name, "audio_tokens")) return fact::audio_tokens;
    if (is(name, "cache_creation_input_tokens")) return fact::cache_writes;
    if (is(name, "cache_write_tokens")) return fact::cache_writes;
    return fact::none;
}

fact in_completion_details(std::string_view name) {
    if (is(name, "reasoning_tokens")) return fact::reasoning_tokens;
    if (is(name, "audio_tokens")) return fact::audio_output_tokens;
    return fact::none;
}

fact in_vendor(std::string_view name) {
    if (is(name, "usage")) return fact::usage;
    return fact::none;
}

fact in_status(std::string_view name) {
    if (is(name, "status_code")) return fact::code;
    return fact::none;
}

fact in_timings(std::string_view name) {
    if (is(name, "cache_n")) return fact::timings_cached;
    return fact::none;
}

}  // namespace

fact find_fact(fact where, std::string_view name) {
    switch (where) {
        case fact::root:
            return in_root(name);
        case fact::choice:
            return in_choice(name);
        case fact::message:
            return in_message(name);
        case fact::call:
            return is(name, "name") ? fact::call_name : fact::none;
        case fact::filled:
        case fact::words:
            return in_words(name);
        case fact::usage:
            return in_usage(name);
        case fact::prompt_details:
            return in_prompt_details(name);
        case fact::completion_details:
            return in_completion_details(name);
        case fact::vendor:
            return in_vendor(name);
        case fact::timings:
            return in_timings(name);
        case fact::response:
            return in_response(name);
        case fact::meta:
            return in_meta(name);
        case fact::billed:
            return in_billed(name);
        case fact::usage_info:
            return in_usage_info(name);
        case fact::status:
            return in_status(name);
        default:
            return fact::none;
    }
}

}  // namespace ferry::openai

#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "openai/event_type.hpp"
#include "openai/token_usage.hpp"

namespace ferry::openai {

// At most this many choices are told apart; `n` is limited to it.
inline constexpr std::size_t choices_max = 128;

// What one JSON object of an upstream (a stream event or a whole answer) says about billing and honesty.
struct event_facts {
    bool is_object = false;              // well-formed JSON, an object, nothing but white space around it
    std::optional<token_usage> usage;    // of the usage objects the one that counts; all zeros count as absent
    bool has_usage = false;              // a top-level `usage` that is an object, zeros or not
    bool usage_is_null = false;          // `"usage": null`
    bool has_choice = false;             // `choices` is an array with an object in it
    bool has_null_choices = false;       // `"choices": null`
    bool choices_is_list = false;        // `choices` is an array, empty or not
    bool is_error = false;               // a truthy top-level `error`, or `"object": "error"`
    bool has_error_sign = false;         // a code, detail or the like that means a failure where there is no choice
    bool has_payload = false;            // some choice carries text, reasoning, tool calls or a refusal
    event_type type = event_type::none;  // the top-level `type` of an event
    bool has_list = false;               // `data` or `results` is an array
    bool has_identity = false;           // a top-level `id`, or `object` that is no error
    std::int64_t listed = 0;             // how many elements that array has
    // What answers count besides tokens: seconds of sound (rounded up), searches, pages.
    std::optional<std::int64_t> seconds, searches, pages;
    std::optional<std::int64_t> sequence;  // the number of the event in its stream
    std::string status;                    // of what the answer is about, at most 64 bytes
    std::string finish_reason;             // the first non-empty one, at most 64 bytes
    std::bitset<choices_max> seen;         // indexes of the choices that occur
    std::bitset<choices_max> finished;     // ... of those with a finish reason

    // The event or document tells of a failure. Beside a choice only `error` does: answers have codes and details too.
    bool tells_failure() const { return is_error || (has_error_sign && !has_choice); }
    // The usage and nothing of the answer, however "no choices" is spelled.
    bool is_usage_alone() const { return has_usage && !has_choice; }
};

// One pass over the data of one stream event. Never fails: what is not a JSON object says so in is_object.
// Bytes of invalid UTF-8 inside strings are tolerated. No allocation but for a finish reason above 15 bytes and
// for names and short texts above that which are written with escapes.
event_facts inspect_event(std::string_view json);

}  // namespace ferry::openai

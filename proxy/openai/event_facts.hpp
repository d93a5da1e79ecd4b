#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "openai/token_usage.hpp"

namespace ferry::openai {

// At most this many choices are told apart; `n` is limited to it.
inline constexpr std::size_t choices_max = 128;

// What one JSON object of an upstream (a stream event or a whole answer) says about billing and honesty.
struct event_facts {
    bool is_object = false;             // well-formed JSON, an object, nothing but white space around it
    std::optional<token_usage> usage;   // the last sane usage object, wherever it stands; all zeros count as absent
    bool has_usage = false;             // a top-level `usage` that is an object, zeros or not
    bool usage_is_null = false;         // `"usage": null`
    bool has_choices = false;           // `choices` is an array
    bool choices_are_empty = false;     // ... of no elements
    bool is_error = false;              // a truthy top-level `error`, or `"object": "error"`
    bool has_payload = false;           // some choice carries text, reasoning, tool calls or a refusal
    std::string finish_reason;          // the first non-empty one, at most 64 bytes
    std::bitset<choices_max> seen;      // indexes of the choices that occur
    std::bitset<choices_max> finished;  // ... of those with a finish reason
};

// One pass over the data of one stream event. Never fails: what is not a JSON object says so in is_object.
// Bytes of invalid UTF-8 inside strings are tolerated. No allocation but for a finish reason above 15 bytes and
// for names and short texts above that which are written with escapes.
event_facts inspect_event(std::string_view json);

}  // namespace ferry::openai

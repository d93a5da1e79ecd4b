#pragma once

namespace ferry::openai {

inline constexpr int json_depth_max = 1024;

// Where json_scanner stands: between tokens, inside one, or nowhere any more.
enum class json_state : unsigned char {
    value,
    first_element,
    first_key,
    key,
    colon,
    after_value,
    done,
    string,
    number,
    literal,
    stopped,
};

// What has to come next, for people.
inline const char* expected_in(json_state at, bool in_object) {
    switch (at) {
        case json_state::value:
        case json_state::first_element:
            return "a value";
        case json_state::first_key:
            return "a key in double quotes or '}'";
        case json_state::key:
            return "a key in double quotes";
        case json_state::colon:
            return "':'";
        case json_state::after_value:
            return in_object ? "',' or '}'" : "',' or ']'";
        case json_state::done:
            return "nothing after the JSON value";
        case json_state::number:
            return "a digit";
        default:
            return "the end of the string";
    }
}

}  // namespace ferry::openai

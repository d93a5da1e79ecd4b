#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::bench {

// What only a real parse of a JSON body tells. Where the body is not JSON (or too odd), `text` is the raw body.
struct parsed_prompt {
    // Of a chat request, `text` is the last user message, its text parts joined by a line feed. Of any other request it
    // is every string there is, in order, each on a line; of a list of messages only the last user's.
    parsed_prompt(std::string_view body, bool is_chat);
    // Of what is no JSON.
    explicit parsed_prompt(std::string text_found) : text(std::move(text_found)) {}

    std::string text;                     // searched for markers
    bool ends_with_tool_result = false;   // the last message has role "tool", or the last item is a call's output
    std::vector<std::string> tool_names;  // functions offered, in order
    boost::json::value document;          // null if the body is no JSON
};

}  // namespace ferry::bench

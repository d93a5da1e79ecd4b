// A whole answer of the Responses API told as the event stream that was asked for. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ferry::openai {

// The events of `response`, which is valid JSON: created, then for each item of its output what a stream says of it
// (texts and arguments as one delta), then its last event, by its status. Values are copied as they are spelled.
// https://platform.openai.com/docs/api-reference/responses-streaming
std::string tell_response_as_events(std::string_view response);

}  // namespace ferry::openai

#pragma once

#include <string>
#include <string_view>

#include "openai/sse.hpp"

namespace ferry::openai {

// An event whose `choices` are missing, null or otherwise no list, with `"choices":[]` in their place and all else as
// it came: the official SDKs walk over that list in every chunk. `data` is the event's data, a valid JSON object.
std::string with_empty_choices(const sse_event& event, std::string_view data);

}  // namespace ferry::openai

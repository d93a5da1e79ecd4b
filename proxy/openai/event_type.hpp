// What the `type` of an event means for the stream it is in. Pure.
#pragma once

#include <string_view>

namespace ferry::openai {

enum class event_type : unsigned char {
    none,     // the event has no type
    begun,    // the answer is being worked on: nothing of it yet
    content,  // something of the answer
    last,     // the answer is complete
    failed,   // the answer ends here, and it failed
    error,    // in place of the rest
};

// Types nobody knows are content: services add their own.
event_type event_type_of(std::string_view name);

}  // namespace ferry::openai

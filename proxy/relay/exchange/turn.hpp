// What a request has to do with a stored conversation.
#pragma once

#include <cstddef>
#include <string>

#include "conversation/memory.hpp"

namespace ferry::relay {

struct turn {
    conversation::key which;
    conversation::memory::ticket held;

    // What is put before the messages of the request: JSON, and where in the body it goes.
    std::string history;
    std::size_t history_at = 0;
    std::size_t history_count = 0;  // messages

    bool is_kept = true;           // the request and its answer are stored
    conversation::messages added;  // what the request says that is new
};

}  // namespace ferry::relay

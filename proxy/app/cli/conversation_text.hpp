// Stored messages for people to read. Pure.
#pragma once

#include <span>
#include <string>

#include "store/conversation_rows.hpp"

namespace ferry::app {

// "assistant (gpt-4o), 2026-11-27 09:30" and below it what was said: texts as they are, of other parts and calls what
// they are. Nothing in it can steer a terminal.
std::string message_as_text(const store::message_row& row);

std::string conversations_as_table(std::span<const store::conversation_row> rows);

}  // namespace ferry::app

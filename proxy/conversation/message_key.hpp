#pragma once

#include <string>
#include <string_view>

#include "conversation/kept_message.hpp"
#include "conversation/message_list.hpp"

namespace ferry::conversation {

// Makes `key` the text by which messages are compared: two messages are equal where their keys are. What a client
// leaves out, adds or writes otherwise when it sends back an answer makes no difference:
// - The role counts, and the text of the content, however it is escaped, as a string or in parts that are all text;
//   other parts count as they are spelled but for white space between tokens and for escapes.
// - Tool calls count by their id, function and arguments, whatever the order of members and the white space, within the
//   arguments, too; so do the id a tool's result names, and a function call of the old kind.
// - A refusal counts where there is no content.
// - Nothing else does, and a member that is null, "" or [] is as one that is not there.
void write_key(std::string& key, std::string_view role, const message_parts& parts);

void write_key(std::string& key, const kept_message& message);

}  // namespace ferry::conversation

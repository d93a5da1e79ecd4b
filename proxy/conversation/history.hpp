// What a request of a stored conversation is sent with, and what of it is new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conversation/kept_message.hpp"

namespace ferry::conversation {

struct history_limits {
    std::size_t most_messages = 100;
    std::int64_t most_tokens = 32000;  // guessed: four bytes of content and other members each
};

struct history_plan {
    std::size_t at = 0;               // offset in the text of `messages` where `inserted` goes
    std::string inserted;             // JSON messages with the commas that are needed; "" for none
    std::size_t count = 0;            // messages put in
    std::vector<kept_message> added;  // what the request says that is to be stored, in order
};

// Pure. `messages` is the text of the request's member `messages`, valid JSON of any kind; elements that are no
// messages (no object, or one with neither role nor content) are passed over. `stored` are the last messages of the
// conversation, in order; whoever leaves out earlier ones keeps the last instructions in front of them.
//
// An instruction is a message of the role system or developer; equal is what message_key.hpp calls so.
//
// Put in:
// - The request's own instructions at its beginning stay first. The stored conversation goes right behind them.
// - Nothing is put in where the request carries the conversation itself: one of its assistant messages is equal to a
//   stored one. Nor with `puts_in` false, or where a limit is 0.
// - From the end as many messages as fit both limits, and of those what stands from the first user message on. So the
//   beginning is never between a tool call and its result; a user message that stands there itself is no beginning.
// - Instructions of the conversation are left out, but for the latest: where the request has none of its own, those
//   that were given last, in a row, go before all of it, even where nothing else fits, as system messages, for some
//   services refuse developer's. They are not counted as messages, but their tokens are.
//
// Added:
// - Where the request carries the conversation: what stands behind the last message that is stored already, as
//   overlap.hpp finds it, so whoever edits a question or asks for another answer stores nothing twice.
// - Otherwise all of the request.
// - Instructions, though, only if they differ: those at the beginning, and those before the last message that is
//   stored already, are added together, in front, unless the stored instructions end with just these; each later one
//   is added unless it is equal to the one before it.
//
// The work and the memory are linear in `messages` and `stored`, whatever they say, but for a search tree of `stored`.
history_plan plan_history(std::string_view messages, std::span<const kept_message> stored, const history_limits& limits,
                          bool puts_in);

}  // namespace ferry::conversation

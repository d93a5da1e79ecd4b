// What limits of keys, users and teams mean for a request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>

#include "base/fault.hpp"
#include "base/text_buffer.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// What is expected of it: the tokens of the prompt, guessed, and of an answer as long as those of this key and model
// mostly are, but no longer than it may be. The prompt is read only where those before it tell too little of such a
// one. REQUIRES: its candidates are chosen.
const token_use& expected_use(request& x);
// The same, from a prompt that was read: says whether it is text alone.
const token_use& read_use(request& x);

// Bytes of what the model is asked, with the messages put in before it.
std::size_t prompt_bytes(const request& x);

// It has an answer, and nobody counted its tokens: it is taken to have used what was expected.
bool is_bill_unknown(const request& x);

// How many answers it asks for.
std::int64_t choices_of(const request& x);
// The most tokens each of them may have by what the request says: 0 where it has no such bound, or none that counts.
std::int64_t asked_length(const request& x);

// Whether the limits let it in, with the tokens that are expected of it. They may have to hear first of other
// processes.
std::optional<fault> admit_by_limits(request& x);
inline bool awaits_limits(const request& x) {
    return x.awaits_limits;
}
// Once they have, or half a second is over.
boost::asio::awaitable<std::optional<fault>> admit_when_told(request& x);

// It has ended, and the bill is known; without books, nobody was asked.
void settle_limits(request& x);

// x-ratelimit-*: Ferry's own where the key has limits, else what the upstream said.
void add_limit_headers(const request& x, text_buffer& head);

}  // namespace ferry::relay

// What limits of keys, users and teams mean for a request.
#pragma once

#include <cstdint>
#include <optional>

#include "base/fault.hpp"
#include "base/text_buffer.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// What is expected of it: the tokens of the prompt, guessed, and of an answer as long as those of this key and model
// mostly are, but no longer than it may be. REQUIRES: its candidates are chosen.
struct token_use {
    std::int64_t prompt = 0, answer = 0;
};
token_use expected_use(const request& x);

// Whether the limits let it in, with the tokens that are expected of it.
std::optional<fault> admit_by_limits(request& x);

// It has ended, and the bill is known.
void settle_limits(request& x);

// x-ratelimit-*: Ferry's own where the key has limits, else what the upstream said.
void add_limit_headers(const request& x, text_buffer& head);

}  // namespace ferry::relay

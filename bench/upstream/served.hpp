#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "upstream/action.hpp"
#include "upstream/request_facts.hpp"

namespace ferry::bench {

// The identity and the token counts of one answer: what the ledger calls served.
struct served {
    std::string id;     // chatcmpl-..., unique
    std::string model;  // inside of a JSON string
    std::int64_t created = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::int64_t cached_tokens = -1;     // -1: not stated
    std::int64_t reasoning_tokens = -1;  // -1: not stated
    std::string usage_extra;

    std::string named(std::string_view prefix) const;  // the id of something else that belongs to this answer

    std::string usage_json() const { return usage_json(prompt_tokens, completion_tokens); }
    std::string usage_json(std::int64_t prompt, std::int64_t completion) const;
};

// `pieces` is how many tokens the content counts for; random counts depend only on `seed` and `seq`.
served make_served(const action& a, const request_facts& facts, std::uint64_t seed, std::uint64_t seq,
                   std::int64_t pieces);

// {"error":{...}} as OpenAI words it for this status.
std::string error_json(int status, std::string_view message = {});
// The same for an invalid request; "" stands for null.
std::string error_json(std::string_view message, std::string_view param, std::string_view code);
std::string model_json(std::string_view name);
std::string_view reason_phrase(int status);

}  // namespace ferry::bench

// How many tokens a request or an answer has, where the provider does not say. Pure, and in whole numbers.
#pragma once

#include <cstdint>

#include "provider/image_rule.hpp"
#include "provider/vocabulary.hpp"
#include "usage/calibration.hpp"
#include "usage/text_features.hpp"

namespace ferry::usage {

// Of what an estimate is made by; it changes with features, weights and formulas, and stands beside what was stored.
constexpr std::int32_t estimator_version = 2;

struct token_estimate {
    std::int64_t tokens = 0;
    std::int32_t error_permille = 0;  // what it is off, in the mean
};

// Of a text by its features. `learnt`: of its model and direction, null where nothing was learnt.
token_estimate estimate_text(const text_features& features, provider::vocabulary vocabulary,
                             const calibration* learnt = nullptr);

// What surrounds the texts of a chat.
struct chat_frame {
    std::int64_t messages = 0;
    std::int64_t names = 0;  // messages with a name
    std::int64_t tools = 0;  // declared; their JSON is text
};
// 3 for each message, 1 for a name, 3 that open the answer (OpenAI's cookbook, "How to count tokens with tiktoken");
// 8 for each tool (new-api). Nothing for no message.
std::int64_t frame_tokens(const chat_frame& frame);
// 7 for each tool call of an answer, besides its name and arguments (new-api).
std::int64_t call_tokens(std::int64_t calls);

enum class image_detail : std::uint8_t { low, high };
struct image_size {
    std::int64_t width = 1024, height = 1024;  // pixels; of an image that is elsewhere they are not known
};
// `low` matters to tiles alone: there it is the base.
std::int64_t image_tokens(const provider::image_rule& rule, image_size size, image_detail detail);

}  // namespace ferry::usage

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workload/sizes.hpp"

namespace ferry::bench {

enum class asked_operation { chat, completions, embeddings, responses };
enum class prompts_form { automatic, jsonl, sharegpt, batch };
enum class trace_form { automatic, mooncake, azure };

// What follows the base URL: "/chat/completions".
std::string_view path_of(asked_operation op);

struct weighted {
    std::string name;
    double weight = 1;  // above 0
};

// What is to be asked. One source of prompts: a prompts file, a trace, or else made-up text.
struct workload_options {
    asked_operation operation = asked_operation::chat;
    bool streamed = true;
    std::vector<weighted> models;  // none: every body of the prompts file names its own
    std::vector<weighted> keys;    // API keys; may be empty

    sizes input_tokens{128};  // of made-up text, without the prefix
    sizes output_tokens;      // asked for as max_tokens; always 0: not asked, or what the file says
    std::uint32_t prefix_tokens = 0;
    std::uint32_t prefix_groups = 1;  // different prefixes

    std::string prompts_file;
    prompts_form form = prompts_form::automatic;
    std::string trace_file;
    trace_form trace = trace_form::automatic;
    double trace_speed = 1;  // 2: in half the time
    bool repeat = true;      // a prompts file begins again at its end; a trace never does

    sizes turns{1};
    sizes think_ms;          // milliseconds between an answer and the next turn of its session
    std::string extra_body;  // a JSON object laid over every body; null takes a member away
    std::string tools_file;  // a JSON array
    std::uint64_t seed = 1;
};

}  // namespace ferry::bench

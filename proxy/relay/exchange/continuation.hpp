// How another try is asked to go on with a stream that broke off.
#pragma once

#include <cstdint>
#include <string>

namespace ferry::relay {

enum class go_on_by : unsigned char {
    asking_again,   // for the whole answer, of which the client is given what it does not have yet
    prefix,         // {"role":"assistant","content":...,"prefix":true}: DeepSeek's beta
    partial,        // the same with "partial": Qwen
    final_message,  // "continue_final_message" beside the messages: vLLM, SGLang
    asking_to,      // in words. What comes need not fit to what is there
};

// Owned by: the request, from when its stream broke off. Lives on: its core.
struct continuation {
    go_on_by way = go_on_by::asking_again;
    std::string given;              // the answer so far
    std::int64_t given_tokens = 0;  // of it, estimated
    bool is_pinned = true;          // temperature and seed are fixed where the client says nothing of them
};

}  // namespace ferry::relay

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ferry::openai {

// What an upstream's error answer says, whatever its shape. Empty where it says nothing.
struct upstream_error {
    std::string message;  // at most 4 KiB; 200 characters if it is not JSON
    std::string type;
    std::string code;  // a number is written out
    std::string param;
    bool is_json = false;
    bool is_html = false;
    bool has_error_object = false;  // {"error":{"message":"..."}}
    bool has_type = false;          // ... with a `type`, which is `type` here
    // {"error":{"message","type","param","code"}} as the official SDKs expect it: a text, then texts or nulls, and
    // nothing but white space behind it.
    bool is_openai_shaped = false;
    std::string document;  // the bytes of such an answer as they came, unless a secret stands in them
};

// Reads an error answer (or the data of an error event). `secrets` and whatever looks like a key are removed from all
// texts. What lists of faults say (`details`, FastAPI's `detail`), and what an aggregator was answered
// (`metadata.raw`), joins the message. Never fails.
upstream_error parse_upstream_error(std::string_view content_type, std::string_view body,
                                    std::span<const std::string_view> secrets = {});

}  // namespace ferry::openai

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
    bool is_openai_shaped = false;  // {"error":{"message","type","param","code"}} as the official SDKs expect it
};

// Reads an error answer (or the data of an error event). `secrets` and whatever looks like a key are removed from all
// texts. Never fails.
upstream_error parse_upstream_error(std::string_view content_type, std::string_view body,
                                    std::span<const std::string_view> secrets = {});

}  // namespace ferry::openai

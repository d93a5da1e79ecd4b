#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/chat_request.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {

// The sink of chat_scanner: watches the members of the top object and of its stream_options, and fills a chat_request.
// Owned by: chat_scanner.
class chat_reader {
public:
    bool begin(json_kind kind, std::size_t offset, int depth);
    void text(std::string_view piece);
    void lone_surrogate() { lone_surrogate_ = true; }
    bool end(json_kind kind, std::size_t offset, int depth);

    chat_request& request() { return request_; }
    // Why end() stopped the scan.
    const std::optional<fault>& refusal() const { return refusal_; }

private:
    void clear_text();
    bool end_key();
    bool end_value(json_kind kind, std::size_t offset);
    bool end_option_key();
    bool end_option(json_kind kind, std::size_t offset);
    bool take(member which, json_kind kind);
    bool take_model(json_kind kind);
    bool take_integer(std::optional<std::int64_t>& into, json_kind kind, std::int64_t low, std::int64_t high,
                      fault_code code, const char* rule);
    bool refuse(fault_code code, std::string_view name, std::string message);

    chat_request request_;
    std::optional<fault> refusal_;
    std::optional<member> member_;  // the top member being read, if it is one we know
    std::size_t key_at_ = 0, value_at_ = 0, option_at_ = 0;
    bool in_options_ = false;        // inside the object that is stream_options
    bool in_include_usage_ = false;  // ... in its member include_usage
    bool lone_surrogate_ = false;
    bool too_long_ = false;
    std::string text_;  // of the key or value being captured, bounded
};

}  // namespace ferry::openai

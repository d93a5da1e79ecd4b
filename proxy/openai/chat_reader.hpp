#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/chat_request.hpp"
#include "openai/json_token.hpp"

namespace ferry::openai {

// The sink of chat_scanner: watches the members of the top object and of its stream_options, and fills a chat_request.
// Owned by: chat_scanner.
class chat_reader {
public:
    static constexpr std::size_t text_max = 4096;

    bool open(json_kind kind, std::size_t offset, int depth);
    json_heed key(const json_token& token);
    bool scalar(const json_token& token);
    bool close(json_kind kind, std::size_t offset, int depth);

    chat_request& request() { return request_; }
    // Why the scan was stopped.
    const std::optional<fault>& refusal() const { return refusal_; }

private:
    json_heed option_key(const json_token& token);
    bool end_value(const json_token& token);
    bool end_option(const json_token& token);
    bool take(member which, const json_token& token);
    bool take_model(const json_token& token);
    bool take_integer(std::optional<std::int64_t>& into, const json_token& token, std::int64_t low, std::int64_t high,
                      fault_code code, const char* rule);
    bool refuse_value();
    bool refuse(fault_code code, std::string_view name, std::string message);

    chat_request request_;
    std::optional<fault> refusal_;
    member member_{};  // the top member being read
    std::size_t key_at_ = 0, value_at_ = 0, option_at_ = 0;
};

}  // namespace ferry::openai

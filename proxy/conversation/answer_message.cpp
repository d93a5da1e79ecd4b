#include "conversation/answer_message.hpp"

#include "conversation/message_list.hpp"
#include "conversation/string_value.hpp"
#include "openai/byte_order_mark.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::conversation {
namespace {

// Wants to know nothing but whether all of it is JSON.
struct nothing_told {
    static constexpr std::size_t text_max = 0;
    bool open(openai::json_kind, std::size_t, int) { return false; }
    openai::json_heed key(const openai::json_token&) { return openai::json_heed::none; }
    bool scalar(const openai::json_token&) { return true; }
    bool close(openai::json_kind, std::size_t, int) { return true; }
};

bool is_valid(std::string_view json) {
    nothing_told sink;
    openai::json_scanner<nothing_told, true> scanner(sink, openai::json_depth_max);
    return scanner.feed(json) && scanner.finish();
}

std::string_view member_of(std::string_view object, std::string_view wanted) {
    std::string_view found;
    std::string buffer;
    openai::for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (decoded_name(key, buffer) == wanted) found = value;
    });
    return found;
}

std::string_view first_message(std::string_view answer) {
    std::string_view choice;
    openai::for_each_element(member_of(answer, "choices"), [&](std::string_view each) {
        choice = each;
        return false;
    });
    return member_of(choice, "message");
}

bool is_empty(std::string_view value) {
    if (value.empty() || value == "null" || value == "\"\"") return true;
    const bool is_container = value.front() == '[' || value.front() == '{';
    return is_container && openai::skip_blanks(value, 1) == value.size() - 1;
}

bool says_something(std::string_view message) {
    bool says = false;
    std::string buffer;
    openai::for_each_member(message, [&](std::string_view key, std::string_view value) {
        const auto name = decoded_name(key, buffer);
        const bool is_speech = name == "content" || name == "tool_calls" || name == "function_call" ||
                               name == "refusal" || name == "reasoning_content" || name == "reasoning" ||
                               name == "audio";
        says = says || (is_speech && !is_empty(value));
    });
    return says;
}

}  // namespace

std::optional<kept_message> answer_message(std::string_view answer) {
    if (answer.starts_with(openai::byte_order_mark)) answer.remove_prefix(openai::byte_order_mark.size());
    if (!is_valid(answer)) return std::nullopt;
    const auto message = first_message(answer);
    if (!says_something(message)) return std::nullopt;
    auto kept = keep(read_message(message), nulls::go);
    if (kept.role.empty()) kept.role = "assistant";
    return kept;
}

}  // namespace ferry::conversation

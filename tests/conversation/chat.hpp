// The vocabulary of the conversation tests: messages as they are kept, and requests as they leave.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conversation/history.hpp"

// Boost.Test looks here for how to print a message.
namespace ferry::usage {

inline std::ostream& operator<<(std::ostream& out, const message& message) {
    std::string text;
    conversation::append_message(text, message);
    return out << text;
}

}  // namespace ferry::usage

namespace ferry::conversation::testing {

inline kept_message said(std::string role, std::string_view text) {
    return {std::move(role), boost::json::serialize(boost::json::string(text)), std::nullopt};
}
inline kept_message user(std::string_view text) {
    return said("user", text);
}
inline kept_message assistant(std::string_view text) {
    return said("assistant", text);
}
inline kept_message instruction(std::string_view text) {
    return said("system", text);
}
inline kept_message call(std::string_view id) {
    return {"assistant", "null",
            R"({"tool_calls":[{"id":")" + std::string(id) +
                R"(","type":"function","function":{"name":"f","arguments":"{}"}}]})"};
}
inline kept_message result(std::string_view id) {
    return {"tool", "\"4\"", R"({"tool_call_id":")" + std::string(id) + "\"}"};
}

inline std::string text_of_all(const std::vector<kept_message>& messages) {
    std::string text = "[";
    for (const auto& each : messages) {
        if (text.size() > 1) text += ',';
        append_message(text, each);
    }
    return text + "]";
}

// The `messages` that are sent.
inline std::string spliced(std::string_view messages, const history_plan& plan) {
    return std::string(messages.substr(0, plan.at)).append(plan.inserted).append(messages.substr(plan.at));
}

inline std::string sent(const std::vector<kept_message>& request, const std::vector<kept_message>& stored,
                        const history_limits& limits = {}) {
    const auto messages = text_of_all(request);
    return spliced(messages, plan_history(messages, stored, limits, true));
}

inline std::vector<kept_message> added(const std::vector<kept_message>& request,
                                       const std::vector<kept_message>& stored) {
    return plan_history(text_of_all(request), stored, {}, true).added;
}

using kept_messages = std::vector<kept_message>;

}  // namespace ferry::conversation::testing

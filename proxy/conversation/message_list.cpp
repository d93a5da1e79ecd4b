#include "conversation/message_list.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "conversation/string_value.hpp"

namespace ferry::conversation {
namespace {

struct member_text {
    std::string_view name;  // decoded
    std::string_view key, value;
};

// The others of these repeat the name of one that comes later.
std::vector<bool> last_of_their_name(const std::vector<member_text>& members) {
    std::vector<bool> is_last(members.size(), true);
    // Sorted, since whoever sends a million names could make a hash table slow.
    std::vector<std::size_t> order(members.size());
    for (std::size_t i = 0; i != order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return members[a].name < members[b].name; });
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (members[order[i - 1]].name == members[order[i]].name) is_last[order[i - 1]] = false;
    }
    return is_last;
}

}  // namespace

void message_parts::take(std::string_view name, std::string_view value) {
    if (name == "content") content = value;
    if (name == "tool_calls") tool_calls = value;
    if (name == "function_call") function_call = value;
    if (name == "tool_call_id") tool_call_id = value;
    if (name == "refusal") refusal = value;
}

message_entry read_message(std::string_view element, std::size_t at) {
    message_entry entry{element, {at, at + element.size()}, element.starts_with('{'), {}, {}};
    if (!entry.is_object) return entry;
    std::string_view role;
    std::string buffer;
    openai::for_each_member(element, [&](std::string_view key, std::string_view value) {
        const auto name = decoded_name(key, buffer);
        if (name == "role") role = value;
        entry.parts.take(name, value);
    });
    entry.role = decoded(role);
    return entry;
}

std::optional<std::string> other_members(std::string_view message, nulls null_members) {
    std::vector<member_text> members;
    std::deque<std::string> names;  // those that are spelled with escapes
    std::size_t bytes = 0;
    openai::for_each_member(message, [&](std::string_view key, std::string_view value) {
        std::string buffer;
        auto name = decoded_name(key, buffer);
        if (name == "role" || name == "content") return;
        if (name.data() != key.data()) name = names.emplace_back(std::move(buffer));
        members.push_back({name, key, value});
        bytes += key.size() + value.size() + 4;
    });
    const auto is_last = last_of_their_name(members);
    std::string out;
    out.reserve(bytes + 2);
    for (std::size_t i = 0; i != members.size(); ++i) {
        if (!is_last[i] || (null_members == nulls::go && members[i].value == "null")) continue;
        out += out.empty() ? "{\"" : ",\"";
        out.append(members[i].key).append("\":").append(members[i].value);
    }
    if (out.empty()) return std::nullopt;
    return out += '}';
}

kept_message keep(const message_entry& entry, nulls null_members) {
    const auto content = entry.parts.content.empty() ? std::string_view("null") : entry.parts.content;
    return {entry.role, std::string(content), other_members(entry.text, null_members)};
}

}  // namespace ferry::conversation

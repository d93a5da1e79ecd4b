#include "openai/response_events.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "openai/json_walk.hpp"

namespace ferry::openai {

namespace {

struct replaced {
    std::string_view name, value;
};

std::string_view member_of(std::string_view object, std::string_view name) {
    std::string_view found;
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (key == name) found = value;
    });
    return found;
}

// `object` with other values for some of the members it has.
template <std::size_t count>
std::string with(std::string_view object, const std::array<replaced, count>& others) {
    std::string out = "{";
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        for (const auto& one : others) {
            if (one.name == key) value = one.value;
        }
        out.append(out.size() > 1 ? ",\"" : "\"").append(key).append("\":").append(value);
    });
    return out += '}';
}

class teller {
public:
    void tell(std::string_view type, std::string_view members) {
        out_.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type);
        out_.append("\",\"sequence_number\":").append(std::to_string(sequence_++)).append(",").append(members);
        out_.append("}\n\n");
    }
    void tell_item(std::string_view item) {
        const auto at = "\"output_index\":" + std::to_string(index_++);
        const auto type = member_of(item, "type"), content = member_of(item, "content");
        const auto where = at + ",\"item_id\":" + std::string(id_of(item));
        if (type == "\"message\"") {
            tell("response.output_item.added", at + ",\"item\":" + with(item, begun_message));
            std::size_t part = 0;
            for_each_element(content, [&](std::string_view one) { tell_part(where, part++, one); });
        } else if (type == "\"function_call\"") {
            tell("response.output_item.added", at + ",\"item\":" + with(item, begun_call));
            const std::string arguments(member_of(item, "arguments"));
            tell("response.function_call_arguments.delta", where + ",\"delta\":" + arguments);
            tell("response.function_call_arguments.done", where + ",\"arguments\":" + arguments);
        } else {
            tell("response.output_item.added", at + ",\"item\":" + std::string(item));
        }
        tell("response.output_item.done", at + ",\"item\":" + std::string(item));
    }
    std::string take() { return std::move(out_); }

private:
    static constexpr std::array<replaced, 2> begun_message = {{{"content", "[]"}, {"status", "\"in_progress\""}}};
    static constexpr std::array<replaced, 2> begun_call = {{{"arguments", "\"\""}, {"status", "\"in_progress\""}}};
    static constexpr std::array<replaced, 2> begun_part = {{{"text", "\"\""}, {"refusal", "\"\""}}};

    static std::string_view id_of(std::string_view item) {
        const auto id = member_of(item, "id");
        return id.empty() ? "\"\"" : id;
    }

    void tell_part(const std::string& item, std::size_t number, std::string_view part) {
        const auto where = item + ",\"content_index\":" + std::to_string(number);
        tell("response.content_part.added", where + ",\"part\":" + with(part, begun_part));
        const bool is_refusal = member_of(part, "type") == "\"refusal\"";
        const std::string text(member_of(part, is_refusal ? "refusal" : "text"));
        if (!text.empty() && is_refusal) {
            tell("response.refusal.delta", where + ",\"delta\":" + text);
            tell("response.refusal.done", where + ",\"refusal\":" + text);
        } else if (!text.empty()) {
            tell("response.output_text.delta", where + ",\"delta\":" + text);
            tell("response.output_text.done", where + ",\"text\":" + text);
        }
        tell("response.content_part.done", where + ",\"part\":" + std::string(part));
    }

    std::string out_;
    std::int64_t sequence_ = 0;
    std::size_t index_ = 0;
};

std::string_view last_event(std::string_view status) {
    if (status == "\"failed\"") return "response.failed";
    return status == "\"incomplete\"" ? "response.incomplete" : "response.completed";
}

}  // namespace

std::string tell_response_as_events(std::string_view response) {
    static constexpr std::array<replaced, 3> begun = {
        {{"output", "[]"}, {"status", "\"in_progress\""}, {"usage", "null"}}};
    // Valid JSON has line ends between its tokens alone, and an event's data is one line.
    std::string flat(response);
    std::replace_if(
        flat.begin(), flat.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    teller all;
    all.tell("response.created", "\"response\":" + with(flat, begun));
    for_each_element(member_of(flat, "output"), [&all](std::string_view item) { all.tell_item(item); });
    all.tell(last_event(member_of(flat, "status")), "\"response\":" + flat);
    return all.take();
}

}  // namespace ferry::openai

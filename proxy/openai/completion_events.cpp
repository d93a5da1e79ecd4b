#include "openai/completion_events.hpp"

#include <algorithm>
#include <vector>

#include "openai/json_walk.hpp"

namespace ferry::openai {

namespace {

struct told_choice {
    std::string_view index = "0", finish_reason = "null", message;
    std::string others;  // `,"logprobs":...` and whatever else stood beside them
};

void append_member(std::string& to, std::string_view key, std::string_view value) {
    to.append(",\"").append(key).append("\":").append(value);
}

// In a stream a tool call says which it is.
std::string with_indexes(std::string_view tool_calls) {
    std::string all = "[";
    std::size_t count = 0;
    for_each_element(tool_calls, [&](std::string_view call) {
        if (count > 0) all += ',';
        all.append("{\"index\":").append(std::to_string(count++));
        for_each_member(call, [&](std::string_view key, std::string_view value) {
            if (key != "index") append_member(all, key, value);
        });
        all += '}';
    });
    return all + "]";
}

std::string delta_of(std::string_view message) {
    std::string delta;
    for_each_member(message, [&delta](std::string_view key, std::string_view value) {
        append_member(delta, key,
                      key == "tool_calls" && value.starts_with('[') ? with_indexes(value) : std::string(value));
    });
    if (!delta.empty()) delta.front() = '{';
    return delta.empty() ? "{}" : delta + "}";
}

told_choice read_choice(std::string_view choice) {
    told_choice told;
    for_each_member(choice, [&told](std::string_view key, std::string_view value) {
        if (key == "index") {
            told.index = value;
        } else if (key == "finish_reason") {
            told.finish_reason = value;
        } else if (key == "message") {
            told.message = value;
        } else {
            append_member(told.others, key, value);
        }
    });
    return told;
}

}  // namespace

std::string tell_as_events(std::string_view completion, bool with_usage) {
    // Valid JSON has line ends between its tokens alone, and an event's data is one line.
    std::string flat(completion);
    std::replace_if(
        flat.begin(), flat.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    std::string members, texts;
    std::vector<told_choice> choices;
    std::string_view usage;
    for_each_member(flat, [&](std::string_view key, std::string_view value) {
        if (key == "choices") {
            for_each_element(value, [&](std::string_view one) {
                choices.push_back(read_choice(one));
                if (choices.back().message.empty()) texts.append(texts.empty() ? "" : ",").append(one);
            });
        } else if (key == "usage") {
            usage = value;
        } else if (key != "object") {
            append_member(members, key, value);
        }
    });
    // Choices without a message are texts: in a stream they are what they are in a document.
    const bool is_text = !texts.empty();
    const auto head =
        std::string("data: {\"object\":\"") + (is_text ? "text_completion" : "chat.completion.chunk") + '"' + members;
    std::string all;
    if (is_text) all.append(head).append(",\"choices\":[").append(texts).append("]}\n\n");
    const auto tell = [&all, &head](const told_choice& of, std::string_view delta, std::string_view finish_reason) {
        all.append(head).append(",\"choices\":[{\"index\":").append(of.index).append(",\"delta\":").append(delta);
        all.append(",\"finish_reason\":").append(finish_reason);
    };
    for (const auto& one : choices) {
        if (is_text) break;
        tell(one, delta_of(one.message), "null");
        all.append(one.others).append("}]}\n\n");
        tell(one, "{}", one.finish_reason);
        all.append("}]}\n\n");
    }
    if (with_usage && usage.starts_with('{')) {
        all.append(head).append(",\"choices\":[],\"usage\":").append(usage).append("}\n\n");
    }
    return all + "data: [DONE]\n\n";
}

}  // namespace ferry::openai

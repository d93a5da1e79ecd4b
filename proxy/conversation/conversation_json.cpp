#include "conversation/conversation_json.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "conversation/string_value.hpp"
#include "openai/json_text.hpp"
#include "openai/json_walk.hpp"

namespace ferry::conversation {
namespace {

constexpr std::array<std::string_view, 12> own_names = {"id",         "object",     "conversation_id", "position",
                                                        "role",       "content",    "model",           "finish_reason",
                                                        "end_reason", "request_id", "usage",           "created_at"};

// An object that grows by its members. Texts and numbers that nobody knows are null.
class object_text {
public:
    void add(std::string_view key, std::string_view json) {
        begin(key);
        out_ += json;
    }
    void add_number(std::string_view key, std::optional<std::int64_t> number) {
        add(key, number ? std::to_string(*number) : "null");
    }
    void add_text(std::string_view key, std::optional<std::string_view> text) {
        if (!text) return add(key, "null");
        begin(key);
        openai::append_json_string(out_, *text);
    }
    std::string finish() { return std::move(out_ += '}'); }

private:
    void begin(std::string_view key) {
        out_ += out_.empty() ? "{\"" : ",\"";
        out_.append(key).append("\":");
    }

    std::string out_;
};

std::int64_t seconds(std::int64_t microseconds) {
    return microseconds / 1'000'000;
}

void add_others(object_text& object, std::string_view extra) {
    std::string buffer;
    openai::for_each_member(extra, [&](std::string_view key, std::string_view value) {
        const auto name = decoded_name(key, buffer);
        if (std::find(own_names.begin(), own_names.end(), name) == own_names.end()) object.add(key, value);
    });
}

// A client may send messages of the assistant's, too: nobody asked a model for those.
bool is_answer(const store::message_row& row) {
    return row.model_id || row.model || row.finish_reason || row.end_reason;
}

void add_answer(object_text& object, const store::message_row& row) {
    object.add_text("model", row.model);
    object.add_text("finish_reason", row.finish_reason);
    object.add_text("end_reason", row.end_reason);
    object.add_text("request_id", row.request_id);
    if (!row.prompt_tokens && !row.completion_tokens) return object.add("usage", "null");
    object_text usage;
    usage.add_number("prompt_tokens", row.prompt_tokens);
    usage.add_number("completion_tokens", row.completion_tokens);
    object.add("usage", usage.finish());
}

template <class Row, class Json>
std::string list_of(std::span<const Row> rows, bool has_more, Json json) {
    std::string data = "[";
    for (const auto& row : rows) {
        if (data.size() > 1) data += ',';
        data += json(row);
    }
    data += ']';
    std::optional<std::int64_t> first, last;
    if (!rows.empty()) {
        first = rows.front().id;
        last = rows.back().id;
    }
    object_text list;
    list.add_text("object", "list");
    list.add("data", data);
    list.add_number("first_id", first);
    list.add_number("last_id", last);
    list.add("has_more", has_more ? "true" : "false");
    return list.finish();
}

}  // namespace

std::string conversation_json(const store::conversation_row& row) {
    object_text object;
    object.add_number("id", row.id);
    object.add_text("object", "conversation");
    object.add_text("title", row.title);
    object.add_number("message_count", row.message_count);
    object.add_number("created_at", seconds(row.created_at_us));
    object.add_number("updated_at", seconds(row.updated_at_us));
    return object.finish();
}

std::string message_json(const store::message_row& row, std::int64_t conversation_id) {
    object_text object;
    object.add_number("id", row.id);
    object.add_text("object", "conversation.message");
    object.add_number("conversation_id", conversation_id);
    object.add_number("position", row.position);
    object.add_text("role", row.role);
    object.add("content", row.content.empty() ? "null" : std::string_view(row.content));
    if (row.extra) add_others(object, *row.extra);
    if (is_answer(row)) add_answer(object, row);
    object.add_number("created_at", seconds(row.created_at_us));
    return object.finish();
}

std::string list_json(std::span<const store::conversation_row> rows, bool has_more) {
    return list_of(rows, has_more, conversation_json);
}

std::string list_json(std::span<const store::message_row> rows, std::int64_t conversation_id, bool has_more) {
    return list_of(rows, has_more, [&](const store::message_row& row) { return message_json(row, conversation_id); });
}

}  // namespace ferry::conversation

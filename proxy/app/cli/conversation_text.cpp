#include "app/cli/conversation_text.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/cli/table.hpp"
#include "app/cli/terminal_text.hpp"
#include "base/escape.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::string member(const json::value& value, const char* name) {
    const auto* object = value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    return found == nullptr ? std::string() : text_of(*found);
}

// Of a part that is no text, its kind: [image_url].
std::string part_text(const json::value& part) {
    for (const char* name : {"text", "refusal"}) {
        if (auto text = member(part, name); !text.empty()) return text;
    }
    const auto kind = member(part, "type");
    return "[" + (kind.empty() ? "part" : kind) + "]";
}

std::string content_text(const json::value& content) {
    if (content.is_null()) return {};
    const auto* parts = content.if_array();
    if (parts == nullptr) return content.is_string() ? text_of(content) : json::serialize(content);
    std::string text;
    for (const auto& part : *parts) text.append(text.empty() ? "" : "\n").append(part_text(part));
    return text;
}

std::string call_text(const json::value& call) {
    const auto* object = call.if_object();
    const auto* function = object == nullptr ? nullptr : object->if_contains("function");
    if (function == nullptr) return "[call]";
    return fmt::format("[calls {}({})]", member(*function, "name"), member(*function, "arguments"));
}

// What was said beside the content: a refusal, calls of tools.
std::string extra_text(const json::value& extra) {
    std::string text = member(extra, "refusal");
    const auto* object = extra.if_object();
    const auto* calls = object == nullptr ? nullptr : object->if_contains("tool_calls");
    if (calls == nullptr || !calls->is_array()) return text;
    for (const auto& call : calls->get_array()) text.append(text.empty() ? "" : "\n").append(call_text(call));
    return text;
}

json::value parsed(const std::string& text) {
    boost::system::error_code is_none;
    auto value = json::parse(text, is_none);
    return is_none ? json::value(json::string_view(text.data(), text.size())) : std::move(value);
}

// UTC.
std::string to_the_minute(std::int64_t time_us) {
    constexpr std::size_t length = 16;  // YYYY-MM-DD HH:MM
    return time_text(time_us).substr(0, length);
}

std::string heading(const store::message_row& row) {
    std::string line = row.role.empty() ? "(no role)" : row.role;
    if (row.model) line += " (" + *row.model + ")";
    line += ", " + to_the_minute(row.created_at_us);
    if (row.end_reason && *row.end_reason != "done") line += ", ended: " + *row.end_reason;
    std::string shown;
    append_readable(shown, line);
    return shown;
}

}  // namespace

std::string message_as_text(const store::message_row& row) {
    std::string text = content_text(parsed(row.content));
    if (row.extra) {
        const auto more = extra_text(parsed(*row.extra));
        if (!more.empty()) text.append(text.empty() ? "" : "\n").append(more);
    }
    return heading(row) + "\n" + terminal_text(text) + "\n";
}

std::string conversations_as_table(std::span<const store::conversation_row> rows) {
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : rows) {
        cells.push_back({std::to_string(row.id), row.title.empty() ? "-" : row.title, std::to_string(row.message_count),
                         to_the_minute(row.created_at_us), to_the_minute(row.updated_at_us)});
    }
    return aligned_table(
        {{"id", align::right}, {"title"}, {"messages", align::right}, {"created (UTC)"}, {"last turn (UTC)"}}, cells);
}

}  // namespace ferry::app

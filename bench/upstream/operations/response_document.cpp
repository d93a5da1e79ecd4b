#include "upstream/operations/response_document.hpp"

#include <utility>

#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

void append_text(const content& text, std::string& out) {
    out += '"';
    text.append_all(out);
    out += '"';
}

std::vector<response_item> items_of(const action& a, const answer_request& to, const served& tokens, content text) {
    std::vector<response_item> items;
    if (!a.reasoning.empty()) {
        items.push_back({response_item::kind::reasoning, tokens.named("rs_"), {}, {}, {}});
        items.back().parts.push_back({response_part::kind::summary, content(a.reasoning, -1, 0)});
    }
    if (text.size() > 0 || !a.refusal.empty() || a.tool_calls.empty()) {
        items.push_back({response_item::kind::message, tokens.named("msg_"), {}, {}, {}});
        auto& parts = items.back().parts;
        const bool has_text = text.size() > 0 || a.refusal.empty();
        if (has_text) parts.push_back({response_part::kind::text, std::move(text)});
        if (!a.refusal.empty()) parts.push_back({response_part::kind::refusal, content(a.refusal, -1, 0)});
    }
    const auto& offered = to.prompt ? to.prompt->tool_names : std::vector<std::string>();
    for (std::size_t i = 0; i < a.tool_calls.size(); ++i) {
        const auto number = "_" + std::to_string(i);
        const auto& call = a.tool_calls[i];
        const auto usual = offered.empty() ? std::string("get_weather") : offered[i % offered.size()];
        items.push_back({response_item::kind::call, tokens.named("fc_") + number, {}, {}, {}});
        items.back().call_id = tokens.named("call_") + number;
        items.back().name = call.name.empty() ? usual : call.name;
        items.back().parts.push_back({response_part::kind::arguments, content(call.arguments, -1, 9)});
    }
    return items;
}

// What the response repeats of the request, as it was spelt there, else as OpenAI fills it in.
std::string repeated_members(std::string_view body) {
    std::pair<std::string_view, std::string_view> members[] = {{"background", "false"},
                                                               {"instructions", "null"},
                                                               {"max_output_tokens", "null"},
                                                               {"metadata", "{}"},
                                                               {"parallel_tool_calls", "true"},
                                                               {"previous_response_id", "null"},
                                                               {"reasoning", "{\"effort\":null,\"summary\":null}"},
                                                               {"store", "true"},
                                                               {"temperature", "1.0"},
                                                               {"text", "{\"format\":{\"type\":\"text\"}}"},
                                                               {"tool_choice", "\"auto\""},
                                                               {"tools", "[]"},
                                                               {"top_p", "1.0"},
                                                               {"truncation", "\"disabled\""},
                                                               {"user", "null"}};
    for (json_members m(body); m.next();) {
        for (auto& [name, value] : members) {
            if (m.name() == name) value = m.value();
        }
    }
    std::string out;
    for (const auto& [name, value] : members) out.append(",\"").append(name).append("\":").append(value);
    return out;
}

std::string usage_of(const action& a, const served& t) {
    if (a.usage == usage_form::none) return "null";
    const bool zeros = a.usage == usage_form::zeros;
    const auto count = [zeros](std::int64_t n) { return std::to_string(zeros || n == -1 ? 0 : n); };
    std::string out = "{\"input_tokens\":" + count(t.prompt_tokens);
    out.append(",\"input_tokens_details\":{\"cached_tokens\":").append(count(t.cached_tokens));
    out.append("},\"output_tokens\":").append(count(t.completion_tokens));
    out.append(",\"output_tokens_details\":{\"reasoning_tokens\":").append(count(t.reasoning_tokens));
    out.append("},\"total_tokens\":").append(count(t.prompt_tokens + t.completion_tokens));
    if (!a.usage_extra.empty()) out.append(",").append(a.usage_extra);
    return out += '}';
}

std::string why_incomplete(const action& a, const content& text) {
    if (a.finish_reason == "\"content_filter\"") return "content_filter";
    const bool is_short = a.finish_reason ? *a.finish_reason == "\"length\"" : text.was_shortened();
    return is_short ? "max_output_tokens" : "";
}

}  // namespace

std::string part_json(const response_part& part, bool with_text) {
    static const content nothing("", -1, 0);
    const content& text = with_text ? part.text : nothing;
    std::string out;
    switch (part.is) {
        case response_part::kind::text:
            append_text(text, out += "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":");
            break;
        case response_part::kind::refusal:
            append_text(text, out += "{\"type\":\"refusal\",\"refusal\":");
            break;
        case response_part::kind::summary:
            append_text(text, out += "{\"type\":\"summary_text\",\"text\":");
            break;
        case response_part::kind::arguments:  // an item of its own
            return {};
    }
    return out += '}';
}

std::string item_json(const response_item& item, std::string_view status, bool with_parts) {
    std::string out = "{\"id\":\"" + item.id + "\",\"type\":\"";
    if (item.is == response_item::kind::call) {
        out.append("function_call\",\"status\":\"").append(status).append("\",\"arguments\":\"");
        if (with_parts) item.parts.front().text.append_all(out);
        out.append("\",\"call_id\":\"").append(item.call_id).append("\",\"name\":\"");
        append_escaped(item.name, out);
        return out += "\"}";
    }
    const bool is_message = item.is == response_item::kind::message;
    if (is_message) {
        out.append("message\",\"status\":\"").append(status).append("\",\"content\":[");
    } else {
        out += "reasoning\",\"summary\":[";
    }
    for (std::size_t i = 0; with_parts && i < item.parts.size(); ++i) {
        out.append(i ? "," : "").append(part_json(item.parts[i], true));
    }
    return out += is_message ? "],\"role\":\"assistant\"}" : "]}";
}

response_document::response_document(const action& a, const answer_request& to, const served& tokens, content text)
    : id(tokens.named("resp_")), incomplete(why_incomplete(a, text)), usage(usage_of(a, tokens)) {
    items = items_of(a, to, tokens, std::move(text));
    head = "{\"id\":\"" + id + "\",\"object\":\"response\",\"created_at\":" + std::to_string(tokens.created);
    head.append(",\"model\":\"").append(tokens.model).append("\",\"error\":null,\"status\":\"");
    tail = repeated_members(to.facts.body);
}

std::string response_document::json(std::string_view status, bool is_ended) const {
    std::string out = head;
    out.append(status).append("\",\"incomplete_details\":");
    out += is_ended && !incomplete.empty() ? "{\"reason\":\"" + incomplete + "\"}" : "null";
    out += ",\"output\":[";
    for (std::size_t i = 0; is_ended && i < items.size(); ++i) {
        const auto is = i + 1 == items.size() ? end() : "completed";
        out.append(i ? "," : "").append(item_json(items[i], is, true));
    }
    out.append("],\"usage\":").append(is_ended ? usage : "null").append(tail);
    return out += '}';
}

}  // namespace ferry::bench

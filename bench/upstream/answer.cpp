#include "upstream/answer.hpp"

#include <algorithm>
#include <charconv>

#include "upstream/chat_stream.hpp"

namespace ferry::bench {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view stream_type = "text/event-stream; charset=utf-8";

bool ends_with(std::string_view path, std::string_view tail) {
    return path.size() >= tail.size() && path.substr(path.size() - tail.size()) == tail;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int code = 0;
        const char* two = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(two, two + 2, code, 16).ptr == two + 2) {
            out += static_cast<char>(code);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

void append_head(answer& made, std::string_view content_type, bool is_http10) {
    const action& a = *made.what;
    auto framing = a.framing;
    if (framing == answer_framing::automatic) {
        framing = made.is_stream ? answer_framing::chunked : answer_framing::length;
    }
    if (framing == answer_framing::chunked && is_http10) framing = answer_framing::close;
    std::string& head = made.head;
    head.reserve(256);
    head.append("HTTP/1.1 ").append(std::to_string(made.status)).append(" ").append(reason_phrase(made.status));
    head.append("\r\nContent-Type: ").append(a.content_type.empty() ? content_type : std::string_view(a.content_type));
    if (!made.tokens.id.empty()) head.append("\r\nx-request-id: req_").append(made.tokens.id, 9);
    if (!a.retry_after.empty()) head.append("\r\nretry-after: ").append(a.retry_after);
    for (const auto& [name, value] : a.headers) head.append("\r\n").append(name).append(": ").append(value);
    if (framing == answer_framing::length) {
        head.append("\r\nContent-Length: ").append(std::to_string(made.body->size()));
    } else if (framing == answer_framing::chunked) {
        made.is_chunked = true;
        head += "\r\nTransfer-Encoding: chunked";
    } else {
        made.closes = true;
    }
    if (made.closes || a.close_after) head += "\r\nConnection: close";
    head += "\r\n\r\n";
}

void use_models(answer& made, std::string_view path, const std::vector<std::string>& names) {
    const auto at = path.rfind("/models");
    const auto rest = path.substr(at + 7);
    if (rest.empty()) {
        std::string list = "{\"object\":\"list\",\"data\":[";
        for (const auto& name : names) list.append(&name == &names.front() ? "" : ",").append(model_json(name));
        made.body = std::make_unique<fixed_body>(list + "]}");
        return;
    }
    const auto name = percent_decoded(rest.substr(1));
    if (std::find(names.begin(), names.end(), name) != names.end()) {
        made.body = std::make_unique<fixed_body>(model_json(name));
        return;
    }
    made.status = 404;
    made.body = std::make_unique<fixed_body>(error_json(404, "The model '" + name + "' does not exist."));
}

// The tools of the request lend their names, in order, to calls that have none.
std::shared_ptr<const action> with_tool_names(std::shared_ptr<const action> a, const std::optional<parsed_prompt>& p) {
    const bool named = std::none_of(a->tool_calls.begin(), a->tool_calls.end(), [](auto& t) { return t.name.empty(); });
    if (named) return a;
    auto made = std::make_shared<action>(*a);
    for (std::size_t i = 0; i < made->tool_calls.size(); ++i) {
        if (!made->tool_calls[i].name.empty()) continue;
        const bool offered = p && !p->tool_names.empty();
        made->tool_calls[i].name = offered ? p->tool_names[i % p->tool_names.size()] : "get_weather";
    }
    return made;
}

void use_chat(answer& made, const answer_request& to) {
    made.what = with_tool_names(std::move(made.what), to.prompt);
    const action& a = *made.what;
    content text(a, to.facts.max_tokens);
    const auto pieces = std::max<std::int64_t>(1, static_cast<std::int64_t>(text.size()) * to.facts.n);
    made.tokens = make_served(a, to.facts, to.seed, to.seq, pieces);
    made.is_stream = a.stream.value_or(to.facts.is_stream);
    if (made.is_stream) {
        made.body = std::make_unique<chat_stream>(made.what, to.facts, made.tokens, std::move(text));
        return;
    }
    const auto reported = whole_answer_reports(a.usage) ? made.tokens.completion_tokens : -1;
    made.body = std::make_unique<fixed_body>(whole_completion(a, to.facts, made.tokens, text), reported);
}

void choose_body(answer& made, const answer_request& to) {
    const action& a = *made.what;
    const auto path = to.http.path;
    if (a.body) {
        made.body = std::make_unique<fixed_body>(*a.body);
    } else if (a.events) {
        made.is_stream = true;
        made.body = std::make_unique<event_list>(*a.events, a.interval);
    } else if (a.status >= 300) {
        made.body = std::make_unique<fixed_body>(error_json(a.status));
    } else if (ends_with(path, "/chat/completions")) {
        if (to.http.method == "POST") return use_chat(made, to);
        made.status = 405;
        made.body = std::make_unique<fixed_body>(error_json(405));
    } else if (ends_with(path, "/models") || path.find("/models/") != std::string_view::npos) {
        use_models(made, path, to.rules.model_names());
    } else {
        made.status = 404;
        made.body = std::make_unique<fixed_body>(error_json(404, "Unknown path " + std::string(path)));
    }
    made.tokens = make_served(a, to.facts, to.seed, to.seq, 0);
    const bool told = a.prompt_tokens.low >= 0 && made.status == a.status;
    if (!told) made.tokens.prompt_tokens = made.tokens.completion_tokens = 0;
}

}  // namespace

answer make_answer(std::shared_ptr<const action> what, const answer_request& to) {
    answer made;
    made.what = std::move(what);
    made.status = made.what->status;
    made.closes = !to.http.keep_alive;
    choose_body(made, to);
    const action& a = *made.what;
    if (a.raw) {
        made.body = std::make_unique<fixed_body>(*a.raw);
        made.closes = made.closes || a.close_after;
        return made;
    }
    if (a.first_delay.count() > 0 || a.leading_blank_lines > 0) {
        const waiting_body::plan plan{a.first_delay, a.keepalive, a.leading_blank_lines, made.is_stream};
        made.body = std::make_unique<waiting_body>(plan, std::move(made.body));
    }
    append_head(made, made.is_stream ? stream_type : json_type, to.http.is_http10);
    made.closes = made.closes || a.close_after;
    return made;
}

answer make_plain_answer(int status, std::string_view content_type, std::string body, bool closes) {
    static const auto plain = std::make_shared<const action>();
    answer made;
    made.what = plain;
    made.status = status;
    made.closes = closes;
    made.body = std::make_unique<fixed_body>(std::move(body));
    append_head(made, content_type, false);
    return made;
}

}  // namespace ferry::bench

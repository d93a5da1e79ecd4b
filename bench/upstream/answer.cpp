#include "upstream/answer.hpp"

#include <exception>

#include "upstream/batch_engine.hpp"
#include "upstream/paced_body.hpp"
#include "upstream/random.hpp"

namespace ferry::bench {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view stream_type = "text/event-stream; charset=utf-8";

void append_head(answer& made, std::string_view content_type, bool is_http10) {
    const action& a = *made.what;
    auto framing = a.framing;
    if (framing == answer_framing::automatic) {
        framing = made.is_stream || made.is_open_ended ? answer_framing::chunked : answer_framing::length;
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

// A request that is odder than an operation expects ends itself, not the mock.
void serve(answer& made, const answer_request& to) {
    try {
        to.asked.row->serve(made, to);
    } catch (const std::exception& e) {
        made.status = 500;
        made.body = std::make_unique<fixed_body>(error_json(500, std::string("ferry-bench: ") + e.what()));
    }
}

void choose_body(answer& made, const answer_request& to) {
    const action& a = *made.what;
    if (a.body) {
        made.body = std::make_unique<fixed_body>(*a.body);
    } else if (a.events) {
        made.is_stream = true;
        made.body = std::make_unique<event_list>(*a.events, a.interval);
    } else if (a.status >= 300) {
        made.body = std::make_unique<fixed_body>(error_json(a.status));
    } else if (to.asked.row && !to.asked.is_other_method) {
        return serve(made, to);
    } else {
        made.status = to.asked.row ? 405 : 404;
        const auto why = to.asked.row ? std::string() : "Unknown path " + std::string(to.http.path);
        made.body = std::make_unique<fixed_body>(error_json(made.status, why));
    }
}

// What the ledger says was served: nothing by an error, unless the script says so.
void settle_units(answer& made, const answer_request& to) {
    const action& a = *made.what;
    const bool is_told = a.prompt_tokens.low >= 0 && made.status == a.status;
    if (made.tokens.id.empty()) {
        made.tokens = make_served(a, to.facts, to.seed, to.seq, 0);
        if (!is_told) made.tokens.prompt_tokens = made.tokens.completion_tokens = 0;
    }
    if (made.status >= 300 && a.status < 300) {  // refused by the operation itself
        made.tokens.prompt_tokens = made.tokens.completion_tokens = 0;
        made.units = 0;
    }
    if (made.units < 0) {
        const auto tokens = made.tokens.prompt_tokens + made.tokens.completion_tokens;
        const bool is_own = made.status < 300 && !a.body && !a.events;
        made.units = made.counted_in == unit::tokens ? static_cast<double>(tokens) : is_own ? 1 : 0;
    }
    if (a.units >= 0) made.units = a.units;
}

}  // namespace

answer make_answer(std::shared_ptr<const action> what, const answer_request& to) {
    answer made;
    made.what = std::move(what);
    made.status = made.what->status;
    made.closes = !to.http.keep_alive;
    if (to.asked.row) made.counted_in = to.asked.row->counted_in;
    choose_body(made, to);
    settle_units(made, to);
    const action& a = *made.what;
    if (a.raw) {
        made.body = std::make_unique<fixed_body>(*a.raw);
        made.closes = made.closes || a.close_after;
        return made;
    }
    if (a.engine && made.status < 300 && to.http.method == "POST") {
        const auto seat = std::make_shared<batch_engine::seat>(a.engine, mixed(mixed(to.seed) + to.seq));
        made.body =
            std::make_unique<paced_body>(seat, made.tokens.completion_tokens, made.is_stream, std::move(made.body));
    }
    if (a.first_delay.count() > 0 || a.leading_blank_lines > 0) {
        const waiting_body::plan plan{a.first_delay, a.keepalive, a.leading_blank_lines, made.is_stream};
        made.body = std::make_unique<waiting_body>(plan, std::move(made.body));
    }
    const std::string_view usual = made.is_stream ? stream_type : json_type;
    append_head(made, made.content_type.empty() ? usual : made.content_type, to.http.is_http10);
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

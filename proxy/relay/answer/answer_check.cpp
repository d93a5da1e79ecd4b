#include "relay/answer/answer_check.hpp"

#include <algorithm>

#include "net/media_type.hpp"
#include "openai/event_facts.hpp"
#include "openai/upstream_error.hpp"
#include "provider/provider.hpp"

namespace ferry::relay {

namespace {

bool is_labelled(const net::http_head& head, std::string_view type) {
    return net::same_token(net::media_type(head.content_type.value_or("")), type);
}

// What it holds beside the type goes to the client: nothing there may be odd.
bool is_fit(std::string_view content_type) {
    return std::all_of(content_type.begin(), content_type.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

fault invalid_answer(std::string text, retry_advice advice = retry_advice::next_candidate) {
    return fault::upstream(fault_code::upstream_invalid_response, advice, std::move(text));
}

fault html_answer() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                           "The upstream answered with an HTML page.", "Check api_endpoint.");
}

}  // namespace

fault answers_use_all_memory() {
    return fault::self(fault_code::overloaded, "Too many large answers are in flight: try again shortly.",
                       "The answers in flight have used up limits.answer_memory.");
}

bool is_event_stream(const net::http_head& head) {
    return is_labelled(head, "text/event-stream");
}

bool is_document(const net::http_head& head) {
    return net::is_json_type(head.content_type.value_or(""));
}

std::string_view stream_type(const net::http_head& head) {
    return is_event_stream(head) && is_fit(*head.content_type) ? *head.content_type : "text/event-stream";
}

std::string_view document_type(const net::http_head& head) {
    const auto label = head.content_type.value_or("");
    return net::is_json_type(label) && is_fit(label) ? label : "application/json";
}

std::string_view plain_type(const net::http_head& head) {
    const auto label = head.content_type.value_or("");
    return !label.empty() && is_fit(label) ? label : "application/octet-stream";
}

std::string disposition_line(const net::http_head& head) {
    const auto value = head.find("content-disposition");
    if (!value || !is_fit(*value)) return {};
    return std::string("content-disposition: ").append(*value).append("\r\n");
}

std::optional<fault> check_answer_head(const net::http_head& head, bool stream) {
    if (!stream && is_labelled(head, "text/html")) {
        return html_answer();
    }
    return std::nullopt;
}

bool is_answer(const openai::operation& operation, const openai::usage_finder& finder) {
    using openai::answer_kind;
    const auto& facts = finder.facts();
    if (!facts.is_object) return false;
    switch (operation.answer) {
        case answer_kind::choices:
            return facts.has_choice && !facts.is_error;
        case answer_kind::list:
            return facts.has_list && !facts.is_error;
        case answer_kind::object:
            // What it is about may have failed, and says so: a response, a job.
            return facts.has_identity;
        case answer_kind::any:
        case answer_kind::file:
            return !facts.is_error;
    }
    return false;
}

error_answer check_document(const openai::usage_finder& finder, const catalog::candidate& row,
                            const piece_list& pieces) {
    // Some services answer so in moments of load.
    constexpr auto again = retry_advice::same;
    if (!finder.has_begun()) return {invalid_answer("The upstream answered 200 with an empty body.", again), {}};
    if (!finder.is_complete()) return {invalid_answer("The upstream's answer is not complete JSON.", again), {}};
    std::string body;
    for (const auto piece : pieces) body.append(piece);
    const auto secrets = secrets_of(row);
    const auto error = openai::parse_upstream_error("application/json", body, secrets);
    if (!finder.facts().is_error && (!error.is_json || error.message.empty())) {
        return {invalid_answer("The upstream answered 200 without an answer in it.", again), {}};
    }
    error_answer judged{row.service->classify(200, error, std::nullopt), provider::find_repairs(200, error)};
    judged.why.upstream_status = 200;
    return judged;
}

error_answer judge_error(const catalog::candidate& row, const net::http_head& head, std::string_view body) {
    const auto secrets = secrets_of(row);
    const auto error = openai::parse_upstream_error(head.content_type.value_or(""), body, secrets);
    const auto facts = openai::inspect_event(body);
    const bool says_why = facts.tells_failure() || (facts.is_object && !facts.has_choice && !error.message.empty());
    if (head.status < 300 && !says_why) {
        return {invalid_answer("The upstream answered a stream request with something that is no event stream."), {}};
    }
    provider::retry_fields fields;
    fields.retry_after = head.find("retry-after").value_or("");
    fields.retry_after_ms = head.find("retry-after-ms").value_or("");
    fields.reset_requests = head.find("x-ratelimit-reset-requests").value_or("");
    fields.reset_tokens = head.find("x-ratelimit-reset-tokens").value_or("");
    const auto wait = row.service->retry_after(fields, error.message, std::chrono::system_clock::now());
    error_answer judged{row.service->classify(head.status, error, wait), provider::find_repairs(head.status, error)};
    judged.why.upstream_status = head.status;
    return judged;
}

fault classify_error(attempt& from, std::string_view body) {
    auto judged = judge_error(from.to(), from.head(), body);
    from.note_refused(judged.refused);
    return std::move(judged.why);
}

gate_options gate_options_for(const request& x, const attempt& from, std::span<const std::string_view> secrets) {
    gate_options options;
    options.streams = x.operation.streams;
    options.issues_ids = x.operation.issues_ids;
    options.client_asked_usage = x.asked.asks_usage();
    options.service = from.to().service;
    options.secrets = secrets;
    return options;
}

}  // namespace ferry::relay

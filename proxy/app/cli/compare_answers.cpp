#include "app/cli/compare_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/cli/table.hpp"
#include "base/utf8.hpp"

namespace ferry::app {
namespace {

namespace json = boost::json;

constexpr std::size_t most_shown = 300;  // of an answer that is not the documented error

const json::value* member_of(const json::value* value, std::string_view name) {
    const auto* object = value == nullptr ? nullptr : value->if_object();
    return object == nullptr ? nullptr : object->if_contains({name.data(), name.size()});
}

std::string text_of(const json::value* value) {
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::optional<double> number_of(const json::value* value) {
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

std::string number_text(const json::value* value, int decimals) {
    const auto number = number_of(value);
    return number ? fmt::format("{:.{}f}", *number, decimals) : std::string();
}

// What the first choice of a chunk adds to the text.
std::string delta_of(const json::value* chunk) {
    const auto* choices = member_of(chunk, "choices");
    const auto* list = choices == nullptr ? nullptr : choices->if_array();
    if (list == nullptr || list->empty()) return {};
    const auto* delta = member_of(&list->front(), "delta");
    return text_of(member_of(delta, "content")) + text_of(member_of(delta, "refusal"));
}

void take_error(const json::value* error, compared_answer& into) {
    into.error_code = text_of(member_of(error, "code"));
    into.error = text_of(member_of(error, "message"));
    if (into.error.empty()) into.error = "The model's provider reported an error without a message.";
}

void take_summary(const json::value& event, compared_answer& into) {
    const auto* usage = member_of(&event, "usage");
    into.finish_reason = text_of(member_of(&event, "finish_reason"));
    into.ttft_ms = number_text(member_of(&event, "ttft_ms"), 0);
    into.tokens_per_second = number_text(member_of(&event, "tokens_per_second"), 1);
    into.prompt_tokens = number_text(member_of(usage, "prompt_tokens"), 0);
    into.completion_tokens = number_text(member_of(usage, "completion_tokens"), 0);
    into.cost = text_of(member_of(&event, "cost"));
    if (!into.cost.empty()) into.cost += " " + text_of(member_of(&event, "currency"));
    into.has_ended = true;
}

std::string or_dash(const std::string& cell) {
    return cell.empty() ? "-" : cell;
}

}  // namespace

compare_answers::compare_answers(const std::vector<std::string>& models) {
    for (const auto& model : models) answers_.emplace_back().model = model;
}

void compare_answers::take(std::string_view payload) {
    pending_ += payload;
    std::string_view left = pending_;
    while (const auto event = scanner_.next(left)) {
        std::string joined;
        if (!event->is_comment_only()) take_event(openai::data_of(*event, joined));
        left.remove_prefix(event->consumed);
    }
    pending_.erase(0, pending_.size() - left.size());
}

void compare_answers::take_event(std::string_view text) {
    boost::system::error_code is_none;
    const auto event = json::parse({text.data(), text.size()}, is_none);
    const auto index = is_none ? std::nullopt : number_of(member_of(&event, "index"));
    if (!index || *index < 0 || *index >= static_cast<double>(answers_.size())) return;  // [DONE], and what is not ours
    auto& answer = answers_[static_cast<std::size_t>(*index)];
    const auto kind = text_of(member_of(&event, "object"));
    if (kind == "compare.chunk") answer.text += delta_of(member_of(&event, "chunk"));
    if (kind == "compare.error") take_error(member_of(&event, "error"), answer);
    if (kind == "compare.summary") take_summary(event, answer);
}

void compare_answers::finish(std::string_view why) {
    for (auto& answer : answers_) {
        if (!answer.has_ended && !answer.has_failed()) answer.error = why;
        answer.has_ended = true;
    }
}

std::size_t compare_answers::failures() const {
    return static_cast<std::size_t>(
        std::count_if(answers_.begin(), answers_.end(), [](const auto& one) { return one.has_failed(); }));
}

text_column column_of(const compared_answer& answer) {
    return {answer.model, answer.text, answer.error};
}

std::string summary_table(const std::vector<compared_answer>& answers) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : answers) {
        // The text of an error stands with its answer.
        const auto error = one.has_failed() ? (one.error_code.empty() ? "failed" : one.error_code) : "-";
        rows.push_back({one.model, or_dash(one.finish_reason), or_dash(one.ttft_ms), or_dash(one.tokens_per_second),
                        or_dash(one.prompt_tokens), or_dash(one.completion_tokens), or_dash(one.cost), error});
    }
    return aligned_table({{"model"},
                          {"finish"},
                          {"TTFT ms", align::right},
                          {"tokens/s", align::right},
                          {"tokens in", align::right},
                          {"tokens out", align::right},
                          {"cost", align::right},
                          {"error"}},
                         rows);
}

std::size_t failures_in(std::string_view document) {
    boost::system::error_code is_none;
    const auto parsed = json::parse({document.data(), document.size()}, is_none);
    const auto* results = is_none ? nullptr : member_of(&parsed, "results");
    if (results == nullptr || !results->is_array()) return 1;
    const auto& list = results->get_array();
    return static_cast<std::size_t>(
        std::count_if(list.begin(), list.end(), [](const auto& one) { return member_of(&one, "error") != nullptr; }));
}

std::string error_text(std::string_view answer) {
    boost::system::error_code is_none;
    const auto parsed = json::parse({answer.data(), answer.size()}, is_none);
    const auto* error = is_none ? nullptr : member_of(&parsed, "error");
    const auto message = text_of(member_of(error, "message"));
    if (message.empty()) return std::string(clip_utf8(answer, most_shown));
    const auto code = text_of(member_of(error, "code"));
    return code.empty() ? message : message + " (" + code + ")";
}

}  // namespace ferry::app

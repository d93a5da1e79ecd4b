#include "server/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.hpp"
#include "openai/json_text.hpp"
#include "openai/json_walk.hpp"

namespace ferry::server {

namespace {

// An event's data is one line; valid JSON has line ends between its tokens alone.
std::string in_one_line(std::string_view json) {
    std::string line(json);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return line;
}

std::string begin(std::string_view object, const compared_model& of) {
    return fmt::format("data: {{\"object\":\"{}\",\"index\":{},\"model\":{}", object, of.index,
                       openai::quote_json(of.name));
}

std::string milliseconds_of(std::int64_t us) {
    return fmt::format("{}.{:03}", us / 1000, us % 1000);
}

std::string members(const compare_summary& of) {
    std::string out = ",\"request_id\":" + openai::quote_json(of.request_id);
    out += ",\"ttft_ms\":" + (of.first_token_us ? milliseconds_of(*of.first_token_us) : "null");
    out += ",\"duration_ms\":" + milliseconds_of(of.duration_us);
    const auto completion = of.tokens ? of.tokens->completion.value_or(0) : 0;
    const auto writing_us = of.duration_us - of.first_token_us.value_or(0);
    const bool has_rate = completion > 0 && writing_us > 0;
    out += ",\"tokens_per_second\":";
    out += has_rate ? fmt::format("{:.1f}", static_cast<double>(completion) * 1e6 / static_cast<double>(writing_us))
                    : "null";
    out += ",\"usage\":" + (of.usage.empty() ? "null" : of.usage);
    out += ",\"cost\":" + (of.cost_pico ? "\"" + format_decimal(*of.cost_pico, money_scale) + "\"" : "null");
    out += ",\"currency\":" + (of.cost_pico ? openai::quote_json(of.currency) : "null");
    out += ",\"finish_reason\":" + (of.finish_reason.empty() ? "null" : openai::quote_json(of.finish_reason));
    return out;
}

}  // namespace

std::string compare_chunk(const compared_model& of, std::string_view json) {
    return begin("compare.chunk", of) + ",\"chunk\":" + in_one_line(json) + "}\n\n";
}

std::string compare_error(const compared_model& of, std::string_view error_object) {
    return begin("compare.error", of) + ",\"error\":" + in_one_line(error_object) + "}\n\n";
}

std::string compare_end(const compared_model& of, const compare_summary& summary) {
    return begin("compare.summary", of) + in_one_line(members(summary)) + "}\n\n";
}

std::string compare_result(const compared_model& of, std::string_view completion, std::string_view error_object,
                           const compare_summary& summary) {
    auto out = fmt::format("{{\"index\":{},\"model\":{}", of.index, openai::quote_json(of.name));
    if (!completion.empty()) out.append(",\"completion\":").append(completion);
    if (!error_object.empty()) out.append(",\"error\":").append(error_object);
    return out + ",\"summary\":{" + members(summary).substr(1) + "}}";
}

std::string error_in(std::string_view answer) {
    std::string found;
    openai::for_each_member(answer, [&found](std::string_view key, std::string_view value) {
        if (key == "error") found = value;
    });
    if (!found.empty()) return found;
    return R"({"message":"The answer was cut short.","type":"server_error","param":null,"code":"internal_error"})";
}

}  // namespace ferry::server

#include "catalog/row_json.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "catalog/bad_row.hpp"
#include "catalog/json_members.hpp"
#include "catalog/text_rules.hpp"
#include "net/token.hpp"

namespace ferry::catalog {
namespace {

constexpr std::string_view reserved_members[] = {"model",          "messages", "stream",
                                                 "stream_options", "id",       "conversationid"};

// The text of a JSON string; nothing for any other value. REQUIRES: `value` is valid JSON.
std::optional<std::string> string_of(std::string_view value) {
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(value, error);
    if (const auto* text = parsed.if_string()) return std::string(text->begin(), text->end());
    return std::nullopt;
}

}  // namespace

result<std::vector<header>> parse_extra_headers(std::string_view column) {
    std::vector<header> headers;
    if (column.empty()) return headers;
    const auto members = split_members(column);
    if (!members)
        return bad_row("extra_headers is not a JSON object with each name once, such as {\"X-Title\": \"ferry\"}");
    for (const json_member& member : *members) {
        const std::string shown = "extra_headers: '" + printable(member.name) + "' ";
        if (!net::is_token(member.name)) return bad_row(shown + "is no header name");
        if (!is_settable_header(member.name)) return bad_row(shown + "may not be set: the proxy itself decides it");
        const bool is_twin = std::any_of(headers.begin(), headers.end(), [&](const header& other) {
            return lower_case(other.name) == lower_case(member.name);
        });
        if (is_twin) return bad_row(shown + "is there twice (header names have no case)");
        auto value = string_of(member.value);
        if (!value) return bad_row(shown + "has a value that is not a string");
        if (!is_header_value(*value))
            return bad_row(shown + "has a value with a control byte, or with a blank at an end");
        headers.emplace_back(member.name, secret(std::move(*value)));
    }
    return headers;
}

result<std::vector<body_member>> parse_extra_body(std::string_view column) {
    std::vector<body_member> added;
    if (column.empty()) return added;
    const auto members = split_members(column);
    if (!members) return bad_row("extra_body is not a JSON object with each name once, such as {\"top_k\": 40}");
    for (const json_member& member : *members) {
        if (std::ranges::find(reserved_members, lower_case(member.name)) != std::end(reserved_members))
            return bad_row("extra_body: '" + printable(member.name) +
                           "' may not be set: it belongs to the client or the proxy");
        body_member one;
        one.name = member.name;
        one.quoted_name = member.quoted_name;
        one.value = member.value;
        added.push_back(std::move(one));
    }
    return added;
}

}  // namespace ferry::catalog

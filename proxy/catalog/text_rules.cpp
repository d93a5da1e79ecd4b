#include "catalog/text_rules.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/escape.hpp"
#include "base/utf8.hpp"

namespace ferry::catalog {
namespace {

constexpr std::size_t max_name_bytes = 512;
constexpr std::size_t max_shown_bytes = 64;

}  // namespace

std::optional<std::string> name_defect(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > max_name_bytes) return "is longer than 512 bytes";
    if (std::any_of(name.begin(), name.end(), is_control)) return "holds a control byte";
    if (!is_utf8(name)) return "is not UTF-8";
    return std::nullopt;
}

bool is_header_value(std::string_view value) {
    if (value.empty()) return true;
    if (is_blank(value.front()) || is_blank(value.back())) return false;
    return std::none_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool is_settable_header(std::string_view name) {
    static constexpr std::array<std::string_view, 14> reserved = {
        "accept", "accept-encoding", "connection", "content-encoding", "content-length",    "content-type", "expect",
        "host",   "keep-alive",      "te",         "trailer",          "transfer-encoding", "upgrade",      "via"};
    const std::string lower = lower_case(name);
    return std::find(reserved.begin(), reserved.end(), lower) == reserved.end() && !lower.starts_with("proxy-");
}

std::string printable(std::string_view text) {
    return escaped(text, max_shown_bytes);
}

}  // namespace ferry::catalog

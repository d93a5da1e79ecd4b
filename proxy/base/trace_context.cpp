#include "base/trace_context.hpp"

#include <algorithm>

namespace ferry {

namespace {

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_hex(text) && text.find_first_not_of('0') != text.npos;
}

}  // namespace

std::string_view trace_id_of(std::string_view traceparent) {
    // version "-" trace id "-" parent id "-" flags: 2, 32, 16 and 2 digits. A later version may go on behind a dash.
    constexpr std::size_t bytes = 55;
    if (traceparent.size() < bytes || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-')
        return {};
    const std::string_view version = traceparent.substr(0, 2), trace_id = traceparent.substr(3, 32);
    if (!is_hex(version) || version == "ff" || !is_hex(traceparent.substr(53, 2))) return {};
    if (traceparent.size() > bytes && (version == "00" || traceparent[bytes] != '-')) return {};
    return is_id(trace_id) && is_id(traceparent.substr(36, 16)) ? trace_id : std::string_view();
}

}  // namespace ferry

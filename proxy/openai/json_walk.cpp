#include "openai/json_walk.hpp"

#include <algorithm>

#include "openai/plain_run.hpp"

namespace ferry::openai {

std::size_t skip_string(std::string_view json, std::size_t at) {
    const char* const begin = json.data();
    const char* const end = begin + json.size();
    for (const char* p = begin + at + 1; p < end;) {
        p = plain_run<false>(p, end, begin);
        if (p == end) break;
        if (*p == '"') return static_cast<std::size_t>(p - begin) + 1;
        p += *p == '\\' ? 2 : 1;
    }
    return json.size();
}

std::size_t structure_of(std::string_view json, std::size_t most) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < json.size() && count <= most;) {
        const auto next = std::min(json.find('"', at), json.size());
        count += next - at;
        at = next < json.size() ? skip_string(json, next) : next;
    }
    return count;
}

std::size_t skip_value(std::string_view json, std::size_t at) {
    int depth = 0;
    while (at < json.size()) {
        const char c = json[at];
        if (c == '"') {
            at = skip_string(json, at);
        } else if (c == '{' || c == '[') {
            ++depth;
            ++at;
            continue;
        } else if (c == '}' || c == ']') {
            --depth;
            ++at;
        } else if (depth > 0) {
            ++at;
            continue;
        } else {
            return std::min(json.find_first_of(" \t\r\n,]}", at), json.size());
        }
        if (depth == 0) return at;
    }
    return json.size();
}

}  // namespace ferry::openai

#include "relay/request/measures.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "openai/member_finder.hpp"
#include "openai/text_length.hpp"

namespace ferry::relay {

namespace {

using openai::member;
using openai::unit_kind;

// A word such as "1024x1024" or "hd", "" for anything else.
std::string word_of(std::string_view json) {
    constexpr std::size_t most = 32;
    if (json.size() < 3 || json.size() > most || json.front() != '"') return {};
    const auto word = json.substr(1, json.size() - 2);
    const bool is_plain = std::all_of(word.begin(), word.end(), [](char c) {
        return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'z') || c == '-' || c == '_';
    });
    return is_plain ? std::string(word) : std::string();
}

std::string word_named(const request& x, std::string_view name) {
    const auto body = x.body.view();
    const auto at = openai::find_member(body, name);
    return at ? word_of(body.substr(at->value.begin, at->value.end - at->value.begin)) : std::string();
}

}  // namespace

void measure(request& x) {
    if (x.operation.body != openai::body_kind::json) return;
    if (x.operation.unit == unit_kind::characters) {
        const auto& at = x.asked.where(member::input);
        if (at)
            x.asked_characters =
                openai::characters_of(x.body.view().substr(at->value.begin, at->value.end - at->value.begin));
    }
    if (x.operation.unit == unit_kind::images) {
        x.asked_size = word_named(x, "size");
        x.asked_quality = word_named(x, "quality");
    }
}

}  // namespace ferry::relay

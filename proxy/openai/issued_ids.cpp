#include "openai/issued_ids.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "openai/json_walk.hpp"

namespace ferry::openai {

namespace {

constexpr std::size_t referred_max = 64;

// The text between its quotes, where it is spelled without escapes.
void add_string(std::string_view json, std::size_t most, std::vector<std::string>& to) {
    if (json.size() < 2 || json.front() != '"') return;
    const auto text = json.substr(1, json.size() - 2);
    const bool is_new = std::find(to.begin(), to.end(), text) == to.end();
    if (is_new && is_issued_id(text) && to.size() < most) to.emplace_back(text);
}

void add_members(std::string_view object, bool is_top, std::vector<std::string>& to) {
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (key == "id" || key == "output_file_id" || key == "error_file_id") add_string(value, issued_ids_max, to);
        if (key == "result_files") {
            for_each_element(value, [&to](std::string_view one) { add_string(one, issued_ids_max, to); });
        }
        if (is_top && (key == "file" || key == "response")) add_members(value, false, to);
    });
}

}  // namespace

bool is_issued_id(std::string_view text) {
    return is_id_text(text, issued_id_max);
}

bool is_id_text(std::string_view text, std::size_t most) {
    if (text.empty() || text.size() > most) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        const char lower = lower_case(c);
        const bool is_letter = lower >= 'a' && lower <= 'z';
        return is_letter || is_digit(c) || std::string_view("-_.:~").find(c) != std::string_view::npos;
    });
}

std::vector<std::string> find_issued_ids(std::string_view answer) {
    std::vector<std::string> found;
    add_members(answer, true, found);
    return found;
}

bool is_done_later(std::string_view answer) {
    bool is_later = false;
    for_each_member(answer, [&is_later](std::string_view key, std::string_view value) {
        is_later = is_later || (key == "background" && value == "true") || (key == "object" && value == "\"batch\"");
    });
    return is_later;
}

std::vector<std::string> ids_in(std::string_view json_value) {
    std::vector<std::string> found;
    add_string(json_value, referred_max, found);
    for_each_element(json_value, [&found](std::string_view one) { add_string(one, referred_max, found); });
    return found;
}

}  // namespace ferry::openai

#include "openai/operation.hpp"

#include <algorithm>

#include "openai/issued_ids.hpp"

namespace ferry::openai {

namespace {

constexpr std::string_view any_id = "{id}";
constexpr std::size_t id_max = 256;

// Of dots alone it would be another path.
bool is_id(std::string_view segment) {
    return is_id_text(segment, id_max) && segment.find_first_not_of('.') != std::string_view::npos;
}

std::string_view take_segment(std::string_view& path) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

}  // namespace

std::optional<std::string_view> id_in_path(const operation& row, std::string_view below) {
    if (row.path.empty()) return std::nullopt;
    if (row.path.find('{') == std::string_view::npos) {
        return below == row.path ? std::optional(std::string_view()) : std::nullopt;
    }
    auto pattern = row.path;
    std::string_view id;
    while (!pattern.empty() && !below.empty()) {
        const auto wanted = take_segment(pattern), found = take_segment(below);
        if (wanted.substr(1) != any_id) {
            if (wanted != found) return std::nullopt;
        } else if (!is_id(found.substr(1))) {
            return std::nullopt;
        } else if (id.empty()) {
            id = found.substr(1);
        }
    }
    if (!pattern.empty() || !below.empty()) return std::nullopt;
    return id;
}

std::size_t index_of(const operation& row) {
    return static_cast<std::size_t>(&row - operations().data());
}

const operation& chat_completions() {
    return operations().front();
}

std::string_view to_text(unit_kind value) {
    static constexpr std::string_view texts[] = {"",      "tokens",   "images", "seconds", "characters",
                                                 "bytes", "searches", "pages",  "requests"};
    return texts[static_cast<std::size_t>(value)];
}

}  // namespace ferry::openai

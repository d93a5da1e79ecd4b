#include "openai/json_merge.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "openai/json_walk.hpp"

namespace ferry::openai {
namespace {

constexpr int depth_max = 16;
constexpr std::size_t members_max = 1024;
constexpr std::size_t member_cost = 96;
constexpr std::size_t too_much = std::numeric_limits<std::uint32_t>::max();

// Said once, or again in each event; never in pieces.
bool is_whole(std::string_view key) {
    static constexpr std::array<std::string_view, 6> whole = {"role", "id", "type", "name", "format", "signature"};
    return std::find(whole.begin(), whole.end(), key) != whole.end();
}

// The `index` of an element, as spelled; "" if it has none.
std::string_view index_of(std::string_view element) {
    std::string_view index;
    if (!element.starts_with('{')) return index;
    for_each_member(element, [&index](std::string_view key, std::string_view value) {
        if (key == "index" && value.find_first_not_of("0123456789") == std::string_view::npos) index = value;
    });
    return index;
}

}  // namespace

json_merge& json_merge::member(std::string_view key) {
    if (what_ == kind::null) what_ = kind::object;
    for (auto& [name, value] : members_) {
        if (name == key) return value;
    }
    return members_.emplace_back(std::string(key), json_merge()).second;
}

const json_merge* json_merge::find(std::string_view key) const {
    for (const auto& [name, value] : members_) {
        if (name == key) return &value;
    }
    return nullptr;
}

void json_merge::set(std::string json) {
    what_ = kind::raw;
    text_ = std::move(json);
    members_.clear();
}

std::size_t json_merge::add(std::string_view key, std::string_view value, merge_rule rule, int depth) {
    if (value == "null") return 0;
    const char first = value.front();
    if (rule == merge_rule::fragments && depth < depth_max) {
        if (first == '"') return add_string(key, value.substr(1, value.size() - 2));
        if (first == '{') return add_object(value, "", depth);
        if (first == '[') return add_list(key, value, depth);
    }
    const auto before = text_.size();
    set(std::string(value));
    return value.size() > before ? value.size() - before : 0;
}

std::size_t json_merge::add_string(std::string_view key, std::string_view inside) {
    if (what_ == kind::text && !text_.empty() && is_whole(key)) return 0;
    if (what_ != kind::text) set({});
    what_ = kind::text;
    text_.append(inside);
    return inside.size();
}

std::size_t json_merge::add_object(std::string_view object, std::string_view but, int depth) {
    if (what_ != kind::object) set({});
    what_ = kind::object;
    std::size_t cost = 0;
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (key == but || cost >= too_much) return;
        if (find(key) == nullptr) cost += members_.size() < members_max ? member_cost + key.size() : too_much;
        if (cost < too_much) cost += member(key).add(key, value, merge_rule::fragments, depth + 1);
    });
    return cost;
}

std::size_t json_merge::add_list(std::string_view key, std::string_view array, int depth) {
    if (what_ != kind::list) set({});
    what_ = kind::list;
    // A list of calls in a document is in order and has no indexes.
    const std::string_view but = key == "tool_calls" ? "index" : "";
    std::size_t cost = 0;
    for_each_element(array, [&](std::string_view element) {
        if (cost >= too_much) return;
        const auto index = index_of(element);
        if (index.empty()) {
            if (!text_.empty()) text_ += ',';
            text_.append(element);
            cost += element.size() + 1;
            return;
        }
        if (find(index) == nullptr) cost += members_.size() < members_max ? member_cost : too_much;
        if (cost < too_much) cost += member(index).add_object(element, but, depth + 1);
    });
    return cost;
}

void json_merge::write(std::string& out) const {
    switch (what_) {
        case kind::null:
            out += "null";
            return;
        case kind::raw:
            out += text_;
            return;
        case kind::text:
            out.append("\"").append(text_).append("\"");
            return;
        default:
            break;
    }
    const bool is_object = what_ == kind::object;
    bool first = true;
    out += is_object ? '{' : '[';
    for (const auto& [key, value] : members_) {
        if (!first) out += ',';
        if (is_object) out.append("\"").append(key).append("\":");
        value.write(out);
        first = false;
    }
    if (!first && !text_.empty()) out += ',';
    if (!is_object) out += text_;
    out += is_object ? '}' : ']';
}

}  // namespace ferry::openai

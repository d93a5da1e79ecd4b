#include "openai/json_merge.hpp"

#include <algorithm>
#include <array>

#include "openai/json_walk.hpp"

namespace ferry::openai {
namespace {

// Each level is walked over once more. A message with calls, or a choice with probabilities, has five.
constexpr int depth_max = 6;
constexpr std::size_t member_cost = 128;

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

std::size_t json_merge::place_of(std::string_view key) {
    return index_.find(key, members_.size(),
                       [this](std::size_t place) { return std::string_view(members_[place].first); });
}

json_merge& json_merge::member(std::string_view key) {
    if (what_ == kind::null) what_ = kind::object;
    const auto place = place_of(key);
    if (place != members_.size()) return members_[place].second;
    return members_.emplace_back(std::string(key), json_merge()).second;
}

json_merge* json_merge::member(std::string_view key, std::size_t most, merge_account& account) {
    if (what_ == kind::null) what_ = kind::object;
    const auto place = place_of(key);
    if (place != members_.size()) return &members_[place].second;
    account.is_too_large = account.is_too_large || members_.size() >= most;
    if (!account.take(member_cost + key.size())) return nullptr;
    return &members_.emplace_back(std::string(key), json_merge()).second;
}

void json_merge::set(std::string json) {
    what_ = kind::raw;
    text_ = std::move(json);
    members_.clear();
    index_.clear();
}

// Text, members or elements, which a value of another kind would replace.
bool json_merge::holds_something() const {
    return what_ != kind::raw && (!text_.empty() || !members_.empty());
}

bool json_merge::become(kind what, merge_account& account) {
    if (what_ == what) return true;
    if (holds_something()) return account.contradict();
    set({});
    what_ = what;
    return true;
}

bool json_merge::add(std::string_view key, std::string_view value, merge_rule rule, merge_account& account,
                     int depth) {
    if (value == "null") return true;
    const char first = value.front();
    if (rule == merge_rule::fragments && depth < depth_max) {
        if (first == '"') return add_string(key, value.substr(1, value.size() - 2), account);
        if (first == '{') return add_object(value, "", account, depth);
        if (first == '[') return add_list(key, value, account, depth);
        if (holds_something()) return account.contradict();
    }
    if (value.size() > text_.size() && !account.take(value.size() - text_.size())) return false;
    set(std::string(value));
    return true;
}

bool json_merge::add_string(std::string_view key, std::string_view inside, merge_account& account) {
    if (!become(kind::text, account)) return false;
    if (!text_.empty() && is_whole(key)) return true;
    if (!account.take(inside.size())) return false;
    text_.append(inside);
    return true;
}

bool json_merge::add_object(std::string_view object, std::string_view but, merge_account& account, int depth) {
    if (!become(kind::object, account)) return false;
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (key == but) return true;
        auto* const made = member(key, members_max, account);
        return made != nullptr && made->add(key, value, merge_rule::fragments, account, depth + 1);
    });
    return !account.failed();
}

bool json_merge::add_list(std::string_view key, std::string_view array, merge_account& account, int depth) {
    if (!become(kind::list, account)) return false;
    // A list of calls in a document is in order and has no indexes.
    const std::string_view but = key == "tool_calls" ? "index" : "";
    for_each_element(array, [&](std::string_view element) {
        const auto index = index_of(element);
        if (!index.empty()) {
            auto* const made = member(index, members_max, account);
            return made != nullptr && made->add_object(element, but, account, depth + 1);
        }
        if (!account.take(element.size() + 1)) return false;
        if (!text_.empty()) text_ += ',';
        text_.append(element);
        return true;
    });
    return !account.failed();
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

#include "openai/stream_aggregate.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "openai/event_facts.hpp"
#include "openai/json_walk.hpp"

namespace ferry::openai {
namespace {

constexpr std::size_t event_cost = 8, structure_max = 1u << 20;

int number(std::string_view index) {
    int value = 0;
    std::from_chars(index.data(), index.data() + index.size(), value);
    return value;
}

// What every message has, where no event said it.
void complete_message(json_merge& message) {
    if (message.member("role").is_null()) message.member("role").set("\"assistant\"");
    message.member("content");
    auto& members = message.members();
    const auto role = std::find_if(members.begin(), members.end(), [](const auto& one) { return one.first == "role"; });
    std::rotate(members.begin(), role, role + 1);
}

}  // namespace

aggregation stream_aggregate::add(std::string_view json) {
    // Strings cost next to nothing to walk over, all else a little for each level: no event may hold up the core.
    account_.is_too_large = account_.is_too_large || structure_of(json, structure_max) > structure_max;
    if (account_.take(event_cost)) {
        for_each_member(json, [this](std::string_view key, std::string_view value) { return add_member(key, value); });
    }
    if (account_.is_contradictory) return aggregation::contradictory;
    return account_.is_too_large ? aggregation::too_large : aggregation::taken;
}

bool stream_aggregate::add_member(std::string_view key, std::string_view value) {
    auto* const made = root_.member(key, members_max, account_);
    if (made == nullptr) return false;
    if (key != "choices") return made->add(key, value, merge_rule::latest, account_);
    for_each_element(value, [this](std::string_view choice) { return add_choice(choice); });
    return !account_.failed();
}

bool stream_aggregate::add_choice(std::string_view choice) {
    if (choice == "null") return true;
    if (!choice.starts_with('{')) return account_.contradict();
    std::string_view index = "0";
    bool has_text = false, has_message = false;
    for_each_member(choice, [&](std::string_view key, std::string_view value) {
        if (key == "index") index = value;
        has_text = has_text || key == "text";
        has_message = has_message || key == "delta" || key == "message";
    });
    is_text_ = is_text_ || (has_text && !has_message);
    auto* const made = choices_.member(index, choices_max, account_);
    if (made == nullptr) return false;
    made->member("index").set(std::string(index));
    made->member(is_text_ ? "text" : "message");
    for_each_member(choice,
                    [&](std::string_view key, std::string_view value) { return add_to_choice(*made, key, value); });
    return !account_.failed();
}

bool stream_aggregate::add_to_choice(json_merge& choice, std::string_view key, std::string_view value) {
    if (key == "index") return true;
    const bool is_message = key == "delta" || key == "message";
    const bool grows = is_message || key == "logprobs" || key == "text";
    if (!grows && value == "\"\"") return true;
    auto* const made = choice.member(is_message ? "message" : key, members_max, account_);
    return made != nullptr && made->add(key, value, grows ? merge_rule::fragments : merge_rule::latest, account_);
}

void stream_aggregate::write_choices(std::string& out) {
    auto& choices = choices_.members();
    std::stable_sort(choices.begin(), choices.end(),
                     [](const auto& a, const auto& b) { return number(a.first) < number(b.first); });
    out += '[';
    bool first = true;
    for (auto& [index, choice] : choices) {
        if (!std::exchange(first, false)) out += ',';
        if (!is_text_) complete_message(choice.member("message"));
        choice.member("finish_reason");
        choice.write(out);
    }
    out += ']';
}

std::string stream_aggregate::finish() {
    root_.member("choices");
    root_.member("object").set(is_text_ ? "\"text_completion\"" : "\"chat.completion\"");
    // The texts, which are most of it, are copied once.
    std::string out = "{";
    out.reserve(most_bytes_ - account_.left + 1024);
    for (auto& [key, value] : root_.members()) {
        if (out.size() > 1) out += ',';
        out.append("\"").append(key).append("\":");
        if (key == "choices")
            write_choices(out);
        else
            value.write(out);
    }
    return out += '}';
}

}  // namespace ferry::openai

#include "openai/stream_aggregate.hpp"

#include <algorithm>
#include <charconv>

#include "openai/event_facts.hpp"
#include "openai/json_walk.hpp"

namespace ferry::openai {
namespace {

constexpr std::size_t event_cost = 8;

int number(std::string_view index) {
    int value = 0;
    std::from_chars(index.data(), index.data() + index.size(), value);
    return value;
}

// What every message has, where no event said it.
void complete_message(json_merge& message) {
    auto& members = message.members();
    if (message.member("role").is_null()) message.member("role").set("\"assistant\"");
    message.member("content");
    const auto role = std::find_if(members.begin(), members.end(), [](const auto& one) { return one.first == "role"; });
    std::rotate(members.begin(), role, role + 1);
}

}  // namespace

bool stream_aggregate::add(std::string_view json) {
    std::size_t cost = event_cost;
    for_each_member(json, [&](std::string_view key, std::string_view value) {
        if (key != "choices") {
            cost += root_.member(key).add(key, value, merge_rule::latest);
        } else {
            root_.member(key);
            for_each_element(value, [&](std::string_view choice) { cost += add_choice(choice); });
        }
    });
    if (root_.members().size() > choices_max || cost > left_) return false;
    left_ -= cost;
    return true;
}

std::size_t stream_aggregate::add_choice(std::string_view choice) {
    std::string_view index = "0";
    for_each_member(choice, [&index](std::string_view key, std::string_view value) {
        if (key == "index") index = value;
    });
    if (choices_.find(index) == nullptr && choices_.members().size() == choices_max) return left_ + 1;
    auto& made = choices_.member(index);
    made.member("index").set(std::string(index));
    made.member("message");
    std::size_t cost = 0;
    for_each_member(choice, [&](std::string_view key, std::string_view value) {
        const bool grows = key == "delta" || key == "message";
        if (grows || key == "logprobs") {
            cost += made.member(grows ? "message" : key).add(key, value, merge_rule::fragments);
        } else if (value != "\"\"") {
            cost += made.member(key).add(key, value, merge_rule::latest);
        }
    });
    return made.members().size() > choices_max ? left_ + 1 : cost;
}

std::string stream_aggregate::finish() {
    auto& choices = choices_.members();
    std::stable_sort(choices.begin(), choices.end(),
                     [](const auto& a, const auto& b) { return number(a.first) < number(b.first); });
    std::string list = "[";
    for (auto& [index, choice] : choices) {
        if (list.size() > 1) list += ',';
        complete_message(choice.member("message"));
        choice.member("finish_reason");
        choice.write(list);
    }
    root_.member("choices").set(std::move(list += ']'));
    root_.member("object").set("\"chat.completion\"");
    std::string out;
    root_.write(out);
    return out;
}

}  // namespace ferry::openai

#include "relay/answer/chat_seam.hpp"

#include <algorithm>

#include "base/number_text.hpp"
#include "openai/json_walk.hpp"

namespace ferry::relay {

namespace {

bool says_something(std::string_view value) {
    return value != "null" && value != "[]" && value != "{}" && value != "\"\"" && value != "false";
}

bool is_object(std::string_view value) {
    return value.starts_with('{');
}

}  // namespace

chat_seam::chat_seam(const given_answer& given, const continuation& how)
    : has_text_(!given.said().empty()), asked_tokens_(how.way == go_on_by::asking_again ? 0 : how.given_tokens) {
    if (how.way == go_on_by::asking_again) {
        said_left_ = given.said();
        if (!has_text_) thought_left_ = given.thought();
    }
    if (given.marks().empty()) return;
    openai::for_each_member(given.marks().front().data, [this](std::string_view key, std::string_view value) {
        if (key == "id") id_ = value;
        if (key == "created") created_ = value;
        if (key == "model") model_ = value;
    });
}

bool chat_seam::take_delta(std::string_view delta, std::string& out) {
    bool agrees = true;
    const auto thought_before = thought_left_;
    out = "{";
    openai::for_each_member(delta, [&](std::string_view key, std::string_view value) {
        const bool is_thought = key == "reasoning_content" || key == "reasoning";
        if (key == "role" || (is_thought && has_text_) || key == "reasoning_details") return;
        if (!is_thought && key != "content") {
            const bool is_new = says_something(value);
            agrees = agrees && (!is_new || is_behind());
            carries_ = carries_ || is_new;
            if (is_behind()) add_member(out, key, value);
            return;
        }
        if (!value.starts_with('"')) {
            agrees = agrees && !says_something(value);  // a list of parts
            return;
        }
        std::string rest;
        auto& left = is_thought ? thought_left_ : said_left_;
        if (is_thought) left = thought_before;  // said twice, by both names
        // What was thought comes before what is said.
        if (!is_thought && value != "\"\"") agrees = agrees && thought_left_.empty();
        agrees = agrees && take_known(left, value, rest);
        if (rest.empty()) return;
        carries_ = true;
        add_member(out, key, rest);
    });
    out += '}';
    return agrees;
}

bool chat_seam::take_choice(std::string_view choice, std::string& out) {
    bool agrees = true;
    out = "{";
    openai::for_each_member(choice, [&](std::string_view key, std::string_view value) {
        if (key == "delta" && is_object(value)) {
            std::string delta;
            agrees = take_delta(value, delta) && agrees;
            return add_member(out, key, delta);
        }
        add_member(out, key, value);
        if (key != "finish_reason" || !says_something(value)) return;
        carries_ = true;
    });
    out += '}';
    return agrees;
}

// A try that was shown the answer so far counts it as asked: to the client it is a part of the answer.
std::string chat_seam::usage_of_all(std::string_view usage) const {
    std::string out = "{";
    openai::for_each_member(usage, [&](std::string_view key, std::string_view value) {
        const auto number = parse_number(value);
        const bool is_prompt = key == "prompt_tokens", is_answer = key == "completion_tokens";
        if (!number || (!is_prompt && !is_answer)) return add_member(out, key, value);
        const auto all = is_answer ? *number + asked_tokens_ : std::max<std::int64_t>(*number - asked_tokens_, 0);
        add_member(out, key, std::to_string(all));
    });
    return out + "}";
}

result<std::string> chat_seam::on_event(std::string_view data) {
    carries_ = false;
    bool agrees = true, is_finish = false;
    std::string event = "{";
    openai::for_each_member(data, [&](std::string_view key, std::string_view value) {
        if (key == "id" && !id_.empty()) return add_member(event, key, id_);
        if (key == "created" && !created_.empty()) return add_member(event, key, created_);
        if (key == "model" && !model_.empty()) return add_member(event, key, model_);
        if (key == "usage" && is_object(value)) {
            carries_ = true;
            return add_member(event, key, asked_tokens_ > 0 ? usage_of_all(value) : std::string(value));
        }
        if (key != "choices") return add_member(event, key, value);
        std::string choices = "[";
        openai::for_each_element(value, [&](std::string_view choice) {
            std::string one;
            agrees = take_choice(choice, one) && agrees;
            choices.append(choices.size() > 1 ? "," : "").append(one);
            openai::for_each_member(choice, [&](std::string_view name, std::string_view reason) {
                is_finish = is_finish || (name == "finish_reason" && says_something(reason));
            });
        });
        add_member(event, key, choices + "]");
    });
    if (!agrees || (is_finish && !is_behind())) return seams_differ();
    if (!carries_ || !is_behind()) return std::string();
    put_on_one_line(event);
    std::string told = has_begun_ ? "" : ": rescued\n";
    has_begun_ = true;
    return told.append("data: ").append(event).append("}\n\n");
}

std::optional<fault> chat_seam::on_end() const {
    if (!is_behind()) return seams_differ();
    return std::nullopt;
}

}  // namespace ferry::relay

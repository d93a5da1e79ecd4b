#include "load/answer_facts.hpp"

#include <boost/json/parse.hpp>
#include <charconv>

#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

std::uint64_t whole_number(std::string_view raw) {
    std::uint64_t value = 0;
    std::from_chars(raw.data(), raw.data() + raw.size(), value);
    return value;
}

std::optional<told_usage> usage_in(std::string_view object) {
    told_usage told;
    bool found = false;
    for (json_members m(object); m.next();) {
        const auto name = m.name();
        if (name == "prompt_tokens" || name == "input_tokens") {
            told.input_tokens = whole_number(m.value());
            found = true;
        } else if (name == "completion_tokens" || name == "output_tokens") {
            told.output_tokens = whole_number(m.value());
        }
    }
    if (!found) return std::nullopt;
    return told;
}

bool says_something(std::string_view raw) {
    return raw.size() > 2 && raw != "null" && raw != "{}" && raw != "[]";
}

// The message of a choice, or the delta of one.
void look_at_message(std::string_view object, answer_facts& facts) {
    for (json_members m(object); m.next();) {
        const auto name = m.name();
        if (name == "content") {
            if (facts.text.empty()) facts.text = m.value();
        } else if (name != "reasoning_content" && name != "reasoning" && name != "tool_calls" && name != "refusal" &&
                   name != "function_call") {
            continue;
        }
        if (says_something(m.value())) facts.has_content = true;
    }
}

void look_at_choices(std::string_view array, answer_facts& facts) {
    for (json_elements choice(array); choice.next();) {
        for (json_members m(choice.value()); m.next();) {
            if (m.name() == "delta" || m.name() == "message") {
                look_at_message(m.value(), facts);
            } else if (m.name() == "text") {
                if (facts.text.empty()) facts.text = m.value();
                if (says_something(m.value())) facts.has_content = true;
            } else if (m.name() == "finish_reason" && m.value() != "null") {
                facts.is_last = true;
            }
        }
    }
}

// A response's output: the text of its first message.
void look_at_output(std::string_view array, answer_facts& facts) {
    for (json_elements item(array); item.next();) {
        facts.has_content = true;
        for (json_members m(item.value()); m.next();) {
            if (m.name() != "content") continue;
            for (json_elements part(m.value()); part.next();) {
                for (json_members p(part.value()); p.next();) {
                    if (p.name() == "text" && facts.text.empty()) facts.text = p.value();
                }
            }
        }
    }
}

void look_at_response(std::string_view object, answer_facts& facts) {
    for (json_members m(object); m.next();) {
        if (m.name() == "usage") {
            facts.usage = usage_in(m.value());
        } else if (m.name() == "output") {
            facts.is_known = true;
            look_at_output(m.value(), facts);
        } else if (m.name() == "error" && m.value() != "null") {
            facts.error = m.value();
        }
    }
}

answer_facts event_of_response(std::string_view data) {
    answer_facts facts;
    std::string_view type, delta, response;
    for (json_members m(data); m.next();) {
        if (m.name() == "type") type = inside_quotes(m.value());
        if (m.name() == "delta") delta = m.value();
        if (m.name() == "response") response = m.value();
    }
    facts.is_known = !type.empty();
    if (type.ends_with(".delta")) {
        facts.has_content = says_something(delta);
        if (type == "response.output_text.delta") facts.text = delta;
    } else if (type == "response.completed" || type == "response.incomplete" || type == "response.failed") {
        answer_facts whole;
        look_at_response(response, whole);
        facts.usage = whole.usage;
        facts.is_last = true;
        if (type == "response.failed") facts.error = whole.error.empty() ? data : whole.error;
    } else if (type == "error") {
        facts.error = data;
    }
    return facts;
}

}  // namespace

answer_facts facts_of_event(asked_operation operation, std::string_view data) {
    answer_facts facts;
    if (data == "[DONE]") {
        facts.is_known = facts.is_last = true;
        return facts;
    }
    return operation == asked_operation::responses ? event_of_response(data) : facts_of_answer(operation, data);
}

answer_facts facts_of_answer(asked_operation operation, std::string_view body) {
    answer_facts facts;
    if (operation == asked_operation::responses) {
        look_at_response(body, facts);
        return facts;
    }
    for (json_members m(body); m.next();) {
        const auto name = m.name();
        if (name == "choices") {
            facts.is_known = true;
            look_at_choices(m.value(), facts);
        } else if (name == "data" && operation == asked_operation::embeddings) {
            facts.is_known = true;
        } else if (name == "usage" && m.value() != "null") {
            facts.usage = usage_in(m.value());
        } else if (name == "error" && m.value() != "null") {
            facts.error = m.value();
        }
    }
    return facts;
}

void append_text(std::string_view raw, std::string& out) {
    boost::system::error_code error;
    const auto parsed = boost::json::parse(raw, error);
    if (!error && parsed.is_string()) out += std::string_view(parsed.get_string());
}

}  // namespace ferry::bench

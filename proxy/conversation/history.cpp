#include "conversation/history.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "conversation/message_key.hpp"
#include "conversation/message_list.hpp"
#include "conversation/overlap.hpp"
#include "openai/json_walk.hpp"

namespace ferry::conversation {
namespace {

// The messages of a conversation as numbers. A tree, not a hash table: nobody can choose messages that make it slow.
struct stored_marks {
    std::map<std::string, std::uint32_t, std::less<>> number_of;  // by key
    std::vector<marked_message> said;                             // all but instructions
    std::vector<std::uint32_t> instructions;
    std::string last_instruction;  // its key; "" for none
    bool has_said = false;         // `said` is known; else nobody asks for it

    std::uint32_t find(const std::string& key) const {
        const auto found = number_of.find(key);
        return found == number_of.end() ? 0 : found->second;
    }
};

// Whoever sends only what is new sends no answer, and saves the comparing.
bool has_answers(std::string_view messages) {
    bool found = false;
    openai::for_each_element(messages, [&](std::string_view element) {
        found = read_message(element).role == "assistant";
        return !found;
    });
    return found;
}

stored_marks mark_stored(std::span<const kept_message> stored, bool with_said) {
    stored_marks marks;
    marks.has_said = with_said;
    std::string key;
    for (const auto& message : stored) {
        if (!with_said && !is_instruction(message.role)) continue;
        write_key(key, message);
        const auto next = static_cast<std::uint32_t>(marks.number_of.size() + 1);
        const auto number = marks.number_of.try_emplace(key, next).first->second;
        if (is_instruction(message.role)) {
            marks.instructions.push_back(number);
            marks.last_instruction = key;
        } else {
            marks.said.push_back({number, message.role == "assistant"});
        }
    }
    return marks;
}

struct request_marks {
    std::vector<marked_message> said;
    struct instruction {
        std::uint32_t number;
        std::size_t said_before;  // messages in front of it that are none
    };
    std::vector<instruction> instructions;
    bool is_array = false, has_elements = false;
    std::size_t opening_end = 0;  // behind the instructions at the beginning, or behind the bracket
    bool opens_with_instructions = false;
};

request_marks mark_request(std::string_view messages, const stored_marks& stored) {
    request_marks marks;
    const auto bracket = openai::skip_blanks(messages, 0);
    marks.is_array = bracket < messages.size() && messages[bracket] == '[';
    marks.opening_end = bracket + 1;
    bool is_opening = true;
    std::string key;
    for_each_message(messages, [&](const message_entry& entry) {
        marks.has_elements = true;
        const bool instructs = entry.is_message() && is_instruction(entry.role);
        is_opening = is_opening && instructs;
        if (is_opening) {
            marks.opens_with_instructions = true;
            marks.opening_end = entry.where.end;
        }
        if (!entry.is_message()) return;
        std::uint32_t number = 0;
        if (!stored.number_of.empty() && (instructs || stored.has_said)) {
            write_key(key, entry.role, entry.parts);
            number = stored.find(key);
        }
        if (instructs)
            marks.instructions.push_back({number, marks.said.size()});
        else
            marks.said.push_back({number, entry.role == "assistant"});
    });
    return marks;
}

// Instructions before so many messages are the first ones: those at the beginning, and those among what is known.
std::size_t end_of_first(std::size_t known) {
    return std::max<std::size_t>(known, 1);
}

// The stored instructions end with the first ones of the request.
bool has_same_instructions(const request_marks& asked, const stored_marks& stored, std::size_t known) {
    std::vector<std::uint32_t> first;
    for (const auto& each : asked.instructions) {
        if (each.said_before < end_of_first(known)) first.push_back(each.number);
    }
    return first.size() <= stored.instructions.size() &&
           std::equal(first.rbegin(), first.rend(), stored.instructions.rbegin());
}

// `known`: so many messages at the beginning are stored already, instructions not counted.
std::vector<kept_message> new_messages(std::string_view messages, const request_marks& asked,
                                       const stored_marks& stored, std::size_t known) {
    const bool keeps_first = !has_same_instructions(asked, stored, known);
    std::vector<kept_message> added;
    std::size_t said = 0;
    std::string last = stored.last_instruction, key;
    for_each_message(messages, [&](const message_entry& entry) {
        if (!entry.is_message()) return;
        if (!is_instruction(entry.role)) {
            if (said++ >= known) added.push_back(keep(entry));
            return;
        }
        write_key(key, entry.role, entry.parts);
        const bool is_new = said < end_of_first(known) ? keeps_first : key != last;
        if (!is_new) return;
        added.push_back(keep(entry));
        last = key;
    });
    return added;
}

// From `begin` on the first user message with which messages can begin: no result of a tool follows it before an
// assistant spoke. `stored.size()` if there is none.
std::size_t next_beginning(std::span<const kept_message> stored, std::size_t begin) {
    auto found = stored.size();
    for (auto i = begin; i != stored.size(); ++i) {
        const auto& role = stored[i].role;
        if (role == "user" && found == stored.size()) found = i;
        if (role == "assistant" && found != stored.size()) break;
        if (role == "tool" || role == "function") found = stored.size();
    }
    return found;
}

std::size_t beginning_of_history(std::span<const kept_message> stored, const history_limits& limits,
                                 std::size_t bytes) {
    constexpr std::size_t bytes_per_token = 4;
    const auto most_tokens = static_cast<std::size_t>(std::max<std::int64_t>(limits.most_tokens, 0));
    auto begin = stored.size();
    std::size_t count = 0;
    for (auto i = stored.size(); i != 0; --i) {
        const auto& message = stored[i - 1];
        if (is_instruction(message.role)) continue;
        bytes += size_of(message);
        if (++count > limits.most_messages || bytes / bytes_per_token > most_tokens) break;
        begin = i - 1;
    }
    return next_beginning(stored, begin);
}

void put_in(history_plan& plan, const request_marks& asked, std::span<const kept_message> stored,
            const history_limits& limits) {
    const auto put = [&](const kept_message& message) {
        const bool is_behind = asked.opens_with_instructions || (!asked.has_elements && plan.count != 0);
        if (is_behind) plan.inserted += ',';
        append_message(plan.inserted, message);
        if (!is_behind && asked.has_elements) plan.inserted += ',';
        ++plan.count;
    };
    std::size_t bytes = 0;
    if (asked.instructions.empty()) {
        for (auto each : latest_instructions(stored)) {
            // Every service knows this role; "developer" is refused by some.
            each.role = "system";
            put(each);
            bytes += size_of(each);
        }
    }
    const auto history = stored.subspan(beginning_of_history(stored, limits, bytes));
    for (const auto& each : history) bytes += size_of_appended(each) + 1;
    plan.inserted.reserve(plan.inserted.size() + bytes);
    for (const auto& each : history) {
        if (!is_instruction(each.role)) put(each);
    }
}

}  // namespace

history_plan plan_history(std::string_view messages, std::span<const kept_message> stored, const history_limits& limits,
                          bool puts_in) {
    history_plan plan;
    const auto known = mark_stored(stored, has_answers(messages));
    const auto asked = mark_request(messages, known);
    if (!asked.is_array) return plan;
    const auto old = known_beginning(asked.said, known.said);
    plan.at = asked.opening_end;
    plan.added = new_messages(messages, asked, known, old.value_or(0));
    if (puts_in && !old && limits.most_messages > 0 && limits.most_tokens > 0) put_in(plan, asked, stored, limits);
    return plan;
}

}  // namespace ferry::conversation

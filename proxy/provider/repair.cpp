#include "provider/repair.hpp"

#include <array>
#include <string>

#include "openai/member_finder.hpp"
#include "provider/request_edits.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

using enum repair_kind;

// What Ferry puts into requests of its own accord.
constexpr std::string_view added_member = "stream_options";

constexpr std::array<repair_rule, repair_count> rules = {{
    {"max_tokens", rename, "max_completion_tokens"},
    {"max_completion_tokens", rename, "max_tokens"},
    {"seed", rename, "random_seed"},
    {"temperature", drop, {}, false},
    {"top_p", drop, {}, false},
    {"presence_penalty", drop, {}, false},
    {"frequency_penalty", drop, {}, false},
    {"parallel_tool_calls", drop},
    {"store", drop},
    {"metadata", drop},
    {"user", drop},
    {"prompt_cache_key", drop},
    {"service_tier", drop},
    {"stream_options", drop},
    {"enable_thinking", set_false},
    {"stream", stream},
}};

// How services say that they do not know a member; its name stands between the two.
struct phrase {
    std::string_view before, after;
};
constexpr auto unsupported = std::to_array<phrase>({
    {"nsupported parameter: '", "'"},
    {"nsupported value: '", "'"},
    {"nsupported parameter: ", ""},
    {"nknown parameter: '", "'"},
    {"nknown name \"", "\""},
    {"nrecognized request argument supplied: ", ""},
    {"roperty '", "' is unsupported"},
    {"nvalid ", ": only 1 is allowed"},
});
// The same where another word says that the member is unknown: a list of faults with the place of each.
constexpr std::array<std::string_view, 2> unknown = {"extra_forbidden", "Extra inputs are not permitted"};
constexpr auto places = std::to_array<phrase>({
    {R"("loc":["body",")", "\"]"},
    {"'loc': ('body', '", "')"},
    {"field: '", "'"},
    {"body.", ":"},
});

bool is_word_end(std::string_view text, std::size_t at) {
    if (at == text.size()) return true;
    const char c = text[at];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    return !letter;
}

template <class Phrases>
bool names(std::string_view message, std::string_view member, const Phrases& phrases) {
    std::string wanted;
    for (const auto& each : phrases) {
        wanted.assign(each.before).append(member).append(each.after);
        const auto at = message.find(wanted);
        if (at != std::string_view::npos && is_word_end(message, at + wanted.size())) return true;
    }
    return false;
}

bool refuses(const openai::upstream_error& error, std::string_view member) {
    static constexpr std::array<std::string_view, 3> codes = {"unsupported_parameter", "unsupported_value",
                                                              "unknown_parameter"};
    if (error.param == member && is_one_of(error.code, codes)) return true;
    if (names(error.message, member, unsupported)) return true;
    return holds_one_of(error.message, unknown) && names(error.message, member, places);
}

bool asks_for(const repair_rule& rule, const openai::upstream_error& error) {
    static constexpr std::array<std::string_view, 3> streams_only = {"only support stream", "only supports stream",
                                                                     "only support streaming"};
    switch (rule.kind) {
        case stream:
            return holds_one_of(error.message, streams_only);
        case set_false:
            return error.message.find(std::string(rule.member) + " must be set to false") != std::string::npos;
        default:
            // Ferry itself may have added it: any complaint about it will do.
            if (rule.member == added_member && error.message.find(rule.member) != std::string::npos) return true;
            return refuses(error, rule.member);
    }
}

bool changes(const repair_rule& rule, const openai::chat_request& request, std::string_view body) {
    switch (rule.kind) {
        case stream:
            return !request.stream;
        case set_false:
            return !request.stream && !where(request, body, rule.member);
        case rename:
            return where(request, body, rule.member) && !where(request, body, rule.new_name);
        case drop:
            break;
    }
    // Without a stream the complaint is about what the client did.
    if (rule.member == added_member) return request.stream;
    return where(request, body, rule.member).has_value();
}

}  // namespace

const repair_rule& rule_of(std::size_t bit) {
    return rules[bit];
}

repair_set repair_of(std::string_view member) {
    repair_set out;
    for (std::size_t i = 0; i != rules.size(); ++i) out[i] = rules[i].member == member;
    return out;
}

repair_set find_repairs(int status, const openai::upstream_error& error) {
    repair_set out;
    const bool is_refusal = status == 400 || status == 422 || status < 300;
    for (std::size_t i = 0; i != rules.size(); ++i) {
        // What Ferry may have added itself goes whatever the status: some fail over it where others refuse it.
        if (is_refusal || rules[i].member == added_member) out[i] = asks_for(rules[i], error);
    }
    return out;
}

repair_set applicable(repair_set wanted, const openai::chat_request& request, std::string_view body) {
    for (std::size_t i = 0; i != rules.size(); ++i) {
        if (wanted[i] && !changes(rules[i], request, body)) wanted.reset(i);
    }
    return wanted;
}

repair_set lasting(repair_set repairs) {
    for (std::size_t i = 0; i != rules.size(); ++i) repairs[i] = repairs[i] && rules[i].is_lasting;
    return repairs;
}

std::string names_of(repair_set repairs) {
    std::string out;
    for (std::size_t i = 0; i != rules.size(); ++i) {
        if (!repairs[i]) continue;
        if (!out.empty()) out += ", ";
        out += rules[i].member;
    }
    return out;
}

}  // namespace ferry::provider

#include "openai/chat_reader.hpp"

#include <limits>
#include <utility>

#include "base/number_text.hpp"
#include "openai/event_facts.hpp"
#include "openai/member_names.hpp"

namespace ferry::openai {
namespace {

constexpr std::size_t user_max = 256;
constexpr std::int64_t id_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t length_max = std::int64_t{1} << 31;

std::string quoted(std::string_view name) {
    return "'" + std::string(name) + "'";
}

// Of the others, which may be long, it matters only where they stand.
bool is_read(member m) {
    return m < member::messages || m >= member::user;
}

}  // namespace

bool chat_reader::open(json_kind kind, std::size_t offset, int depth) {
    if (depth == 0) {
        request_.object.open = offset;
        return kind == json_kind::object;
    }
    if (depth == 2) {
        option_at_ = offset;
        return false;
    }
    value_at_ = offset;
    const bool has_options = member_ == member::stream_options && kind == json_kind::object;
    if (has_options) request_.stream_options = {.inside = offset + 1, .is_empty = true};
    return has_options;
}

bool chat_reader::close(json_kind kind, std::size_t offset, int depth) {
    if (depth == 0) {
        request_.object.close = offset - 1;
        return kind == json_kind::object || refuse_value();
    }
    if (depth == 2) return end_option({kind, depth, option_at_, offset, {}});
    return end_value({kind, depth, value_at_, offset, {}});
}

bool chat_reader::scalar(const json_token& token) {
    if (token.depth == 0) return refuse_value();
    return token.depth == 1 ? end_value(token) : end_option(token);
}

json_heed chat_reader::key(const json_token& token) {
    if (token.depth == 2) return option_key(token);
    ++request_.object.members;
    if (token.is_clipped) return json_heed::none;
    const auto match = match_member(token.text);
    if (!match) return json_heed::none;
    const auto name = name_of(match->which);
    if (!match->is_exact) {
        refuse(fault_code::duplicate_field, name,
               "The member " + quoted(token.text) + " reads as " + quoted(name) +
                   " to servers that ignore case. Rename it or leave it out.");
        return json_heed::stop;
    }
    member_ = match->which;
    key_at_ = token.begin;
    if (request_.where(member_) && is_routed(member_)) {
        refuse(fault_code::duplicate_field, name,
               "The member " + quoted(name) + " stands in the request body twice. Send it once.");
        return json_heed::stop;
    }
    return is_read(member_) ? json_heed::text : json_heed::seen;
}

bool chat_reader::end_value(const json_token& token) {
    request_.members[static_cast<std::size_t>(member_)] = {{key_at_, token.end}, {token.begin, token.end}};
    return take(member_, token);
}

bool chat_reader::take(member which, const json_token& token) {
    const auto kind = token.kind;
    constexpr auto parameter = fault_code::invalid_parameter;
    switch (which) {
        case member::model:
            return take_model(token);
        case member::id:
            request_.id.reset();
            return take_integer(request_.id, token, 1, id_max, fault_code::invalid_id,
                                "an integer from 1 to 9223372036854775807, the id of a model");
        case member::stream:
            request_.stream = kind == json_kind::literal_true;
            return kind == json_kind::literal_true || kind == json_kind::literal_false ||
                   kind == json_kind::literal_null || refuse(parameter, "stream", "'stream' must be true or false.");
        case member::stream_options:
            if (kind == json_kind::literal_null) request_.stream_options = {.is_null = true};
            return request_.stream_options ||
                   refuse(parameter, "stream_options", "'stream_options' must be an object or null.");
        case member::conversation_id:
            return take_integer(request_.conversation_id, token, std::numeric_limits<std::int64_t>::min(), id_max,
                                parameter, "an integer");
        case member::max_tokens:
            return take_integer(request_.max_tokens, token, 0, length_max, parameter,
                                "an integer from 0 to 2147483648");
        case member::max_completion_tokens:
            return take_integer(request_.max_completion_tokens, token, 0, length_max, parameter,
                                "an integer from 0 to 2147483648");
        case member::n:
            return take_integer(request_.n, token, 1, choices_max, parameter, "an integer from 1 to 128");
        case member::user:
            request_.user.reset();
            if (kind == json_kind::string && token.text.size() <= user_max) request_.user = token.text;
            return true;
        case member::store:
        case member::messages:
        case member::input:
        case member::prompt:
        case member::tools:
        case member::top_p:
        case member::enable_thinking:
            return true;
    }
    return true;
}

bool chat_reader::take_model(const json_token& token) {
    constexpr auto parameter = fault_code::invalid_parameter;
    if (token.kind == json_kind::literal_null) return true;
    if (token.kind != json_kind::string) return refuse(parameter, "model", "'model' must be a string.");
    if (token.is_clipped)
        return refuse(parameter, "model", "'model' is longer than 4096 bytes. Send the name of a model.");
    if (token.has_lone_surrogate) {
        return refuse(fault_code::invalid_json, "model",
                      "'model' holds half a surrogate pair, which is no character. Send the name of a model.");
    }
    request_.model = token.text;
    return true;
}

bool chat_reader::take_integer(std::optional<std::int64_t>& into, const json_token& token, std::int64_t low,
                               std::int64_t high, fault_code code, const char* rule) {
    const auto text = token.text;
    if (token.kind == json_kind::literal_null) return true;
    const auto number = parse_number(text);
    const bool whole = token.kind == json_kind::number && !token.is_clipped && number;
    // "-0" is a spelling that readers disagree about where only positive numbers make sense.
    if (!whole || *number < low || *number > high || (low >= 0 && text[0] == '-')) {
        const auto name = name_of(member_);
        return refuse(code, name, quoted(name) + " must be " + rule + ".");
    }
    into = number;
    return true;
}

json_heed chat_reader::option_key(const json_token& token) {
    request_.stream_options->is_empty = false;
    const auto match = token.is_clipped ? std::nullopt : match_include_usage(token.text);
    if (!match) return json_heed::none;
    if (match->is_exact && !request_.stream_options->include_usage) return json_heed::seen;
    refuse(fault_code::duplicate_field, "stream_options.include_usage",
           "The member 'include_usage' stands in 'stream_options' twice, or in a spelling that servers which "
           "ignore case read as it. Send it once.");
    return json_heed::stop;
}

bool chat_reader::end_option(const json_token& token) {
    auto& options = *request_.stream_options;
    options.include_usage = {token.begin, token.end};
    if (token.kind == json_kind::literal_true || token.kind == json_kind::literal_false) {
        options.include_usage_value = token.kind == json_kind::literal_true;
        return true;
    }
    return token.kind == json_kind::literal_null ||
           refuse(fault_code::invalid_parameter, "stream_options.include_usage",
                  "'stream_options.include_usage' must be true or false.");
}

bool chat_reader::refuse_value() {
    return refuse(fault_code::invalid_json, "",
                  "The request body is not a JSON object. Send an object with the members of a chat completion.");
}

bool chat_reader::refuse(fault_code code, std::string_view name, std::string message) {
    refusal_ = fault::client(code, std::move(message), std::string(name));
    return false;
}

}  // namespace ferry::openai

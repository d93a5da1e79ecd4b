#include "openai/chat_reader.hpp"

#include <charconv>
#include <limits>
#include <utility>

#include "openai/event_facts.hpp"
#include "openai/member_names.hpp"

namespace ferry::openai {
namespace {

constexpr std::size_t text_max = 4096;
constexpr std::size_t user_max = 256;
constexpr std::int64_t id_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t tokens_max = std::int64_t{1} << 31;

bool wants_text(std::optional<member> which, json_kind kind) {
    if (!which) return false;
    if (kind == json_kind::string) return *which == member::model || *which == member::user;
    return kind == json_kind::number;
}

std::string quoted(std::string_view name) {
    return "'" + std::string(name) + "'";
}

}  // namespace

bool chat_reader::begin(json_kind kind, std::size_t offset, int depth) {
    if (depth == 0) {
        request_.object.open = offset;
        return false;
    }
    if (depth == 1) {
        clear_text();
        if (kind == json_kind::key) {
            key_at_ = offset;
            return true;
        }
        value_at_ = offset;
        in_options_ = member_ == member::stream_options && kind == json_kind::object;
        if (in_options_) request_.stream_options = {.inside = offset + 1, .is_empty = true};
        return wants_text(member_, kind);
    }
    if (depth == 2 && in_options_) {
        clear_text();
        if (kind != json_kind::key) {
            option_at_ = offset;
            return false;
        }
        request_.stream_options->is_empty = false;
        return true;
    }
    return false;
}

void chat_reader::clear_text() {
    text_.clear();
    too_long_ = false;
    lone_surrogate_ = false;
}

void chat_reader::text(std::string_view piece) {
    if (text_.size() + piece.size() > text_max)
        too_long_ = true;
    else
        text_ += piece;
}

bool chat_reader::end(json_kind kind, std::size_t offset, int depth) {
    if (depth == 0) {
        request_.object.close = offset - 1;
        return kind == json_kind::object ||
               refuse(fault_code::invalid_json, "",
                      "The request body is not a JSON object. Send an object with the members of a chat completion.");
    }
    if (depth == 1) return kind == json_kind::key ? end_key() : end_value(kind, offset);
    if (depth == 2 && in_options_) return kind == json_kind::key ? end_option_key() : end_option(kind, offset);
    return true;
}

bool chat_reader::end_key() {
    member_.reset();
    ++request_.object.members;
    if (too_long_) return true;
    const auto match = match_member(text_);
    if (!match) return true;
    const auto name = name_of(match->which);
    if (!match->is_exact) {
        return refuse(fault_code::duplicate_field, name,
                      "The member " + quoted(text_) + " reads as " + quoted(name) +
                          " to servers that ignore case. Rename it or leave it out.");
    }
    member_ = match->which;
    if (request_.where(*member_) && *member_ != member::user) {
        return refuse(fault_code::duplicate_field, name,
                      "The member " + quoted(name) + " stands in the request body twice. Send it once.");
    }
    return true;
}

bool chat_reader::end_value(json_kind kind, std::size_t offset) {
    in_options_ = false;
    if (!member_) return true;
    request_.members[static_cast<std::size_t>(*member_)] = {{key_at_, offset}, {value_at_, offset}};
    return take(*member_, kind);
}

bool chat_reader::take(member which, json_kind kind) {
    constexpr auto parameter = fault_code::invalid_parameter;
    switch (which) {
        case member::model:
            return take_model(kind);
        case member::id:
            request_.id.reset();
            return take_integer(request_.id, kind, 1, id_max, fault_code::invalid_id,
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
            return take_integer(request_.conversation_id, kind, std::numeric_limits<std::int64_t>::min(), id_max,
                                parameter, "an integer");
        case member::max_tokens:
            return take_integer(request_.max_tokens, kind, 0, tokens_max, parameter, "an integer from 0 to 2147483648");
        case member::max_completion_tokens:
            return take_integer(request_.max_completion_tokens, kind, 0, tokens_max, parameter,
                                "an integer from 0 to 2147483648");
        case member::n:
            return take_integer(request_.n, kind, 0, choices_max, parameter, "an integer from 0 to 128");
        case member::user:
            request_.user.reset();
            if (kind == json_kind::string && !too_long_ && text_.size() <= user_max) request_.user = text_;
            return true;
        case member::store:
            return true;
    }
    return true;
}

bool chat_reader::take_model(json_kind kind) {
    constexpr auto parameter = fault_code::invalid_parameter;
    if (kind == json_kind::literal_null) return true;
    if (kind != json_kind::string) return refuse(parameter, "model", "'model' must be a string.");
    if (too_long_) return refuse(parameter, "model", "'model' is longer than 4096 bytes. Send the name of a model.");
    if (lone_surrogate_) {
        return refuse(fault_code::invalid_json, "model",
                      "'model' holds half a surrogate pair, which is no character. Send the name of a model.");
    }
    request_.model = text_;
    return true;
}

bool chat_reader::take_integer(std::optional<std::int64_t>& into, json_kind kind, std::int64_t low, std::int64_t high,
                               fault_code code, const char* rule) {
    if (kind == json_kind::literal_null && code != fault_code::invalid_id) return true;
    std::int64_t number = 0;
    const char* const end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data(), end, number);
    const bool whole = kind == json_kind::number && !too_long_ && error == std::errc() && stop == end;
    // "-0" is a spelling that readers disagree about where only positive numbers make sense.
    if (!whole || number < low || number > high || (low >= 0 && text_[0] == '-')) {
        const auto name = name_of(*member_);
        return refuse(code, name, quoted(name) + " must be " + rule + ".");
    }
    into = number;
    return true;
}

bool chat_reader::end_option_key() {
    in_include_usage_ = false;
    if (too_long_) return true;
    const auto match = match_include_usage(text_);
    if (!match) return true;
    if (!match->is_exact || request_.stream_options->include_usage) {
        return refuse(
            fault_code::duplicate_field, "stream_options.include_usage",
            "The member 'include_usage' stands in 'stream_options' twice, or in a spelling that servers which "
            "ignore case read as it. Send it once.");
    }
    in_include_usage_ = true;
    return true;
}

bool chat_reader::end_option(json_kind kind, std::size_t offset) {
    if (!in_include_usage_) return true;
    auto& options = *request_.stream_options;
    options.include_usage = {option_at_, offset};
    if (kind == json_kind::literal_true || kind == json_kind::literal_false) {
        options.include_usage_value = kind == json_kind::literal_true;
        return true;
    }
    return kind == json_kind::literal_null || refuse(fault_code::invalid_parameter, "stream_options.include_usage",
                                                     "'stream_options.include_usage' must be true or false.");
}

bool chat_reader::refuse(fault_code code, std::string_view name, std::string message) {
    refusal_ = fault::client(code, std::move(message), std::string(name));
    return false;
}

}  // namespace ferry::openai

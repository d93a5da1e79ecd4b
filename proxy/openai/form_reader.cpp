#include "openai/form_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "base/utf8.hpp"
#include "openai/event_facts.hpp"
#include "openai/form_fault.hpp"

namespace ferry::openai {
namespace {

constexpr std::size_t user_max = 256;  // as of a chat request
constexpr std::size_t shown_max = 64;
constexpr auto integer_max = std::numeric_limits<std::int64_t>::max();

std::string quoted(std::string_view name) {
    return "'" + std::string(clip_utf8(name, shown_max)) + "'";
}

// As JSON writes integers (RFC 8259 section 6): to some readers a leading zero means octal.
bool is_integer(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return is_digits(text) && (text.size() == 1 || text.front() != '0');
}

}  // namespace

fault form_reader::refused(fault_code code, std::string_view what) const {
    const auto name = name_of(match_->which);
    return fault::client(code, quoted(name).append(" ").append(what).append("."), std::string(name));
}

std::optional<fault> form_reader::open(form_part_head head) {
    head_ = std::move(head);
    ++request_.parts;
    value_.clear();
    match_ = match_form_field(head_.name);
    if (!match_) return std::nullopt;
    const auto name = name_of(match_->which);
    if (!match_->is_exact) {
        return fault::client(fault_code::duplicate_field,
                             "The part " + quoted(head_.name) + " reads as " + quoted(name) +
                                 " to servers that ignore case or take brackets for a list. Rename it or leave it out.",
                             std::string(name));
    }
    if (request_.where(match_->which)) {
        return fault::client(fault_code::duplicate_field,
                             "The part " + quoted(name) + " stands in the request body twice. Send it once.",
                             std::string(name));
    }
    if (head_.is_file) return refused(fault_code::invalid_parameter, "must be a value, not a file");
    return std::nullopt;
}

std::optional<fault> form_reader::content(std::string_view bytes) {
    if (!match_) return std::nullopt;
    if (bytes.size() > value_max_ - value_.size()) {
        return refused(fault_code::invalid_parameter, "is longer than " + std::to_string(value_max_) + " bytes");
    }
    value_.append(bytes);
    return std::nullopt;
}

std::optional<fault> form_reader::close(span whole, span value) {
    const auto size = value.end - value.begin;
    if (head_.length && *head_.length != size) {
        return bad_form(whole.begin, "a part begins whose Content-Length is not the length of its content, which is " +
                                         std::to_string(size));
    }
    if (head_.is_file) request_.file_bytes += size;
    if (!match_) return std::nullopt;
    request_.fields[static_cast<std::size_t>(match_->which)] = {whole, value, head_.length_at};
    return take(match_->which);
}

std::optional<fault> form_reader::take(form_field which) {
    constexpr auto parameter = fault_code::invalid_parameter;
    switch (which) {
        case form_field::model:
            if (value_.empty()) return refused(parameter, "is empty. Send the name of a model");
            return take_text(request_.model);
        case form_field::id:
            return take_integer(request_.id, 1, integer_max, fault_code::invalid_id,
                                "must be an integer from 1 to 9223372036854775807, the id of a model");
        case form_field::conversation_id:
            return take_integer(request_.conversation_id, std::numeric_limits<std::int64_t>::min(), integer_max,
                                parameter, "must be an integer");
        case form_field::stream:
            request_.stream = value_ == "true";
            if (!request_.stream && value_ != "false") return refused(parameter, "must be true or false");
            return std::nullopt;
        case form_field::response_format:
            return take_text(request_.response_format);
        case form_field::n:
            return take_integer(request_.n, 1, choices_max, parameter, "must be an integer from 1 to 128");
        case form_field::size:
            return take_text(request_.size);
        case form_field::quality:
            return take_text(request_.quality);
        case form_field::user: {
            auto refusal = take_text(request_.user);
            if (value_.size() > user_max) request_.user.reset();
            return refusal;
        }
        case form_field::purpose:
            return take_text(request_.purpose);
    }
    return std::nullopt;
}

std::optional<fault> form_reader::take_text(std::optional<std::string>& into) {
    if (!is_utf8(value_) || std::any_of(value_.begin(), value_.end(), is_control))
        return refused(fault_code::invalid_parameter, "must be text in UTF-8 without control characters");
    into = value_;
    return std::nullopt;
}

std::optional<fault> form_reader::take_integer(std::optional<std::int64_t>& into, std::int64_t low, std::int64_t high,
                                               fault_code code, const char* rule) {
    const auto number = is_integer(value_) ? parse_number(value_) : std::nullopt;
    if (!number || *number < low || *number > high) return refused(code, rule);
    into = *number;
    return std::nullopt;
}

}  // namespace ferry::openai

#include "upstream/operations/serving.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "upstream/chat_stream.hpp"

namespace ferry::bench {

namespace json = boost::json;

const json::object& body_object(const answer_request& to) {
    static const json::object empty;
    const auto* object = to.prompt ? to.prompt->document.if_object() : nullptr;
    return object ? *object : empty;
}

std::string text_of(const answer_request& to, std::string_view name, std::string_view otherwise) {
    const auto* member = body_object(to).if_contains(name);
    if (!member || member->is_null()) return std::string(otherwise);
    return member->is_string() ? std::string(member->get_string()) : json::serialize(*member);
}

std::int64_t number_of(const answer_request& to, std::string_view name, std::int64_t otherwise) {
    const auto text = text_of(to, name);
    std::int64_t value = otherwise;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? value : otherwise;
}

void count_tokens(answer& made, const answer_request& to, std::int64_t pieces) {
    made.tokens = make_served(*made.what, to.facts, to.seed, to.seq, pieces);
}

void answer_json(answer& made, std::string body) {
    made.body = std::make_unique<fixed_body>(std::move(body));
}

void answer_json(answer& made, const json::value& body) {
    answer_json(made, json::serialize(body));
}

void answer_with_usage(answer& made, std::string body) {
    const auto reported = whole_answer_reports(made.what->usage) ? made.tokens.completion_tokens : -1;
    made.body = std::make_unique<fixed_body>(std::move(body), reported);
}

void answer_error(answer& made, int status, std::string_view message, std::string_view param, std::string_view code) {
    made.status = status;
    answer_json(made, error_json(message, param, code));
}

}  // namespace ferry::bench

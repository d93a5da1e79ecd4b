#include "upstream/operations/serving.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "upstream/chat_stream.hpp"
#include "upstream/random.hpp"
#include "upstream/random_body.hpp"

namespace ferry::bench {

namespace json = boost::json;

namespace {

constexpr std::uint64_t usual_piece = 16 * 1024;
constexpr std::uint64_t most_of_a_piece = 1 << 20;

}  // namespace

const json::object& body_object(const answer_request& to) {
    static const json::object empty;
    const auto* object = to.prompt ? to.prompt->document.if_object() : nullptr;
    return object ? *object : empty;
}

std::string text_of(const answer_request& to, std::string_view name, std::string_view otherwise) {
    if (to.parts) {
        const auto* part = to.parts->find(name);
        return part && !part->file_name ? part->content : std::string(otherwise);
    }
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

void count_nothing(answer& made, const answer_request& to) {
    count_tokens(made, to, 0);
    made.tokens.prompt_tokens = made.tokens.completion_tokens = 0;
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

std::uint64_t bytes_of(const action& a, std::int64_t usual) {
    return static_cast<std::uint64_t>(a.bytes >= 0 ? a.bytes : usual);
}

std::size_t piece_bytes_of(const action& a, std::uint64_t bytes) {
    std::uint64_t size = usual_piece;
    const auto chunks = static_cast<std::uint64_t>(std::max(a.chunks, 0));
    if (chunks > 0) size = (bytes + chunks - 1) / chunks;
    if (a.chunk_bytes > 0) size = static_cast<std::uint64_t>(a.chunk_bytes);
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(size, 1, most_of_a_piece));
}

std::uint64_t seed_of(const answer_request& to) {
    return mixed(mixed(to.seed) + to.seq);
}

void answer_bytes(answer& made, std::uint64_t seed, std::int64_t usual) {
    const auto bytes = bytes_of(*made.what, usual);
    made.body = std::make_unique<random_body>(seed, bytes, piece_bytes_of(*made.what, bytes), made.what->interval);
    made.is_hashed = true;
}

bool is_form(answer& made, const answer_request& to) {
    if (to.parts && to.parts->problem().empty()) return true;
    const auto why = to.parts ? std::string(to.parts->problem()) : "the body is not multipart/form-data";
    answer_error(made, 400, "Could not parse multipart form: " + why);
    return false;
}

std::string number_json(double value) {
    char text[40];
    return std::string(text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr);
}

void answer_error(answer& made, int status, std::string_view message, std::string_view param, std::string_view code) {
    made.status = status;
    answer_json(made, error_json(message, param, code));
}

}  // namespace ferry::bench

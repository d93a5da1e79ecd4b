#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "upstream/base64.hpp"
#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"
#include "upstream/random.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::int64_t usual_dimensions = 1536;
constexpr std::int64_t most_dimensions = 65536;
constexpr std::size_t most_inputs = 2048;

// The same input has the same vector, in every answer; its length is about 1.
std::vector<float> vector_of(const json::value& input, std::size_t dimensions) {
    const auto seed = hashed(json::serialize(input));
    std::vector<float> out(dimensions);
    for (std::size_t i = 0; i < dimensions; ++i) {
        const auto unit = static_cast<double>(mixed(seed + i) >> 11) / 9007199254740992.0;  // [0, 1)
        out[i] = static_cast<float>((2 * unit - 1) * std::sqrt(3.0 / static_cast<double>(dimensions)));
    }
    return out;
}

// OpenAI's base64 is of little-endian floats.
void append_base64(const std::vector<float>& vector, std::string& out) {
    std::string bytes(vector.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), vector.data(), bytes.size());
    out.append("\"").append(to_base64(bytes)).append("\"");
}

void append_numbers(const std::vector<float>& vector, std::string& out) {
    char text[32];
    for (std::size_t i = 0; i < vector.size(); ++i) {
        out += i ? ',' : '[';
        out.append(text, std::to_chars(text, text + sizeof text, vector[i]).ptr);
    }
    out += ']';
}

// One text, one list of tokens, or a list of either.
std::vector<const json::value*> inputs_of(const json::value& input) {
    std::vector<const json::value*> inputs;
    const auto* list = input.if_array();
    if (!list || (!list->empty() && list->front().is_number())) return {&input};
    for (const auto& item : *list) inputs.push_back(&item);
    return inputs;
}

std::string usage_of(const action& a, const served& tokens) {
    if (a.usage == usage_form::none) return {};
    const auto count = std::to_string(a.usage == usage_form::zeros ? 0 : tokens.prompt_tokens);
    std::string out = ",\"usage\":{\"prompt_tokens\":" + count + ",\"total_tokens\":" + count;
    if (!a.usage_extra.empty()) out.append(",").append(a.usage_extra);
    return out += '}';
}

}  // namespace

void serve_embeddings(answer& made, const answer_request& to) {
    const auto* input = body_object(to).if_contains("input");
    const auto inputs = input ? inputs_of(*input) : std::vector<const json::value*>();
    if (inputs.empty() || inputs.size() > most_inputs || input->is_null()) {
        return answer_error(made, 400, "'$.input' is invalid.", "input");
    }
    const auto dimensions = number_of(to, "dimensions", usual_dimensions);
    if (dimensions < 1 || dimensions > most_dimensions) {
        return answer_error(made, 400, "Invalid value for 'dimensions'.", "dimensions");
    }
    const auto format = text_of(to, "encoding_format", "float");
    if (format != "float" && format != "base64") {
        return answer_error(made, 400, "Invalid value for 'encoding_format': expected 'float' or 'base64'.",
                            "encoding_format");
    }
    count_tokens(made, to, 0);
    made.tokens.completion_tokens = 0;
    std::string out = "{\"object\":\"list\",\"data\":[";
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        out.append(i ? ",{" : "{").append("\"object\":\"embedding\",\"index\":").append(std::to_string(i));
        out += ",\"embedding\":";
        const auto vector = vector_of(*inputs[i], static_cast<std::size_t>(dimensions));
        format == "float" ? append_numbers(vector, out) : append_base64(vector, out);
        out += '}';
    }
    out.append("],\"model\":\"").append(made.tokens.model).append("\"").append(usage_of(*made.what, made.tokens));
    answer_with_usage(made, out += '}');
}

}  // namespace ferry::bench

#include <algorithm>

#include "http/json_members.hpp"
#include "upstream/base64.hpp"
#include "upstream/chat_stream.hpp"
#include "upstream/operations/event_stream.hpp"
#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"
#include "upstream/random_body.hpp"

namespace ferry::bench {
namespace {

constexpr std::string_view one_pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
constexpr std::int64_t tokens_of_an_image = 272;
constexpr std::int64_t most_images = 10;
constexpr std::int64_t most_partials = 3;

// What the images of one answer have in common.
struct picture {
    std::string settings;  // members about size, quality and the like
    std::string coded;     // base64
    std::string usage;     // JSON, "" if the answer has none
};

std::string coded_image(const action& a, const answer_request& to) {
    if (a.bytes < 0) return std::string(one_pixel);
    std::string bytes(static_cast<std::size_t>(a.bytes), '\0');
    fill_random(seed_of(to), 0, bytes);
    return to_base64(bytes);
}

std::string usage_of(const action& a, const served& t) {
    const bool zeros = a.usage == usage_form::zeros;
    const auto count = [zeros](std::int64_t n) { return std::to_string(zeros ? 0 : n); };
    std::string out = "{\"total_tokens\":" + count(t.prompt_tokens + t.completion_tokens);
    out.append(",\"input_tokens\":").append(count(t.prompt_tokens));
    out.append(",\"output_tokens\":").append(count(t.completion_tokens));
    out.append(",\"input_tokens_details\":{\"text_tokens\":").append(count(t.prompt_tokens));
    out.append(",\"image_tokens\":0}");
    if (!a.usage_extra.empty()) out.append(",").append(a.usage_extra);
    return out += '}';
}

std::string settings_of(const answer_request& to) {
    std::string out;
    const std::pair<const char*, const char*> usual[] = {
        {"background", "opaque"}, {"output_format", "png"}, {"quality", "high"}, {"size", "1024x1024"}};
    for (const auto& [name, value] : usual) {
        out.append(",\"").append(name).append("\":\"");
        append_escaped(text_of(to, name, value), out);
        out += '"';
    }
    return out;
}

bool is_priced_in_tokens(const action& a, std::string_view model) {
    return model.substr(0, 9) == "gpt-image" || a.prompt_tokens.low >= 0 || a.completion_tokens.low >= 0;
}

std::string whole_images(const answer& made, const answer_request& to, const picture& p, std::int64_t n) {
    const bool is_new = to.facts.model.substr(0, 9) == "gpt-image";
    const bool is_coded = text_of(to, "response_format", is_new ? "b64_json" : "url") == "b64_json";
    std::string out = "{\"created\":" + std::to_string(made.tokens.created) + ",\"data\":[";
    for (std::int64_t i = 0; i < n; ++i) {
        out += i ? ",{" : "{";
        if (is_coded) {
            out.append("\"b64_json\":\"").append(p.coded);
        } else {
            out.append("\"url\":\"http://mock.invalid/images/").append(made.tokens.named("img-"));
            out.append("_").append(std::to_string(i)).append(".png");
        }
        out += "\"}";
    }
    out += ']';
    if (is_new) out += p.settings;
    if (!p.usage.empty()) out.append(",\"usage\":").append(p.usage);
    return out += '}';
}

// For every image its partial ones, then itself; the last one says what all took.
std::unique_ptr<body_source> image_stream(const answer& made, const answer_request& to, std::string_view type,
                                          const picture& p, std::int64_t n, std::int64_t reported) {
    const auto partials = static_cast<std::size_t>(
        std::clamp<std::int64_t>(number_of(to, "partial_images", 0), 0, most_partials));
    const auto events = static_cast<std::size_t>(n) * (partials + 1);
    const std::string name(type), created = std::to_string(made.tokens.created);
    const auto make = [=](std::size_t i, piece& out) {
        const auto partial = i % (partials + 1);
        const auto what = name + (partial < partials ? ".partial_image" : ".completed");
        out.bytes.append("event: ").append(what).append("\ndata: {\"type\":\"").append(what);
        out.bytes.append("\",\"b64_json\":\"").append(p.coded).append("\",\"created_at\":").append(created);
        out.bytes.append(p.settings);
        if (partial < partials) {
            out.bytes.append(",\"partial_image_index\":").append(std::to_string(partial));
        } else if (i + 1 == events && !p.usage.empty()) {
            out.bytes.append(",\"usage\":").append(p.usage);
            out.completion_tokens = reported;
        }
        out.bytes += "}\n\n";
    };
    return std::make_unique<event_stream>(made.what, events, 0, make);
}

void serve_images(answer& made, const answer_request& to, std::string_view type) {
    const action& a = *made.what;
    const auto n = std::clamp<std::int64_t>(number_of(to, "n", 1), 1, most_images);
    const bool has_tokens = is_priced_in_tokens(a, to.facts.model);
    has_tokens ? count_tokens(made, to, n * tokens_of_an_image) : count_nothing(made, to);
    picture p{settings_of(to), coded_image(a, to), {}};
    if (has_tokens && a.usage != usage_form::none) p.usage = usage_of(a, made.tokens);
    const auto reported = whole_answer_reports(a.usage) && has_tokens ? made.tokens.completion_tokens : -1;
    made.units = static_cast<double>(n);
    made.is_stream = a.stream.value_or(to.facts.is_stream);
    if (made.is_stream) {
        made.body = image_stream(made, to, type, p, n, reported);
    } else {
        made.body = std::make_unique<fixed_body>(whole_images(made, to, p, n), reported);
    }
}

bool has_image(answer& made, const answer_request& to) {
    if (!is_form(made, to)) return false;
    if (to.parts->file("image") || to.parts->file("image[]")) return true;
    answer_error(made, 400, "Missing required parameter: 'image'.", "image", "missing_required_parameter");
    return false;
}

bool has_prompt(answer& made, const answer_request& to) {
    if (!text_of(to, "prompt").empty()) return true;
    answer_error(made, 400, "Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter");
    return false;
}

}  // namespace

void serve_image_generation(answer& made, const answer_request& to) {
    if (has_prompt(made, to)) serve_images(made, to, "image_generation");
}

void serve_image_edit(answer& made, const answer_request& to) {
    if (has_image(made, to) && has_prompt(made, to)) serve_images(made, to, "image_edit");
}

void serve_image_variation(answer& made, const answer_request& to) {
    if (has_image(made, to)) serve_images(made, to, "image_variation");
}

}  // namespace ferry::bench

#include <boost/json.hpp>

#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr const char* categories[] = {"harassment",
                                      "harassment/threatening",
                                      "hate",
                                      "hate/threatening",
                                      "illicit",
                                      "illicit/violent",
                                      "self-harm",
                                      "self-harm/instructions",
                                      "self-harm/intent",
                                      "sexual",
                                      "sexual/minors",
                                      "violence",
                                      "violence/graphic"};

// A text is flagged as violence where it holds that word, so that both outcomes can be had.
json::object result_of(const json::value& input) {
    const bool is_flagged = json::serialize(input).find("violence") != std::string::npos;
    json::object flags, scores, types;
    for (const char* name : categories) {
        const bool is_it = is_flagged && name == std::string_view("violence");
        flags[name] = is_it;
        scores[name] = is_it ? 1 : 0;
        types[name] = json::array{"text"};
    }
    json::object out;
    out["flagged"] = is_flagged;
    out["categories"] = std::move(flags);
    out["category_scores"] = std::move(scores);
    out["category_applied_input_types"] = std::move(types);
    return out;
}

// A list of parts, as of a text and its image, is one input.
bool is_list_of_texts(const json::value& input) {
    const auto* list = input.if_array();
    return list && !list->empty() && list->front().is_string();
}

}  // namespace

void serve_moderations(answer& made, const answer_request& to) {
    const auto* input = body_object(to).if_contains("input");
    if (!input || input->is_null()) return answer_error(made, 400, "'input' is a required property", "input");
    count_nothing(made, to);
    json::array results;
    if (is_list_of_texts(*input)) {
        for (const auto& item : input->get_array()) results.push_back(result_of(item));
    } else {
        results.push_back(result_of(*input));
    }
    json::object out;
    out["id"] = made.tokens.named("modr-");
    out["model"] = text_of(to, "model", "omni-moderation-latest");
    out["results"] = std::move(results);
    answer_json(made, out);
}

}  // namespace ferry::bench

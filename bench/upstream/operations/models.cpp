#include <algorithm>
#include <charconv>

#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"

namespace ferry::bench {
namespace {

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int code = 0;
        const char* two = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(two, two + 2, code, 16).ptr == two + 2) {
            out += static_cast<char>(code);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

void serve_model_list(answer& made, const answer_request& to) {
    const auto names = to.rules.model_names();
    std::string list = "{\"object\":\"list\",\"data\":[";
    for (const auto& name : names) list.append(&name == &names.front() ? "" : ",").append(model_json(name));
    answer_json(made, list + "]}");
}

void serve_model(answer& made, const answer_request& to) {
    const auto name = percent_decoded(to.asked.id);
    const auto names = to.rules.model_names();
    if (std::find(names.begin(), names.end(), name) != names.end()) return answer_json(made, model_json(name));
    made.status = 404;
    answer_json(made, error_json(404, "The model '" + name + "' does not exist."));
}

}  // namespace ferry::bench

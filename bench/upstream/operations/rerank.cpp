#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"
#include "upstream/random.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr double documents_of_a_search = 100;  // of Cohere's price list

struct ranked {
    std::size_t index;
    double score;
};

// The same query and document have the same score, in every answer.
std::vector<ranked> rank(const std::string& query, const json::array& documents) {
    std::vector<ranked> list;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const auto h = mixed(hashed(query) ^ hashed(json::serialize(documents[i])));
        list.push_back({i, static_cast<double>(h % 1'000'000) / 1e6});
    }
    const auto is_better = [](const ranked& a, const ranked& b) { return a.score > b.score; };
    std::stable_sort(list.begin(), list.end(), is_better);
    return list;
}

bool is_cohere(const action& a, std::string_view model) {
    if (a.rerank != rerank_form::by_model) return a.rerank == rerank_form::cohere;
    return model.substr(0, 7) == "rerank-" || model.find("cohere") != std::string_view::npos;
}

json::object jina_usage(const action& a, const served& tokens) {
    json::object usage;
    usage["total_tokens"] = a.usage == usage_form::zeros ? 0 : tokens.prompt_tokens;
    return usage;
}

json::object cohere_meta(const action& a, double searches) {
    json::object version, units, meta;
    version["version"] = "2";
    meta["api_version"] = std::move(version);
    if (a.usage == usage_form::none) return meta;
    const double told = a.usage == usage_form::zeros ? 0 : searches;
    units["search_units"] = told;
    if (std::floor(told) == told) units["search_units"] = static_cast<std::int64_t>(told);
    meta["billed_units"] = std::move(units);
    return meta;
}

}  // namespace

void serve_rerank(answer& made, const answer_request& to) {
    const auto& body = body_object(to);
    const auto* listed = body.if_contains("documents");
    const auto* documents = listed ? listed->if_array() : nullptr;
    if (!documents || documents->empty()) return answer_error(made, 400, "documents must not be empty", "documents");
    const action& a = *made.what;
    const bool cohere = is_cohere(a, to.facts.model);
    count_tokens(made, to, 0);
    made.tokens.completion_tokens = 0;
    const double counted = std::ceil(static_cast<double>(documents->size()) / documents_of_a_search);
    const double searches = a.searches >= 0 ? a.searches : counted;
    auto list = rank(text_of(to, "query"), *documents);
    const auto wanted = number_of(to, "top_n", static_cast<std::int64_t>(list.size()));
    if (wanted > 0 && static_cast<std::size_t>(wanted) < list.size()) list.resize(static_cast<std::size_t>(wanted));
    json::array results;
    for (const auto& r : list) {
        json::object item;
        item["index"] = r.index;
        item["relevance_score"] = r.score;
        const auto& document = (*documents)[r.index];
        if (text_of(to, "return_documents") == "true") {
            item["document"] = document.is_object() ? document : json::value(json::object{{"text", document}});
        }
        results.push_back(std::move(item));
    }
    json::object out;
    if (cohere) {
        out["id"] = made.tokens.named("rerank-");
        out["meta"] = cohere_meta(a, searches);
        made.tokens.prompt_tokens = 0;
        made.units = searches;
    } else {
        out["model"] = text_of(to, "model", "mock");
        out["object"] = "list";
        if (a.usage != usage_form::none) out["usage"] = jina_usage(a, made.tokens);
        made.counted_in = unit::tokens;
    }
    out["results"] = std::move(results);
    answer_with_usage(made, json::serialize(out));
}

}  // namespace ferry::bench

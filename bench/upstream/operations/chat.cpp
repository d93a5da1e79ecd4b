#include <algorithm>

#include "upstream/chat_stream.hpp"
#include "upstream/operations/operations.hpp"

namespace ferry::bench {
namespace {

// The tools of the request lend their names, in order, to calls that have none.
std::shared_ptr<const action> with_tool_names(std::shared_ptr<const action> a, const std::optional<parsed_prompt>& p) {
    const bool named = std::none_of(a->tool_calls.begin(), a->tool_calls.end(), [](auto& t) { return t.name.empty(); });
    if (named) return a;
    auto made = std::make_shared<action>(*a);
    for (std::size_t i = 0; i < made->tool_calls.size(); ++i) {
        if (!made->tool_calls[i].name.empty()) continue;
        const bool offered = p && !p->tool_names.empty();
        made->tool_calls[i].name = offered ? p->tool_names[i % p->tool_names.size()] : "get_weather";
    }
    return made;
}

// Older completions know no tools and no refusals.
std::shared_ptr<const action> text_alone(std::shared_ptr<const action> a) {
    if (a->tool_calls.empty() && a->refusal.empty()) return a;
    auto made = std::make_shared<action>(*a);
    made->tool_calls.clear();
    made->refusal.clear();
    return made;
}

// A list of texts, or of lists of tokens, is several prompts.
std::int64_t prompts_of(const answer_request& to) {
    const auto* object = to.prompt ? to.prompt->document.if_object() : nullptr;
    const auto* prompt = object ? object->if_contains("prompt") : nullptr;
    const auto* list = prompt ? prompt->if_array() : nullptr;
    return list && !list->empty() && !list->front().is_number() ? static_cast<std::int64_t>(list->size()) : 1;
}

void serve_text(answer& made, const answer_request& to, const request_facts& facts, completion_form form) {
    const action& a = *made.what;
    content text(a, facts.max_tokens);
    const auto pieces = std::max<std::int64_t>(1, static_cast<std::int64_t>(text.size()) * facts.n);
    made.tokens = make_served(a, facts, to.seed, to.seq, pieces);
    made.is_stream = a.stream.value_or(facts.is_stream);
    if (made.is_stream) {
        made.body = std::make_unique<chat_stream>(made.what, facts, made.tokens, std::move(text), form);
        return;
    }
    const auto reported = whole_answer_reports(a.usage) ? made.tokens.completion_tokens : -1;
    const bool is_chat = form == completion_form::chat;
    made.body = std::make_unique<fixed_body>(is_chat ? whole_completion(a, facts, made.tokens, text)
                                                     : whole_text_completion(a, facts, made.tokens, text),
                                             reported);
}

}  // namespace

void serve_chat(answer& made, const answer_request& to) {
    made.what = with_tool_names(std::move(made.what), to.prompt);
    serve_text(made, to, to.facts, completion_form::chat);
}

void serve_completions(answer& made, const answer_request& to) {
    made.what = text_alone(std::move(made.what));
    request_facts facts = to.facts;
    facts.n = std::min<std::int64_t>(facts.n * prompts_of(to), 2048);
    serve_text(made, to, facts, completion_form::text);
}

}  // namespace ferry::bench

#include "relay/books/estimate.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "openai/image_head.hpp"
#include "openai/prompt_words.hpp"
#include "provider/image_rule.hpp"
#include "provider/provider.hpp"
#include "relay/books/counters.hpp"

namespace ferry::relay {

namespace {

using usage::direction;

// Of a longer body the rest is taken to be like its beginning, and of a longer one than that nothing is learnt.
constexpr std::size_t most_looked_at = 8u << 20, most_learnt_from = 64u << 10;

// Lists hold vectors.
bool has_words(const request& x) {
    return x.operation.answer != openai::answer_kind::list;
}

std::int64_t tokens_of_image(const openai::asked_image& image, const provider::image_rule& rule) {
    usage::image_size size;
    if (const auto pixels = openai::pixels_of_url(image.url)) size = {pixels->width, pixels->height};
    return usage::image_tokens(rule, size, image.is_low ? usage::image_detail::low : usage::image_detail::high);
}

provider::image_rule image_rule_for(std::string_view model) {
    const auto slash = model.rfind('/');
    return provider::image_rule_of(lower_case(slash == model.npos ? model : model.substr(slash + 1)));
}

// REQUIRES: the body is there.
asked_words words_of_prompt(const request& x, std::string_view model) {
    asked_words seen;
    usage::word_tally words;
    openai::prompt_parts parts;
    const auto body = x.body.view();
    openai::read_prompt(body.substr(0, most_looked_at), words, parts);
    if (x.talk) openai::read_messages(x.talk->history, words, parts);
    seen.features = words.features();
    const bool is_longer = body.size() > most_looked_at;
    for (auto& one : seen.features) one = is_longer ? one * (body.size() >> 10) / (most_looked_at >> 10) : one;
    // A chat has a frame, and what is embedded has none.
    if (has_words(x)) seen.beside = usage::frame_tokens({parts.messages, parts.names, parts.tools});
    seen.beside += usage::call_tokens(parts.calls) + parts.tokens;
    const auto rule = image_rule_for(model);
    for (const auto& one : parts.images) seen.beside += tokens_of_image(one, rule);
    seen.is_text_alone = !is_longer && parts.images.empty() && !parts.has_more;
    seen.is_background = parts.is_background;
    return seen;
}

// REQUIRES: the body is there, or was looked at; the row that answers is known.
const asked_words& look_at_prompt(request& x) {
    if (!x.asked_of_model) x.asked_of_model = words_of_prompt(x, x.answered_by->upstream_model);
    return *x.asked_of_model;
}

provider::vocabulary vocabulary_for(const request& x) {
    return provider::vocabulary_of(x.answered_by->service->name, x.answered_by->upstream_model);
}

usage::token_estimate estimate(const request& x, direction which, const usage::text_features& features) {
    return x.core.calibrations.estimate(x.answered_by->upstream_model, which, features, vocabulary_for(x));
}

bool was_given(const request& x) {
    const bool is_good = x.answer_status >= 200 && x.answer_status <= 203;
    return is_good && (x.content_sent || x.gone || x.end.reason == usage::end_reason::done);
}

// The sides that are estimated.
struct estimated_sides {
    std::optional<usage::token_estimate> prompt, completion;

    std::int32_t error_permille() const {
        const auto of = [](const std::optional<usage::token_estimate>& side) { return side ? side->tokens : 0; };
        const auto all = of(prompt) + of(completion);
        if (all == 0) return prompt ? prompt->error_permille : completion->error_permille;
        const auto share = [&](const std::optional<usage::token_estimate>& side) {
            return side ? static_cast<double>(side->tokens) / static_cast<double>(all) * side->error_permille : 0;
        };
        return static_cast<std::int32_t>(share(prompt) + share(completion));
    }
};

void fill_in(request& x, const asked_words& asked, bool lacks_prompt, bool lacks_completion) {
    auto& tokens = x.bill.tokens;
    estimated_sides made;
    const bool is_total_alone = lacks_prompt && lacks_completion && tokens.total;
    x.bill.basis = tokens.has_counts() ? usage::basis::mixed : usage::basis::estimated;
    if (lacks_prompt) {
        made.prompt = estimate(x, direction::prompt, asked.features);
        made.prompt->tokens += asked.beside;
        if (is_total_alone) made.prompt->tokens = std::min(made.prompt->tokens, *tokens.total);
        tokens.prompt = made.prompt->tokens;
        x.core.counts.measured.estimated_prompts.add(1);
    }
    if (lacks_completion) {
        const auto& words = x.said.words_said();
        made.completion = estimate(x, direction::completion, words.features());
        made.completion->tokens += usage::call_tokens(words.calls());
        if (is_total_alone) made.completion->tokens = *tokens.total - *tokens.prompt;
        tokens.completion = made.completion->tokens;
        x.bill.estimated.is_unseen = words.bytes() == 0 && x.end.reason != usage::end_reason::done;
        x.core.counts.measured.estimated_completions.add(1);
    }
    if (!has_words(x) && !tokens.total) tokens.total = tokens.prompt;
    x.bill.estimated.version = usage::estimator_version;
    x.bill.estimated.error_permille = made.error_permille();
}

lesson decide_lesson(request& x) {
    const auto& tokens = x.bill.tokens;
    const bool is_plain = x.bill.basis == usage::basis::provider && tokens.marks == openai::usage_marks{} &&
                          tokens.audio.value_or(0) == 0 && x.answered_by != nullptr;
    if (!is_plain || !may_be_estimated(x)) return {};
    if (!x.core.counts.lessons.wants(x.answered_by->id)) return {};
    const auto size = x.body.size();
    const bool is_there = x.asked_of_model || (size > 0 && size <= most_learnt_from);
    lesson chosen;
    chosen.prompt = is_there && tokens.prompt;
    chosen.completion = has_words(x) && tokens.completion;
    return chosen;
}

void teach(request& x, direction which, const usage::text_features& features, std::int64_t tokens) {
    const auto off =
        x.core.calibrations.teach(x.answered_by->upstream_model, which, features, vocabulary_for(x), tokens);
    auto& measured = x.core.counts.measured;
    if (off) (which == direction::prompt ? measured.prompt_error : measured.completion_error).observe(*off);
}

}  // namespace

prompt_guess expected_prompt(const request& x, const catalog::candidate& row) {
    const auto seen = words_of_prompt(x, row.upstream_model);
    const auto vocabulary = provider::vocabulary_of(row.service->name, row.upstream_model);
    const auto words = x.core.calibrations.estimate(row.upstream_model, direction::prompt, seen.features, vocabulary);
    return {words.tokens + seen.beside, seen.is_text_alone};
}

bool may_be_estimated(const request& x) {
    return x.settings->estimates && x.operation.unit == openai::unit_kind::tokens;
}

bool counts_words(const request& x) {
    return may_be_estimated(x) && has_words(x);
}

void let_body_go(request& x) {
    auto& budget = x.core.bodies;
    const bool is_wanted = may_be_estimated(x) && x.answered_by != nullptr && x.body.size() > 0 && !x.asked_of_model;
    if (is_wanted && budget.used < budget.limit / 4) return;
    if (is_wanted) look_at_prompt(x);
    x.body.release();
}

void estimate_usage(request& x) {
    x.bill.estimated.is_drained = x.was_drained;
    if (!may_be_estimated(x) || x.answered_by == nullptr || !was_given(x) || x.said.is_late()) return;
    auto& tokens = x.bill.tokens;
    // What has no other side has all of it in the total.
    if (!has_words(x) && !tokens.prompt) tokens.prompt = tokens.total;
    const bool lacks_prompt = !tokens.prompt, lacks_completion = has_words(x) && !tokens.completion;
    if (!lacks_prompt && !lacks_completion) return;
    const auto& asked = look_at_prompt(x);
    if (!asked.is_background) fill_in(x, asked, lacks_prompt, lacks_completion);
}

void end_long_drain(request& x) {
    const auto& words = x.said.words_said();
    if (!x.reads_on || words.bytes() <= x.words_at_leaving) return;
    const auto share = static_cast<double>(words.bytes() - x.words_at_leaving) / static_cast<double>(words.bytes());
    const auto all = estimate(x, direction::completion, words.features()).tokens;
    if (static_cast<double>(all) * share > static_cast<double>(x.settings->relay.drain_tokens)) x.end_drain();
}

bool wants_words(request& x) {
    if (!counts_words(x)) return false;
    if (!x.bill.tokens.is_whole()) return true;
    return wants_lesson(x) && x.teaches->completion;
}

bool wants_lesson(request& x) {
    if (x.end.reason != usage::end_reason::done || x.gone) return false;
    if (!x.teaches) x.teaches = decide_lesson(x);
    return x.teaches->prompt || x.teaches->completion;
}

void teach_estimator(request& x) {
    const auto& tokens = x.bill.tokens;
    const auto& words = x.said.words_said();
    if (x.teaches->prompt) {
        const auto& asked = look_at_prompt(x);
        if (asked.is_text_alone) teach(x, direction::prompt, asked.features, *tokens.prompt - asked.beside);
    }
    if (!x.teaches->completion || words.bytes() == 0) return;
    // Thoughts that are kept secret have no words here.
    const auto hidden = words.has_thoughts() ? 0 : tokens.reasoning.value_or(0);
    teach(x, direction::completion, words.features(), *tokens.completion - hidden - usage::call_tokens(words.calls()));
}

}  // namespace ferry::relay

#include "relay/answer/rescue.hpp"

#include <utility>

#include "openai/json_text.hpp"
#include "provider/request_edits.hpp"
#include "relay/answer/chat_seam.hpp"
#include "relay/answer/typed_seam.hpp"
#include "relay/books/counters.hpp"
#include "relay/books/estimate.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace {

// Where events have ids and numbers, those of the first answer are known to the first of its joints alone.
int most_rescues(const request& x) {
    return x.operation.streams == openai::stream_kind::typed ? 1 : 2;
}

bool asks_for(const request& x, std::string_view name) {
    const auto at = provider::where(x.asked, x.body.view(), name);
    return at && x.body.view().substr(at->value.begin, at->value.end - at->value.begin) == "true";
}

}  // namespace

bool is_worth_keeping(const request& x) {
    const bool is_off =
        !x.settings->relay.rescue || (x.answered_by != nullptr && x.answered_by->rescues == catalog::row_rescue::off);
    return x.operation.may_be_rescued && x.asked.stream && !is_off && x.asked.n.value_or(1) == 1;
}

bool may_be_rescued(const request& x) {
    const auto* given = x.said.given();
    return given != nullptr && given->is_whole() && x.rescues < most_rescues(x);
}

bool may_go_on(const request& x, const fault& why) {
    if (!may_be_rescued(x) || !x.content_sent || x.gone || x.was_drained || x.stopping()) return false;
    if (why.source != fault_source::upstream || why.retry == retry_advice::never) return false;
    if (x.body.size() == 0 || x.said.all_finished()) return false;
    return steady::now() < x.total_until && !asks_for(x, "logprobs") && !asks_for(x, "background");
}

bool is_whole_but_for_its_end(const request& x, const fault& why) {
    const bool broke_off = why.code == fault_code::upstream_stream_interrupted ||
                           why.code == fault_code::upstream_truncated_body ||
                           why.code == fault_code::upstream_stream_timeout;
    return broke_off && x.said.all_finished() && !x.gone;
}

bool rescue::begin(const fault& why) {
    if (!may_go_on(x_, why) || is_joining()) return false;
    end();
    ++x_.rescues;
    bill_ = x_.bill;
    end_ = x_.end;
    by_ = x_.answered_by;
    attempt_ = x_.answering;
    status_ = x_.answer_status;
    estimate_usage(x_);
    given_tokens_ = x_.bill.tokens.completion.value_or(0);
    return true;
}

go_on_by rescue::way_for(const catalog::candidate& to) const {
    // What was thought cannot be shown to a model in this way.
    const bool is_chat = x_.operation.words == openai::wording::chat;
    if (!is_chat || given_.given()->said().empty()) return go_on_by::asking_again;
    using catalog::row_prefill;
    if (takes_no_prefill_) return go_on_by::asking_again;
    if (to.prefill != row_prefill::none) {
        if (to.prefill == row_prefill::prefix) return go_on_by::prefix;
        return to.prefill == row_prefill::partial ? go_on_by::partial : go_on_by::final_message;
    }
    return to.rescues == catalog::row_rescue::in_words ? go_on_by::asking_to : go_on_by::asking_again;
}

void rescue::ask(const catalog::candidate& to) {
    // What the client has is told by the last one that gave it something.
    if (!is_joining()) given_ = std::move(x_.said);
    x_.said = {};
    x_.end = {};
    x_.bill = {};
    auto& how = x_.goes_on.emplace();
    how.way = way_for(to);
    how.given = given_.given()->said();
    how.given_tokens = given_tokens_;
    how.is_pinned = !takes_no_pins_;
    if (x_.operation.streams == openai::stream_kind::typed)
        joint_ = std::make_unique<typed_seam>(*given_.given());
    else
        joint_ = std::make_unique<chat_seam>(*given_.given(), how);
}

void rescue::tell_given() {
    if (!joint_) return;
    auto& now = *x_.said.given();
    if (x_.goes_on->way != go_on_by::asking_again) {
        now.begin(openai::word_place::said);
        now.add(x_.goes_on->given);
        if (auto* kept = x_.said.words()) {
            kept->add_event(R"({"choices":[{"index":0,"delta":{"content":)" + openai::quote_json(x_.goes_on->given) +
                            "}}]}");
        }
    }
    // What comes goes out under its identity.
    if (x_.operation.streams == openai::stream_kind::choices) now.keep_as_first(*given_.given());
}

bool rescue::was_refused(const fault& why) {
    const bool is_refusal = why.upstream_status == 400 || why.upstream_status == 422;
    if (!is_refusal || !x_.goes_on || x_.goes_on->way == go_on_by::asking_to) return false;
    auto& was_tried = x_.goes_on->way == go_on_by::asking_again ? takes_no_pins_ : takes_no_prefill_;
    return !std::exchange(was_tried, true);
}

void rescue::forgo() {
    --x_.rescues;
    x_.bill = bill_;
}

void rescue::end() {
    if (!joint_) return;
    count(x_.core.counts.rescued);
    x_.rescued.is_joined = true;
    x_.rescued.is_inexact = x_.goes_on->way == go_on_by::asking_to;
    auto& tokens = x_.bill.tokens;
    if (x_.goes_on->way == go_on_by::asking_again || !tokens.has_counts()) return;
    // It counts as asked what to the client is a part of the answer.
    if (tokens.prompt) tokens.prompt = std::max<std::int64_t>(*tokens.prompt - given_tokens_, 0);
    if (tokens.completion) *tokens.completion += given_tokens_;
    x_.bill.basis = usage::basis::mixed;
}

void rescue::give_up() {
    if (!joint_) return;
    count(x_.core.counts.not_rescued);
    x_.said = std::move(given_);
    x_.bill = std::move(bill_);
    if (!x_.gone && !x_.stopping()) x_.end = std::move(end_);
    x_.answered_by = by_;
    x_.answer_status = status_;
    x_.answering = attempt_;
    x_.keep_alive = false;
}

}  // namespace ferry::relay

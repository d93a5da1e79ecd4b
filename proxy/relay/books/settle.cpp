#include "relay/books/settle.hpp"

#include "base/trace_context.hpp"
#include "openai/fault_map.hpp"
#include "provider/provider.hpp"
#include "relay/books/bill.hpp"
#include "relay/books/budget.hpp"
#include "relay/books/counters.hpp"
#include "relay/books/estimate.hpp"
#include "relay/books/limits.hpp"
#include "relay/books/units.hpp"
#include "relay/exchange/id_owners.hpp"
#include "usage/record_format.hpp"

namespace ferry::relay {

namespace {

// From now on requests with these ids go to the row that answered. A JSON list for the row, "" for none.
std::string note_issued(request& x) {
    if (x.answered_by == nullptr) return {};
    std::string list;
    const auto add = [&list](std::string_view id) {
        if (list.size() + id.size() + 4 > usage::max_ids_bytes) return;
        list.append(list.empty() ? "[\"" : ",\"").append(id).append("\"");
    };
    // Late usage is booked here: nobody books it again.
    if (!x.path_id.empty() && x.bill.tokens.has_counts()) {
        const auto mark = usage_mark(x.path_id);
        x.core.owners.add(mark, {x.answered_by->id, x.who->key_id, x.who->user_id});
        add(mark);
    }
    for (const auto& id : x.said.ids()) {
        if (id == x.path_id) continue;  // who asks about something has not made it
        x.core.owners.add(id, {x.answered_by->id, x.who->key_id, x.who->user_id});
        add(id);
    }
    return list.empty() ? list : list + "]";
}

// What was used has a price for tokens, or one for its units.
bool is_unpriced(const request& x, const billed_units& units) {
    if (x.answered_by == nullptr || units.price_pico) return false;
    const bool counts_tokens = x.operation.unit == openai::unit_kind::tokens || x.bill.tokens.has_counts();
    return !counts_tokens || !has_token_price(*x.answered_by, x.bill.tokens);
}

usage::end_reason reason_for(const fault& why) {
    switch (why.code) {
        case fault_code::client_gone:
            return usage::end_reason::client_gone;
        case fault_code::shutting_down:
            return usage::end_reason::shutdown;
        case fault_code::upstream_timeout:
        case fault_code::upstream_connect_timeout:
        case fault_code::upstream_stream_timeout:
            return usage::end_reason::timeout;
        case fault_code::upstream_stream_interrupted:
        case fault_code::upstream_truncated_body:
            return usage::end_reason::upstream_cut;
        default:
            return why.source == fault_source::upstream ? usage::end_reason::upstream_error
                                                        : usage::end_reason::refused;
    }
}

std::string_view header(const request& x, std::string_view name) {
    return x.head.find(name).value_or("");
}

void write_end(request& x) {
    x.moment = steady::now();
    usage::end_record record;
    record.duration_us = us_between(x.started, x.moment);
    record.ended_at_us = x.started_at_us + record.duration_us;
    if (x.first_token) {
        record.ttft_us = us_between(x.started, *x.first_token);
        record.first_token_at_us = x.started_at_us + *record.ttft_us;
    }
    if (x.before_us >= 0) record.overhead_us = x.before_us + x.after_us;
    record.status = x.end.status;
    record.error_code = x.end.error_code;
    record.finish_reason = x.bill.finish_reason;
    record.end_reason = x.end.reason;
    record.basis = x.bill.basis;
    record.tokens = x.bill.tokens;
    auto& total = record.tokens.total;
    if (!total && record.tokens.prompt && record.tokens.completion) {
        total = *record.tokens.prompt + *record.tokens.completion;
    }
    const auto units = units_of(x);
    record.units = units.count;
    record.unit_kind = units.kind;
    record.unit_price_pico = units.price_pico;
    record.is_unmetered = !units.kind.empty() && !units.count && !x.bill.tokens.has_counts();
    record.is_unpriced = is_unpriced(x, units);
    record.rescued = x.rescued;
    record.rescued.answered_by = x.answering == x.tries ? 0 : x.answering;
    put_bill(x, units, record);
    x.cost_pico = record.cost_pico;
    const auto ids = note_issued(x);
    record.issued_ids = ids;
    record.estimated = x.bill.estimated;
    record.upstream_request_id = x.upstream_request_id;
    record.attempts = x.attempts;
    x.core.journal.end(x.books, record);
    settle_limits(x);
    settle_budget(x);
    if (record.is_unpriced) count(x.core.counts.unpriced);
    if (x.end.reason != usage::end_reason::done) count(x.core.counts.failed);
}

}  // namespace

std::optional<fault> open_books(request& x) {
    usage::begin_record record;
    record.id = x.id;
    record.started_at_us = x.started_at_us;
    record.key_id = x.who->key_id;
    record.user_id = x.who->user_id;
    record.team_id = x.who->team_id;
    record.operation = x.operation_name;
    record.model_name = x.route.model_name;
    record.is_stream = x.asked.stream;
    record.conversation_id = x.asked.conversation_id;
    if (x.asked.user) record.end_user = *x.asked.user;
    record.client_request_id = x.client_request_id;
    record.client_ip = x.client_address;
    record.user_agent = header(x, "user-agent");
    record.trace_id = trace_id_of(header(x, "traceparent"));
    record.catalog_version = x.pinned.models->version();
    auto opened = x.core.journal.begin(record);
    if (!opened) return opened.error();
    x.books = std::move(*opened);
    count(x.core.counts.relayed);
    return std::nullopt;
}

bool settle(request& x) {
    if (!x.books) {
        settle_limits(x);
        return false;
    }
    estimate_usage(x);
    write_end(x);
    return x.settings->durable_power;
}

void note_usage(request& x, usage::basis basis) {
    if (!x.said.usage()) return;
    // An answer about something tells what that used, and was billed for when it was made; or, of work in the
    // background, is now, once.
    const bool is_about_id = x.operation.model == openai::model_place::owner_of_id;
    if (is_about_id && (!x.said.is_late() || x.was_billed)) return;
    auto& tokens = x.bill.tokens;
    tokens = *x.said.usage();
    if (x.answered_by != nullptr) {
        openai::refuse_implausible(tokens, x.answered_by->max_context_tokens, x.asked.n.value_or(1));
    }
    const bool says_nothing = !tokens.has_counts() && basis == usage::basis::provider;
    x.bill.basis = says_nothing ? usage::basis::none : basis;
}

void note_finish(request& x) {
    const bool has_choices = x.operation.answer == openai::answer_kind::choices;
    x.bill.finish_reason = has_choices ? x.said.finish_reason() : x.said.status();
}

void note_failure(http_exchange& x, const fault& why) {
    x.end.reason = reason_for(why);
    if (x.end.error_code.empty()) x.end.error_code = openai::code_text(why);
    if (why.code == fault_code::client_gone) x.end.status = 499;
}

void count_refusal(http_exchange& x, const fault& why) {
    auto& counts = x.core.counts;
    switch (why.code) {
        case fault_code::invalid_api_key:
        case fault_code::model_not_allowed:
        case fault_code::address_not_allowed:
            return count(counts.refused_auth);
        case fault_code::rate_limit_exceeded:
        case fault_code::budget_exceeded:
            return count(counts.refused_limit);
        default:
            return count(counts.refused_request);
    }
}

}  // namespace ferry::relay

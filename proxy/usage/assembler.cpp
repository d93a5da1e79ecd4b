#include "usage/assembler.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "usage/row_bill.hpp"
#include "usage/storable_text.hpp"

namespace ferry::usage {

namespace {

void put_id(const uuid& id, std::string& to) {
    const auto text = to_chars(id);
    to.assign(text.data(), text.size());
}

void fill_from(const begin_record& begin, store::usage_row& row) {
    put_id(begin.id, row.request_id);
    row.started_at_us = begin.started_at_us;
    row.ended_at_us = begin.started_at_us;
    row.key_id = begin.key_id;
    row.user_id = begin.user_id;
    row.team_id = begin.team_id;
    put_storable(begin.operation, row.operation);
    put_storable(begin.model_name, row.model_name);
    row.is_stream = begin.is_stream;
    row.currency = "USD";
    row.conversation_id = begin.conversation_id;
    put_storable(begin.end_user, row.end_user);
    put_storable(begin.client_request_id, row.client_request_id);
    put_storable(begin.client_ip, row.client_ip);
    put_storable(begin.user_agent, row.user_agent);
    put_storable(begin.trace_id, row.trace_id);
    row.catalog_version = begin.catalog_version;
    row.basis = to_text(basis::interrupted);
    row.end_reason = to_text(end_reason::crash);
}

// The last attempt decides which row of the models table is billed, where none says that it answered.
void fill_from(const attempt_record& last, store::usage_row& row) {
    row.model_id = last.model_id;
    put_storable(last.model_name, row.model_name);
    put_storable(last.upstream_model, row.upstream_model);
    put_storable(last.provider, row.provider);
    put_storable(last.currency, row.currency);
    row.input_price_pico = last.price.input_pico;
    row.output_price_pico = last.price.output_pico;
    row.cached_price_pico = last.price.cached_input_pico;
}

// What whoever reads the row has to know of its numbers, as a JSON list.
std::optional<std::string> tags_of(const end_record& end) {
    const auto& marks = end.tokens.marks;
    const std::pair<bool, std::string_view> all[] = {{marks.odd, "usage_odd"},
                                                     {marks.unreconciled, "usage_unreconciled"},
                                                     {marks.implausible, "usage_implausible"},
                                                     {end.cost_is_saturated, "cost_saturated"},
                                                     {end.is_unpriced, "unpriced"},
                                                     {end.is_unmetered, "unmetered"},
                                                     {end.estimated.is_unseen, "answer_unseen"},
                                                     {end.estimated.is_drained, "drained"},
                                                     {end.rescued.is_joined, "rescued"},
                                                     {end.rescued.is_inexact, "rescued_inexactly"}};
    std::string list;
    const auto add = [&list](std::string_view tag) {
        list.append(list.empty() ? "[\"" : ",\"").append(tag).append("\"");
    };
    for (const auto& [is_so, tag] : all) {
        if (is_so) add(tag);
    }
    if (end.estimated.version != 0) {
        add("estimator:" + std::to_string(end.estimated.version));
        add("estimate_error_permille:" + std::to_string(end.estimated.error_permille));
    }
    if (list.empty()) return std::nullopt;
    return list + "]";
}

void fill_from(const end_record& end, store::usage_row& row) {
    row.ended_at_us = end.ended_at_us;
    row.duration_us = end.duration_us;
    row.first_token_at_us = end.first_token_at_us;
    row.ttft_us = end.ttft_us;
    row.overhead_us = end.overhead_us;
    row.status = end.status;
    put_storable(end.error_code, row.error_code);
    put_storable(end.finish_reason, row.finish_reason);
    row.end_reason = to_text(end.end_reason);
    row.basis = to_text(end.basis);
    row.prompt_tokens = end.tokens.prompt;
    row.completion_tokens = end.tokens.completion;
    row.total_tokens = end.tokens.total;
    row.cached_tokens = end.tokens.cached;
    row.cache_write_tokens = end.tokens.cache_write;
    row.reasoning_tokens = end.tokens.reasoning;
    row.audio_tokens = end.tokens.audio;
    row.units = end.units;
    put_storable(end.unit_kind, row.unit_kind);
    row.unit_price_pico = end.unit_price_pico;
    put_storable(end.issued_ids, row.issued_ids);
    row.cost_pico = end.cost_pico;
    row.prices = prices_column(end.further, end.tokens);
    if (end.tier_price) {
        row.input_price_pico = end.tier_price->input_pico;
        row.output_price_pico = end.tier_price->output_pico;
        row.cached_price_pico = end.tier_price->cached_input_pico;
    }
    row.tags = tags_of(end);
    put_storable(end.upstream_request_id, row.upstream_request_id);
}

void fill_from(const attempt_result& result, store::attempt_row& row) {
    row.status = result.status;
    put_storable(result.error_code, row.error_code);
    row.was_sent = result.was_sent;
    row.connect_us = result.connect_us;
    row.ttft_us = result.ttft_us;
    row.duration_us = result.duration_us;
    row.bytes_up = result.bytes_up;
    row.bytes_down = result.bytes_down;
    row.prompt_tokens = result.prompt_tokens;
    row.completion_tokens = result.completion_tokens;
    put_storable(result.message, row.message);
}

// The attempt numbered `number` among those of the row that is being made, from the `first` on.
store::attempt_row& attempt_numbered(int number, std::size_t first, const store::usage_row& row, batch& into) {
    for (std::size_t i = first; i < into.attempts.size(); ++i)
        if (into.attempts[i].attempt == number) return into.attempts[i];
    store::attempt_row& made = into.attempts.add();
    made.request_id = row.request_id;
    made.started_at_us = row.started_at_us;
    made.attempt = number;
    return made;
}

}  // namespace

std::size_t assembler::hash::operator()(const uuid& id) const {
    std::size_t random_part;
    std::memcpy(&random_part, id.bytes.data() + 8, sizeof random_part);
    return random_part;
}

bool assembler::feed(std::string_view payload, bool is_committed, batch& into) {
    incoming_.assign(payload.begin(), payload.end());
    const decoded_record decoded = decode({incoming_.data(), incoming_.size()});
    if (const auto* begin = std::get_if<begin_record>(&decoded)) {
        // The attempts stay: a rotation cut short by a crash may have repeated the begin alone.
        pending& known = opened(begin->id);
        known.begin = *begin;
        known.bytes.swap(incoming_);
    } else if (const auto* attempt = std::get_if<decoded_attempt>(&decoded)) {
        keep_attempt(*attempt);
    } else if (const auto* part = std::get_if<decoded_part>(&decoded)) {
        keep_part(*part);
    } else if (const auto* end = std::get_if<decoded_end>(&decoded)) {
        ++ends_;
        add_end(*end, is_committed, into);
    } else {
        return std::holds_alternative<decoded_seal>(decoded);
    }
    return true;
}

void assembler::add_end(const decoded_end& end, bool is_committed, batch& into) {
    const auto known = open_.find(end.id);
    if (known != open_.end()) {
        if (!is_committed) {
            add_row(known->second, &end, into);
            add_turn(known->second, into);
        }
        known->second.attempt_count = 0;
        known->second.turn = {};
        spare_.push_back(open_.extract(known));
    } else if (!is_committed) {
        store::usage_row& orphan = into.orphans.emplace_back();
        fill_from(end.record, orphan);
        put_id(end.id, orphan.request_id);
        orphan.instance_id = instance_;
    }
}

assembler::pending& assembler::opened(const uuid& id) {
    if (spare_.empty()) {
        const auto [place, is_new] = open_.try_emplace(id);
        if (is_new) place->second.segment = segment_;
        return place->second;
    }
    spare_.back().key() = id;
    auto done = open_.insert(std::move(spare_.back()));
    if (done.inserted) {
        spare_.pop_back();
        done.position->second.segment = segment_;
    } else {
        spare_.back() = std::move(done.node);
    }
    return done.position->second;
}

std::uint64_t assembler::oldest_open() const {
    std::uint64_t oldest = UINT64_MAX;
    for (const auto& [id, known] : open_) oldest = std::min(oldest, known.segment);
    return oldest;
}

std::uint64_t assembler::oldest_part() const {
    std::uint64_t oldest = UINT64_MAX;
    for (const auto& [id, known] : open_)
        if (!known.turn.empty()) oldest = std::min(oldest, known.turn_segment);
    return oldest;
}

void assembler::keep_part(const decoded_part& decoded) {
    const auto found = open_.find(decoded.id);
    if (found == open_.end()) return;  // its begin is damaged: nobody knows whose it is
    pending& known = found->second;
    if (known.turn.empty()) known.turn_segment = segment_;
    known.turn_bytes = decoded.part.whole_bytes;
    known.turn.append(decoded.part.bytes);
}

void assembler::keep_attempt(const decoded_attempt& decoded) {
    const auto known = open_.find(decoded.id);
    if (known == open_.end()) return;  // its begin is damaged; the end will tell
    std::vector<kept_attempt>& attempts = known->second.attempts;
    const int number = decoded.record.attempt;
    std::size_t at = known->second.attempt_count;
    while (at > 0 && attempts[at - 1].record.attempt >= number) --at;
    if (at == known->second.attempt_count || attempts[at].record.attempt != number) {
        const std::size_t last = known->second.attempt_count++;
        if (last == attempts.size()) attempts.emplace_back();
        for (std::size_t i = last; i > at; --i) std::swap(attempts[i], attempts[i - 1]);
    }
    attempts[at].record = decoded.record;
    attempts[at].bytes.swap(incoming_);
}

void assembler::add_row(const pending& known, const decoded_end* end, batch& into) const {
    store::usage_row& row = into.rows.add();
    fill_from(known.begin, row);
    row.instance_id = instance_;
    const std::size_t first = into.attempts.size();
    for (std::size_t i = 0; i < known.attempt_count; ++i) {
        const attempt_record& attempt = known.attempts[i].record;
        fill_from(attempt, row);
        store::attempt_row& made = attempt_numbered(attempt.attempt, first, row, into);
        made.model_id = attempt.model_id;
        made.provider = row.provider;
        made.was_sent = true;  // as far as anybody knows, until its result says otherwise
    }
    if (end != nullptr) {
        for (std::size_t i = 0; i < known.attempt_count; ++i)
            if (known.attempts[i].record.attempt == end->record.rescued.answered_by)
                fill_from(known.attempts[i].record, row);
        fill_from(end->record, row);
        for (const attempt_result& result : end->attempts)
            fill_from(result, attempt_numbered(result.attempt, first, row, into));
    } else {
        ++into.interrupted;
    }
    row.attempts = static_cast<std::int64_t>(into.attempts.size() - first);
    into.finish_row();
}

// REQUIRES: the row of its request is the last of the batch.
void assembler::add_turn(const pending& known, batch& into) {
    if (known.turn.empty() || known.turn.size() != known.turn_bytes) return;
    auto turn = decode_turn(known.turn);
    if (!turn) return;
    const store::usage_row& row = into.rows[into.rows.size() - 1];
    turn->request_id = row.request_id;
    turn->started_at_us = row.started_at_us;
    turn->ended_at_us = row.ended_at_us;
    turn->model_id = row.model_id;
    turn->model_name = row.model_name;
    turn->prompt_tokens = row.prompt_tokens;
    turn->completion_tokens = row.completion_tokens;
    turn->finish_reason = row.finish_reason;
    turn->end_reason = row.end_reason;
    into.turns.push_back(std::move(*turn));
    into.turn_bytes += known.turn.size();
}

void assembler::abandon(batch& into) {
    for (const auto& [id, known] : open_) add_row(known, nullptr, into);
    open_.clear();
}

}  // namespace ferry::usage

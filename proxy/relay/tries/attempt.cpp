#include "relay/tries/attempt.hpp"

#include <algorithm>

#include "base/ending_faults.hpp"
#include "net/executor.hpp"
#include "openai/fault_map.hpp"
#include "provider/provider.hpp"
#include "relay/books/budget.hpp"
#include "relay/books/limits.hpp"
#include "relay/exchange/row_delays.hpp"
#include "relay/exchange/row_secrets.hpp"
#include "relay/tries/answer_coding.hpp"
#include "relay/tries/answer_fields.hpp"

namespace ferry::relay {

namespace asio = boost::asio;
using milliseconds = std::chrono::milliseconds;

namespace {

constexpr int most_interim_answers = 8;

usage::token_prices prices_of(const catalog::candidate& row) {
    return {row.price.input, row.price.output, row.price.cached_input};
}

// Whoever is shown the answer so far gives only the rest of it.
std::int64_t most_left_of(const request& x, std::int64_t most_output) {
    if (x.goes_on->way == go_on_by::asking_again) return most_output;
    const auto asked = asked_length(x);
    const auto most = most_output < 0 || (asked > 0 && asked < most_output) ? asked : most_output;
    return most > 0 ? std::max<std::int64_t>(most - x.goes_on->given_tokens, 1) : most_output;
}

asked_of asked_by(const request& x) {
    asked_of asked{x.operation, x.below, x.asked, x.form ? &*x.form : nullptr, x.body.view(), x.head, x.is_modelless};
    if (!x.who->limits.empty()) asked.most_output = most_output_of(x);
    if (x.goes_on) {
        asked.goes_on = &*x.goes_on;
        asked.most_output = most_left_of(x, asked.most_output);
    }
    if (x.talk) asked.history = x.talk->history, asked.history_at = x.talk->history_at;
    return asked;
}

}  // namespace

attempt::attempt(request& x, const catalog::candidate& to, provider::repair_set repairs, side* beside)
    : x_(x),
      to_(to),
      waiting_(beside == nullptr ? &x.waiting : &beside->waiting),
      beside_(beside),
      plan_(asked_by(x), to, repairs),
      started_(steady::now()) {
    x.moment = started_;
}

void attempt::journal_try() {
    result_.attempt = ++x_.tries;
    result_.was_sent = false;
    usage::attempt_record record;
    record.attempt = result_.attempt;
    record.model_id = to_.id;
    record.model_name = to_.model_name;
    record.upstream_model = to_.upstream_model;
    record.provider = to_.service->name;
    record.currency = to_.currency;
    record.price = prices_of(to_);
    x_.core.journal.attempt(x_.books, record);
    if (beside_ == nullptr) be_the_one_asked();
}

void attempt::be_the_one_asked() {
    x_.answered_by = &to_;
    x_.answering = result_.attempt;
    x_.is_asked = false;
    x_.answer_status = 0;
    x_.upstream_request_id.clear();
    x_.upstream_limits.clear();
}

asio::awaitable<std::optional<fault>> attempt::ask(bool fresh) {
    journal_try();
    if (!fresh) lease_ = x_.core.pool.take_idle(to_.where);
    failed_.reused = failed_.connected = static_cast<bool>(lease_);
    std::optional<fault> failed;
    if (!lease_) failed = co_await connect();
    if (!failed) {
        auto gather = begin_send();
        co_await lease_->stream->source().until_turn_ends();
        std::span<iovec> rest(gather);
        const auto first = lease_->stream->try_write(part_of(rest));
        result_.bytes_up = static_cast<std::int64_t>(first.bytes);
        net::consume(rest, first.bytes);
        if (!rest.empty()) failed = co_await send_rest(rest);
        sent_at_ = steady::now();
        clock_->on_sent(sent_at_);
        if (beside_ == nullptr) x_.is_asked = !failed;
    }
    if (!failed && !has_head_) failed = co_await read_head();
    if (!failed) note_answer_head();
    failed_.client_waits = !x_.gone && !x_.stopping();
    co_return failed;
}

asio::awaitable<std::optional<fault>> attempt::read_head() {
    for (;;) {
        if (must_give_way()) co_return another_was_first();
        const auto complete = take_head();
        if (!complete) co_return complete.error();
        if (*complete) co_return std::nullopt;
        auto& stream = *lease_->stream;
        const auto into = begin_read();
        const net::interrupt_slot::holder waiting(*waiting_, stream);
        auto got = stream.read_now(into);
        while (got.status == net::io_status::would_block) {
            co_await stream.source().until_readable();
            got = stream.read_now(into);
        }
        end_read(got);
        if (got.status != net::io_status::ok) co_return why_no_bytes(got);
    }
}

asio::awaitable<std::optional<fault>> attempt::connect() {
    const auto limit = to_.limits.connect.value_or(x_.settings->connect);
    const auto until = std::min(started_ + limit, x_.total_until);
    auto& pool = x_.core.pool;
    // Beside another try, or where somebody else is left, nobody waits for a connection.
    if (pool.is_full(to_.where)) {
        if (beside_ != nullptr || (x_.may_ask_another && x_.may_ask_another())) co_return pool.refuse(to_.where);
    }
    auto connected = co_await pool.connect(to_.where, until, *waiting_);
    x_.moment = steady::now();
    result_.connect_us = us_between(started_, x_.moment);
    if (beside_ == nullptr) {
        x_.waited_us += *result_.connect_us;
        x_.connect_us += *result_.connect_us;
        if (must_give_way()) co_return another_was_first();
    }
    if (x_.gone) co_return client_has_left();
    if (x_.stopping()) co_return ferry_is_stopping();
    if (!connected) co_return connected.error();
    lease_ = std::move(*connected);
    failed_.connected = true;
    failed_.reused = lease_->was_used;
    co_return std::nullopt;
}

// From what has come: true once the head of the answer is whole, interim ones passed over.
result<bool> attempt::take_head() {
    auto& c = *lease_.operator->();
    for (;;) {
        const auto progress = c.reader.read_head(c.unread());
        if (!progress) return progress.error();
        if (*progress != net::http_reader::progress::done) break;
        c.begin += c.reader.head_size();
        head_end_ = c.begin;
        if (head().status >= 200) {
            has_head_ = true;
            return true;
        }
        if (head().status == 101) {
            return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                                   "The upstream switched to another protocol, which nobody asked for.");
        }
        if (++interim_answers_ > most_interim_answers) {
            return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                                   "The upstream sent one interim answer after another.");
        }
        c.reader.reset();
    }
    if (c.end < c.buffer.size()) return false;
    if (c.begin > 0) {
        // Interim answers, of which nothing is needed any more.
        head_end_ = 0;
        make_room();
        return false;
    }
    c.make_room_for_head();
    return false;
}

void attempt::note_answer_head() {
    result_.status = head().status;
    expansion_ = net::content_expansion::of(head(), answer_expansion);
    // An answer may come while the request is still being sent.
    result_.ttft_us = std::max<std::int64_t>(0, us_between(sent_at_, last_read_));
    if (beside_ == nullptr) show_answer_head();
}

void attempt::show_answer_head() {
    x_.answer_status = head().status;
    x_.upstream_us = *result_.ttft_us;
    const bool exposes = x_.settings->expose_upstream_limits;
    for (const auto& [name, value] : head().fields) {
        const bool id = name.size() == 12 && net::same_token(name, "x-request-id");
        if (id && is_request_id(value, secrets_of(to_))) x_.upstream_request_id = value;
        if (!exposes || !is_limit_field(name, value) || x_.upstream_limits.size() > 2048) continue;
        x_.upstream_limits.append(name).append(": ").append(value).append("\r\n");
    }
}

void attempt::step_forward() {
    beside_ = nullptr;
    waiting_ = &x_.waiting;
    be_the_one_asked();
    x_.is_asked = result_.was_sent && sent_whole_;
    if (clock_) clock_->step_forward(x_.waiting, x_.pass);
    // An error answer was read to its end and given back.
    if (has_head_ && lease_)
        show_answer_head();
    else if (has_head_)
        x_.answer_status = result_.status;
}

// What waits for the client to take something is left alone.
void attempt::be_overtaken() {
    x_.is_overtaken = true;
    if (!has_head_ || clock_->is_reading()) waiting_->poke();
}

void attempt::finish(std::string_view error_code, std::string_view message) {
    if (finished_) return;
    finished_ = true;
    if (beside_ == nullptr) x_.is_asked = false;
    // Measures of a row are of use where somebody else could be asked.
    if (clock_ && clock_->has_payload() && x_.route.candidates.size() > 1) {
        const auto took = x_.first_token ? us_between(sent_at_, *x_.first_token) : x_.upstream_us;
        x_.core.delays.note(to_.id, x_.asked.stream, took);
    }
    if (!error_code.empty()) result_.error_code = x_.attempt_texts.emplace_back(error_code);
    if (!message.empty()) result_.message = x_.attempt_texts.emplace_back(message);
    x_.moment = steady::now();
    result_.duration_us = us_between(started_, x_.moment);
    if (error_code == overtaken_code) {
        // The client pays the other one; what this one was asked is paid by whoever runs Ferry.
        if (result_.was_sent) result_.prompt_tokens = expected_use(x_).prompt;
        // It takes at least as long as that, or its usual time would only ever fall.
        if (beside_ == nullptr && clock_) {
            x_.core.delays.note(to_.id, x_.asked.stream, us_between(sent_at_, steady::now()));
        }
    } else {
        // What it was billed for stays on its row when another try follows.
        result_.prompt_tokens = x_.bill.tokens.prompt;
        result_.completion_tokens = x_.bill.tokens.completion;
    }
    x_.attempts.push_back(result_);
}

void attempt::release() {
    if (!lease_) return;
    const bool whole = sent_whole_ && lease_->reader.body_done() && lease_->unread().empty();
    if (whole && head().keep_alive && !lease_->reader.ends_with_connection()) lease_.mark_reusable();
    lease_.release();
}

fault attempt::why_no_bytes(const net::io_result& got) const {
    using which = answer_clock::which;
    if (x_.gone) return client_has_left();
    if (x_.stopping()) return ferry_is_stopping();
    if (must_give_way()) return another_was_first();
    switch (clock_->expired()) {
        case which::first_byte:
            return fault::upstream(
                fault_code::upstream_timeout, retry_advice::next_candidate,
                "The upstream did not begin its answer in time.",
                x_.patience ? "Nothing came in the time it has while another row can be asked."
                            : "Nothing came within timeouts.first_byte, or first_byte_timeout_ms of the row.");
        case which::idle:
            return fault::upstream(
                failed_.answer_begun ? fault_code::upstream_stream_timeout : fault_code::upstream_timeout,
                retry_advice::next_candidate, "The upstream fell silent before its answer was complete.",
                "Nothing came for longer than timeouts.idle, or idle_timeout_ms of the row.");
        case which::total:
            return fault::upstream(fault_code::upstream_timeout, retry_advice::never,
                                   "The answer was not complete in the time a request may take.",
                                   "It took longer than timeouts.total, or total_timeout_ms of the row.");
        case which::none:
            break;
    }
    if (!failed_.answer_begun) {
        return fault::upstream(fault_code::upstream_unreachable, retry_advice::same,
                               got.status == net::io_status::eof
                                   ? "The upstream closed the connection without an answer."
                                   : "The connection to the upstream broke before its answer.");
    }
    return fault::upstream(fault_code::upstream_truncated_body, retry_advice::next_candidate,
                           "The upstream's answer was cut short.");
}

}  // namespace ferry::relay

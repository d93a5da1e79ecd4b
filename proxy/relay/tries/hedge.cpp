#include "relay/tries/hedge.hpp"

#include <utility>

#include "base/ending_faults.hpp"
#include "base/log.hpp"
#include "net/executor.hpp"
#include "openai/fault_map.hpp"
#include "relay/books/counters.hpp"
#include "relay/books/limits.hpp"
#include "relay/exchange/row_delays.hpp"
#include "relay/request/repairs.hpp"
#include "relay/tries/hedge_budget.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr int enough_known = 20;

// In the currency of budgets; nothing where nobody knows.
std::optional<double> expected_cost(request& x, const catalog::candidate& row) {
    if (!row.price.is_known) return std::nullopt;
    const auto& use = expected_use(x);
    const auto pico = static_cast<double>(use.prompt) * static_cast<double>(row.price.input) +
                      static_cast<double>(use.answer) * static_cast<double>(row.price.output) +
                      static_cast<double>(row.further.request.value_or(0));
    return pico * static_cast<double>(x.core.budgets.rate_of(*x.core.budgets.options(), row.currency));
}

// How many times as dear the second row is as the first.
double times_as_dear(request& x, const catalog::candidate& first, const catalog::candidate& second) {
    const auto one = expected_cost(x, first), other = expected_cost(x, second);
    return !one || !other || *one <= 0 ? 1.0 : *other / *one;
}

provider::repair_set repairs_for(request& x, const catalog::candidate& row) {
    const auto of_first = x.adjusted;
    const request_repairs repairs(x, row);
    return std::exchange(x.adjusted, of_first);
}

bool is_left_alone(const request& x) {
    return (x.gone && !x.reads_on) || x.stopping();
}

}  // namespace

void hedge::watch(attempt& first, failover& plan) {
    const auto& row = first.to();
    const auto& rules = x_.settings->relay.hedge;
    if (!row.hedges.value_or(rules.enabled) || x_.route.candidates.size() == 1) return;
    if (!x_.operation.may_be_repeated || x_.form || x_.tries != 0) return;
    x_.core.hedges.note_request(row.id, rules.max_share, rules.max_cost_share);
    const auto usual = x_.core.delays.of(row.id, x_.asked.stream, rules.quantile);
    if (!usual || usual->known < enough_known) return;
    first_ = &first;
    plan_ = &plan;
    x_.other = this;
    timer_.on_expiry([this] { begin(); });
    timer_.arm(steady::now() + usual->quantile);
}

void hedge::rest() {
    first_ = nullptr;
    timer_.cancel();
}

void hedge::is_late() {
    timer_.cancel();
    if (is_under_way() && first_ != nullptr && !x_.is_overtaken) lose();
}

void hedge::begin() {
    if (first_ == nullptr || x_.gone || x_.stopping()) return;
    const auto* row = plan_->beside();
    if (row == nullptr) return;
    if (!x_.core.hedges.take(first_->to().id, times_as_dear(x_, first_->to(), *row))) {
        count(x_.core.counts.hedges_forgone);
        return;
    }
    auto made = std::make_unique<second_try>(x_);
    made->row = row;
    if (!plan_->enter_beside(*row, made->side)) return;
    count(x_.core.counts.hedged);
    second_ = std::move(made);
    second_->asked.emplace(x_, *row, repairs_for(x_, *row), &second_->side);
    net::spawn(x_.core.context, run(), [this](const std::string& what) {
        log_error("A second try of request {} failed: {}", x_.id_text(), what);
        note_end(fault::self(fault_code::internal_error, "Ferry failed at this request."));
    });
}

asio::awaitable<void> hedge::run() {
    auto& asked = *second_->asked;
    auto failed = co_await asked.ask(false);
    if (!failed && !second_->is_lost) failed = co_await await_content_(x_, asked);
    note_end(std::move(failed));
}

void hedge::note_end(std::optional<fault> failed) {
    auto& it = *second_;
    it.is_done = true;
    it.ended.notify();
    if (it.is_lost) {
        it.drop();
    } else if (failed && first_ != nullptr) {
        plan_->failed_beside(*it.row, it.side.pass, *failed, *it.asked);
        it.asked->finish(openai::code_text(*failed), failed->upstream_message);
        it.is_lost = true;
        it.drop();
    } else {
        it.failed = std::move(failed);
        if (first_ == nullptr) return;
        count(x_.core.counts.hedges_won);
        first_->be_overtaken();
    }
}

// It is told at once, and closed as soon as it notices.
void hedge::lose() {
    auto& it = *second_;
    it.is_lost = true;
    x_.is_overtaken = false;
    if (!it.asked) return;
    it.asked->finish(overtaken_code);
    it.side.waiting.interrupt();
    if (it.is_done) it.drop();
}

asio::awaitable<std::optional<fault>> hedge::step_in(failover& plan) {
    auto& it = *second_;
    while (!it.is_done && !is_left_alone(x_)) {
        const net::interrupt_slot::holder waiting(x_.waiting, it.ended);
        co_await it.ended.wait();
    }
    if (!it.is_done) {
        lose();
        if (x_.gone) co_return client_has_left();
        co_return ferry_is_stopping();
    }
    x_.is_overtaken = false;
    is_source_ = true;
    plan.step_to(*it.row, it.side);
    it.asked->step_forward();
    co_return it.failed;
}

void hedge::close() {
    if (std::exchange(is_source_, false)) lose();
}

asio::awaitable<void> hedge::end() {
    if (is_under_way()) lose();
    while (!second_->is_done) co_await second_->ended.wait();
}

}  // namespace ferry::relay

#include "relay/relay.hpp"

#include <exception>
#include <optional>

#include "base/ending_faults.hpp"
#include "openai/fault_map.hpp"
#include "relay/answer/answer_under_way.hpp"
#include "relay/books/budget.hpp"
#include "relay/books/durability.hpp"
#include "relay/books/estimate.hpp"
#include "relay/books/failure_log.hpp"
#include "relay/books/keep_turn.hpp"
#include "relay/books/limits.hpp"
#include "relay/books/settle.hpp"
#include "relay/exchange/client_watch.hpp"
#include "relay/request/admission.hpp"
#include "relay/request/body.hpp"
#include "relay/request/choice.hpp"
#include "relay/request/dry_run.hpp"
#include "relay/request/history.hpp"
#include "relay/request/measures.hpp"
#include "relay/request/owners.hpp"
#include "relay/tries/failover.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// Who asks, and may it come in? Decided before a byte of the body is read or asked for.
std::optional<fault> admit(request& x) {
    if (auto refused = authenticate(x)) return refused;
    return check_declared_body(x);
}

// Of a try whose answer, or what there is of it, nobody gets.
void forget_answer(request& x) {
    x.end = {};
    x.said = {};
    x.bill = {};
    x.first_token.reset();
}

struct how_it_went {
    bool answered = false;    // it got the head of an answer
    bool breaks_off = false;  // the client has a part of it, and another try may go on with that
};

// What comes after a try. Giving up means that the client has its answer, or what there is of it, or an error to get.
next_move after_try(request& x, answer_under_way& answer, failover& plan, const std::optional<fault>& failed,
                    how_it_went how) {
    auto& broken_off = answer.broken_off;
    if (how.breaks_off) {
        if (plan.after_cut()) {
            broken_off.ask(plan.to());
            return {next_step::next_candidate};
        }
        broken_off.forgo();
    }
    const bool is_joining = failed && !how.breaks_off && broken_off.is_joining();
    if (!is_joining && (!failed || answer.sink.has_begun() || x.cut)) {
        broken_off.end();
        if (failed) x.keep_alive = false;
        if (!how.breaks_off) plan.answered();
        return {};
    }
    const bool was_refused = is_joining && broken_off.was_refused(*failed);
    const auto next = was_refused ? next_move{next_step::again} : plan.after(*failed, *answer.source, how.answered);
    if (next.step == next_step::give_up) {
        if (is_joining) broken_off.give_up();
    } else if (is_joining) {
        broken_off.ask(plan.to());
    } else {
        forget_answer(x);
    }
    return next;
}

// A client that has a part of the answer keeps that.
std::optional<fault> end_wait(request& x, answer_under_way& answer, fault ended) {
    if (!answer.broken_off.is_under_way()) return ended;
    note_failure(x, ended);
    answer.broken_off.give_up();
    return std::nullopt;
}

// The first try has failed or was overtaken while a second one is under way, which takes its place.
void give_way(request& x, answer_under_way& answer, failover& plan, const fault& why) {
    auto& first = *answer.in_turn;
    if (x.is_overtaken) {
        first.finish(overtaken_code);
    } else {
        note_failure(x, why);
        tell_operator(x, why);
        plan.failed_beside(first.to(), x.pass, why, first);
        first.finish(x.end.error_code, why.upstream_message);
    }
    answer.way.emplace<std::monostate>();
    first.release();
    forget_answer(x);
    if (x.talk && x.talk->is_kept) x.said.keep_words();
}

bool may_give_way(const request& x, const answer_under_way& answer) {
    return answer.second.is_under_way() && !answer.sink.has_begun() && !x.cut && !x.gone && !x.stopping();
}

// The second try answers in place of the first, or fails in its place.
asio::awaitable<std::optional<fault>> ask_second(request& x, answer_under_way& answer, failover& plan, fault why) {
    give_way(x, answer, plan, why);
    auto failed = co_await answer.second.step_in(plan);
    if (auto* const second = answer.second.source()) answer.source = second;
    if (!failed) failed = co_await pump(x, answer);
    co_return failed;
}

void begin_try(request& x, answer_under_way& answer, failover& plan) {
    answer.way.emplace<std::monostate>();
    answer.second.close();
    if (x.talk && x.talk->is_kept) x.said.keep_words();
    answer.source = &answer.in_turn.emplace(x, plan.to(), x.adjusted);
    answer.second.watch(*answer.source, plan);
}

next_move end_try(request& x, answer_under_way& answer, failover& plan, std::optional<fault>& failed) {
    // Whatever became of the answer, nobody was there to take it.
    if (x.was_drained) failed = client_has_left();
    std::string_view said;
    if (failed) {
        note_failure(x, *failed);
        tell_operator(x, *failed);
        said = failed->upstream_message;
    }
    const bool breaks_off = failed && answer.broken_off.begin(*failed);
    answer.source->finish(x.end.error_code, said);
    const auto next = after_try(x, answer, plan, failed, {answer.source->has_head(), breaks_off});
    if (next.step == next_step::give_up && (answer.sink.has_begun() || x.cut)) failed.reset();
    return next;
}

// Asks one candidate after the other, each as often as that is safe and of use, until the last piece of an answer is
// held. A fault means that the client has not had a byte yet.
asio::awaitable<std::optional<fault>> ask(request& x, answer_under_way& answer) {
    x.asked_at = steady::now();
    x.total_until = x.asked_at + x.settings->relay.total;
    // It may have left while its request waited for something else.
    if (x.gone) co_return client_has_left();
    failover plan(x);
    if (plan.refused()) co_return plan.refused();
    std::optional<fault> failed;
    std::exception_ptr thrown;
    try {
        for (next_move next{next_step::again}; next.step != next_step::give_up;) {
            failed.reset();
            if (next.wait.count() > 0) failed = co_await plan.pause(next.wait);
            if (!failed && plan.awaits_room()) {
                failed = co_await plan.await_room();
                if (!failed && answer.broken_off.is_under_way()) answer.broken_off.ask(plan.to());
            }
            if (failed) {
                failed = end_wait(x, answer, std::move(*failed));
                break;
            }
            begin_try(x, answer, plan);
            failed = co_await answer.source->ask(plan.fresh());
            if (!failed) failed = co_await pump(x, answer);
            answer.second.rest();
            if (failed && may_give_way(x, answer)) {
                auto why = std::move(*failed);
                failed = co_await ask_second(x, answer, plan, std::move(why));
            }
            next = end_try(x, answer, plan, failed);
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    // What runs beside knows the request and the plan.
    answer.second.rest();
    if (!answer.second.is_over()) co_await answer.second.end();
    if (thrown) std::rethrow_exception(thrown);
    co_return failed;
}

// The error is given in place of an answer. Behind the head of a stream it comes as an event, and 200 is what was said.
void give_error(request& x, const fault& why, answer_sink& sink) {
    note_failure(x, why);
    if (why.code != fault_code::client_gone) x.end.status = x.head_sent ? 200 : openai::map_fault(why).status;
    sink.hold_error(why);
}

// There is no answer.
void refuse(request& x, const fault& why, answer_sink& sink) {
    if (x.tries == 0) {
        count_refusal(x, why);
        tell_operator(x, why);
    }
    give_error(x, why, sink);
}

// The answer is there, and its row is not known to be safe: nobody may have it whole.
void withdraw(request& x, const fault& why, answer_sink& sink) {
    if (!sink.has_begun()) return give_error(x, why, sink);
    note_failure(x, why);
    x.cut = true;
}

}  // namespace

asio::awaitable<void> handle(request& x) {
    auto refused = admit(x);
    // The body of a request that is not let in is not read, and must never be taken for the next request.
    if (refused && !x.client.reader.body_done()) x.keep_alive = false;
    if (!refused) refused = co_await read_request(x);
    if (!refused) measure(x);
    std::optional<client_watch> watch;
    if (!refused) watch.emplace(x);
    if (!refused && names_ids(x)) refused = co_await find_owners(x);
    if (!refused) refused = choose_candidates(x);
    answer_under_way answer(x);
    if (!refused && !is_dry_run(x)) refused = admit_by_limits(x);
    if (!refused && awaits_limits(x)) refused = co_await admit_when_told(x);
    if (!refused && is_dry_run(x)) {
        answer.sink.hold_text(200, co_await tell_dry_run(x));
        co_await answer.sink.release();
        co_return;
    }
    if (!refused) {
        refused = open_books(x);
        if (refused && books_are_late(x)) refused = co_await await_books(x);
    }
    if (!refused && names_conversation(x)) refused = co_await join_conversation(x);
    if (!refused && has_budget(x)) refused = co_await admit_by_budget(x);
    if (!refused) refused = co_await ask(x, answer);
    if (refused)
        refuse(x, *refused, answer.sink);
    else if (x.talk)
        co_await keep_turn(x);
    if (settle(x)) {
        // An error claims nothing, and is told all the same.
        const auto not_safe = co_await until_durable(x);
        if (not_safe && !refused) withdraw(x, *not_safe, answer.sink);
    }
    if (x.talk) x.talk->held = {};  // who has the answer may go on with the conversation
    const bool teaches = wants_lesson(x);
    if (!teaches) x.body.release();
    co_await answer.sink.release();
    const bool was_read = x.end.reason == usage::end_reason::done || x.was_drained;
    if (answer.source && was_read) answer.source->release();
    if (teaches) teach_estimator(x);
}

}  // namespace ferry::relay

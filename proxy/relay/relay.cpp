#include "relay/relay.hpp"

#include <optional>
#include <variant>

#include "base/ending_faults.hpp"
#include "openai/fault_map.hpp"
#include "relay/answer/aggregate.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/answer/answer_way.hpp"
#include "relay/answer/document.hpp"
#include "relay/answer/download.hpp"
#include "relay/answer/rescue.hpp"
#include "relay/answer/stream.hpp"
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
#include "relay/tries/attempt.hpp"
#include "relay/tries/failover.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// Who asks, and may it come in? Decided before a byte of the body is read or asked for.
std::optional<fault> admit(request& x) {
    if (auto refused = authenticate(x)) return refused;
    return check_declared_body(x);
}

asio::awaitable<std::optional<fault>> refuse_answer(request& x, attempt& from) {
    const int status = from.head().status;
    if (status > 203 && status < 300) {
        co_return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                                  "The upstream answered " + std::to_string(status) + ", which holds no whole answer.");
    }
    auto why = co_await read_error(x, from);
    co_return std::move(why);
}

// An answer on its way: the try it comes from, the way it takes, and where it goes. The last piece, which the sink
// holds, lies in the memory of the other two.
struct answer_under_way {
    explicit answer_under_way(request& x) : broken_off(x), sink(x) {}

    rescue broken_off;
    std::optional<attempt> source;
    std::variant<std::monostate, document, event_stream, aggregate, download> way;
    answer_sink sink;
};

// What is to go on with a stream must be one.
fault is_no_stream() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                           "The upstream answered with a document where a stream was to go on.");
}

asio::awaitable<std::optional<fault>> pump_document(request& x, answer_under_way& answer) {
    const bool is_told = x.asked.stream && x.operation.may_be_aggregated;
    const auto form = is_told ? document::form::as_events : document::form::as_it_is;
    return answer.way.emplace<document>(x, *answer.source, form).pump(answer.sink);
}

// A stream goes out as one where that was asked for, and where nobody puts streams of this kind together. Else it was
// asked for because the model answers in streams alone, or it is the upstream's own idea.
asio::awaitable<std::optional<fault>> pump_events(request& x, answer_under_way& answer) {
    std::optional<fault> failed;
    if (counts_words(x)) x.said.count_words();
    auto* const joint = answer.broken_off.joint();
    if (joint != nullptr || is_worth_keeping(x)) x.said.keep_given(x.operation.streams == openai::stream_kind::typed);
    answer.broken_off.tell_given();
    if (!x.asked.stream && x.operation.may_be_aggregated) {
        auto& whole = answer.way.emplace<aggregate>(x, *answer.source);
        failed = co_await whole.pump(answer.sink);
        co_return failed;
    }
    auto& stream = answer.way.emplace<event_stream>(x, *answer.source, joint);
    failed = co_await stream.pump(answer.sink);
    if (!stream.is_document()) co_return failed;
    if (joint != nullptr) co_return is_no_stream();
    failed = co_await pump_document(x, answer);
    co_return failed;
}

// Pumps the answer of a try that got one into the sink, until only the last piece is held.
asio::awaitable<std::optional<fault>> pump(request& x, answer_under_way& answer) {
    auto& from = *answer.source;
    const int status = from.head().status;
    std::optional<fault> failed;
    if (status < 200 || status > 203) {
        failed = co_await refuse_answer(x, from);
        co_return failed;
    }
    result<answer_way> way = way_by_head(x, from.head());
    if (*way == answer_way::unknown) way = way_by_content(from);
    if (way && *way == answer_way::unknown) way = co_await read_until_known(from);
    if (!way) co_return way.error();
    if (*way != answer_way::events && answer.broken_off.is_under_way()) co_return is_no_stream();
    if (*way == answer_way::events) {
        failed = co_await pump_events(x, answer);
    } else if (*way == answer_way::document) {
        failed = co_await pump_document(x, answer);
    } else {
        auto& bytes = answer.way.emplace<download>(x, from);
        failed = co_await bytes.pump(answer.sink);
    }
    co_return failed;
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
        x.end = {};
        x.said = {};
        x.bill = {};
        x.first_token.reset();
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

// Asks one candidate after the other, each as often as that is safe and of use, until the last piece of an answer is
// held. A fault means that the client has not had a byte yet.
asio::awaitable<std::optional<fault>> ask(request& x, answer_under_way& answer) {
    x.asked_at = steady::now();
    x.total_until = x.asked_at + x.settings->relay.total;
    failover plan(x);
    if (plan.refused()) co_return plan.refused();
    for (milliseconds wait{0};;) {
        if (wait.count() > 0) {
            if (auto ended = co_await plan.pause(wait)) co_return end_wait(x, answer, std::move(*ended));
        }
        answer.way.emplace<std::monostate>();
        if (x.talk && x.talk->is_kept) x.said.keep_words();
        auto& current = answer.source.emplace(x, plan.to(), x.adjusted);
        auto failed = co_await current.ask(plan.fresh());
        const bool answered = !failed;
        if (answered) failed = co_await pump(x, answer);
        // Whatever became of the answer, nobody was there to take it.
        if (x.was_drained) failed = client_has_left();
        std::string_view said;
        if (failed) {
            note_failure(x, *failed);
            tell_operator(x, *failed);
            said = failed->upstream_message;
        }
        const bool breaks_off = failed && answer.broken_off.begin(*failed);
        current.finish(x.end.error_code, said);
        const auto next = after_try(x, answer, plan, failed, {answered, breaks_off});
        if (next.step == next_step::give_up) {
            if (!failed || answer.sink.has_begun() || x.cut) co_return std::nullopt;
            co_return failed;
        }
        wait = next.wait;
    }
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
    std::optional<client_watch> watch;
    if (!refused) watch.emplace(x);
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

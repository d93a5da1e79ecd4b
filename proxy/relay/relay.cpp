#include "relay/relay.hpp"

#include "openai/fault_map.hpp"
#include "relay/answer/aggregate.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/document.hpp"
#include "relay/answer/stream.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/durability.hpp"
#include "relay/books/settle.hpp"
#include "relay/exchange/client_watch.hpp"
#include "relay/request/admission.hpp"
#include "relay/request/body.hpp"
#include "relay/tries/attempt.hpp"
#include "relay/tries/draw.hpp"
#include "relay/tries/failover.hpp"
#include "relay/tries/pause.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// Who asks, and may it come in? Decided before a byte of the body is read or asked for.
std::optional<fault> admit(exchange& x) {
    if (auto refused = authenticate(x)) return refused;
    return check_declared_body(x);
}

// Which rows may answer, in which order, and may this key ask for them?
std::optional<fault> choose_candidates(exchange& x) {
    catalog::request_choice choice;
    choice.id = x.request.id;
    if (x.request.model) choice.model = *x.request.model;
    auto chosen = catalog::choose(*x.pinned.models, choice, draw_below);
    if (!chosen) return chosen.error();
    if (!x.who->may_use(chosen->model_name)) {
        return fault::client(fault_code::model_not_allowed,
                             "This key may not use the model '" + std::string(chosen->model_name) +
                                 "'. Ask for one that GET /v1/models lists, or have the key's list extended.",
                             "model");
    }
    x.route = std::move(*chosen);
    return std::nullopt;
}

asio::awaitable<std::optional<fault>> refuse_answer(exchange& x, attempt& from) {
    const int status = from.head().status;
    if (status > 203 && status < 300) {
        co_return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                                  "The upstream answered " + std::to_string(status) + ", which holds no whole answer.");
    }
    auto why = co_await read_error(x, from);
    co_return std::move(why);
}

// Relays the answer of a try that got one. A fault means that the client has not had a byte yet.
asio::awaitable<std::optional<fault>> relay_answer(exchange& x, attempt& from) {
    const int status = from.head().status;
    // A stream that is answered with a document can only be an error the provider forgot to give a status.
    const bool no_stream = x.request.stream && !is_event_stream(from.head());
    if (status < 200 || status > 203 || no_stream) return refuse_answer(x, from);
    if (x.request.stream) return relay_stream(x, from);
    // Asked for because the model answers in streams alone, or the upstream's own idea.
    if (is_event_stream(from.head())) return relay_aggregate(x, from);
    return relay_full(x, from);
}

// Asks one candidate after the other, each as often as that is safe and of use. A fault means that the client has not
// had a byte yet.
asio::awaitable<std::optional<fault>> ask_upstream(exchange& x) {
    x.total_until = x.started + x.settings->relay.total;
    const client_watch watch(x);
    failover plan(x);
    for (milliseconds wait{0};;) {
        if (wait.count() > 0) {
            if (auto ended = co_await pause(x, wait)) co_return ended;
        }
        attempt current(x, plan.to(), x.adjusted);
        auto failed = co_await current.ask(plan.fresh());
        const bool answered = !failed;
        if (answered) failed = co_await relay_answer(x, current);
        if (!failed) {
            plan.answered();
            co_return std::nullopt;
        }
        note_failure(x, *failed);
        current.finish(x.end.error_code);
        const auto next = plan.after(*failed, current, answered);
        if (next.step == next_step::give_up) co_return failed;
        wait = next.wait;
        x.end = {};
        x.first_token.reset();
    }
}

// Tells the client that there is no answer; the books, if open, are closed first.
asio::awaitable<void> refuse(exchange& x, const fault& why) {
    note_failure(x, why);
    if (why.code != fault_code::client_gone) x.end.status = openai::map_fault(why).status;
    if (settle(x)) co_await until_durable(x);
    if (x.tries == 0) count_refusal(x, why);
    if (x.gone) x.cut = true;
    if (x.cut) co_return;
    if (x.stopping()) x.waiting.reset();
    co_await send_error(x, why, x.attempts_used);
}

}  // namespace

asio::awaitable<void> handle(exchange& x) {
    auto refused = admit(x);
    // The body of a request that is not let in is not read, and must never be taken for the next request.
    if (refused && !x.client.reader.body_done()) x.keep_alive = false;
    if (!refused && body_is_here(x)) {
        refused = take_request(x);
    } else if (!refused) {
        refused = co_await read_request(x);
    }
    if (!refused) refused = choose_candidates(x);
    if (!refused) refused = open_books(x);
    if (!refused) refused = co_await ask_upstream(x);
    if (refused) {
        auto why = std::move(*refused);
        co_await refuse(x, why);
    }
}

}  // namespace ferry::relay

#include "relay/relay.hpp"

#include <random>

#include "openai/fault_map.hpp"
#include "relay/admission.hpp"
#include "relay/answer_check.hpp"
#include "relay/attempt.hpp"
#include "relay/client_response.hpp"
#include "relay/client_watch.hpp"
#include "relay/relay_aggregate.hpp"
#include "relay/relay_full.hpp"
#include "relay/relay_stream.hpp"
#include "relay/request_body.hpp"
#include "relay/request_repairs.hpp"
#include "relay/retry_policy.hpp"
#include "relay/settle.hpp"

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
    static thread_local std::minstd_rand random{std::random_device{}()};
    const auto below = [](std::uint64_t bound) {
        return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(random);
    };
    catalog::request_choice choice;
    choice.id = x.request.id;
    if (x.request.model) choice.model = *x.request.model;
    auto chosen = catalog::choose(*x.pinned.models, choice, below);
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
    x.body.release();
    if (x.request.stream) return relay_stream(x, from);
    // Asked for because the model answers in streams alone, or the upstream's own idea.
    if (is_event_stream(from.head())) return relay_aggregate(x, from);
    return relay_full(x, from);
}

// Asks the first candidate, once more where that is safe or the provider said what to leave out. A fault means that the
// client has not had a byte yet.
asio::awaitable<std::optional<fault>> ask_upstream(exchange& x) {
    x.total_until = x.started + x.core.settings.relay.total;
    const client_watch watch(x);
    const auto& candidate = *x.route.candidates.front();
    request_repairs repairs(x, candidate);
    for (bool fresh = false;;) {
        attempt current(x, candidate, x.adjusted);
        auto failed = co_await current.ask(fresh);
        const bool answered = !failed;
        if (answered) failed = co_await relay_answer(x, current);
        if (!failed) {
            repairs.keep();
            co_return std::nullopt;
        }
        note_failure(x, *failed);
        current.finish(x.end.error_code);
        const bool repaired = answered && repairs.take(current.refused());
        auto tried = current.failure();
        tried.tries_so_far -= repairs.count();
        if (!repaired && (answered || decide(*failed, tried) == next_step::give_up)) co_return failed;
        x.end = {};
        fresh = !repaired;
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
    co_await send_error(x, why);
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

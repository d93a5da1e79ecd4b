// What the operator may tune about one exchange: sections [timeouts] (but `connect`, see upstream),
// [retry], [circuit], [hedge] and [stream].
#pragma once

#include <chrono>
#include <cstdint>

namespace ferry::relay {

// What EOF from a client means while its request is in flight. gone: the client went away and the upstream request is
// cancelled at once, as nginx does. answer: the client only closed its sending side; serve on until a write fails.
enum class half_close { gone, answer };

// What becomes of an answer whose client has left. cut: nothing more is read of it but usage that is under way. drain:
// it is read to its end without the client, for its exact usage.
enum class on_disconnect { cut, drain };

// How often one request is tried, and how long it waits in between.
struct retry_options {
    int attempts = 3;     // at one candidate
    double budget = 0.2;  // share of an endpoint's requests that may be repeated there
    std::chrono::milliseconds backoff_base{500}, backoff_max{8'000};
    std::chrono::milliseconds retry_after_max{60'000};  // the longest wait an upstream may ask for
    // While another candidate is left, a try has three times this quantile of its row's first content; 0: first_byte.
    double first_token_quantile = 0.99;
    // How long a request waits for a row that has all the requests it may have at once; a row may say otherwise.
    std::chrono::milliseconds queue_timeout{1'000};
    // All waits of a request for which nobody else can be asked: a client that hears of the limit can plan, one that is
    // held cannot.
    std::chrono::milliseconds hold_max{2'000};

    bool operator==(const retry_options&) const = default;
};

// What Ferry itself asks of those that are left alone. models: their list of models, which costs nothing.
enum class circuit_probe { off, models };

// When a row, a key or an endpoint is left alone, and for how long.
struct circuit_options {
    double failure_ratio = 0.5;  // of what was asked within the window
    int minimum_requests = 5;    // fewer in the window tell nothing
    std::chrono::milliseconds window{60'000};
    std::chrono::milliseconds cooldown{5'000}, cooldown_max{60'000};  // doubled each time the probe fails
    circuit_probe probe = circuit_probe::off;

    bool operator==(const circuit_options&) const = default;
};

// A second try for answers whose first content is late. What may be added by it, as shares of a row's requests and of
// what those cost.
struct hedge_options {
    bool enabled = false;
    double quantile = 0.95;  // of the row's first content: what is later is late
    double max_share = 0.1, max_cost_share = 0.1;

    bool operator==(const hedge_options&) const = default;
};

struct options {
    // Each of the three may be overridden per model row.
    std::chrono::milliseconds first_byte{120'000};  // request sent -> first payload byte of the answer
    std::chrono::milliseconds idle{300'000};        // between two reads of one answer
    std::chrono::milliseconds total{900'000};       // request read -> last byte relayed

    retry_options retry;
    circuit_options circuit;
    hedge_options hedge;

    // The head of a stream waits so long for the first event of the answer: until then another candidate may be asked.
    std::chrono::milliseconds keepalive{15'000};

    relay::half_close half_close = relay::half_close::gone;

    relay::on_disconnect on_disconnect = relay::on_disconnect::cut;
    // How long, and how far, an answer is read on.
    std::chrono::milliseconds drain_limit{30'000};
    std::int64_t drain_tokens = 4096;  // of the answer, estimated

    // Whether another try may go on with a stream that breaks off, and how long one may be silent before that.
    bool rescue = true;
    std::chrono::milliseconds rescue_after{30'000};

    bool operator==(const options&) const = default;
};

}  // namespace ferry::relay

// What the operator may tune about one exchange: sections [timeouts] (but `connect`, see upstream) and [stream].
#pragma once

#include <chrono>

namespace ferry::relay {

// What EOF from a client means while its request is in flight. gone: the client went away and the upstream request is
// cancelled at once, as nginx does. answer: the client only closed its sending side; serve on until a write fails.
enum class half_close { gone, answer };

struct options {
    // Each of the three may be overridden per model row.
    std::chrono::milliseconds first_byte{120'000};  // request sent -> first payload byte of the answer
    std::chrono::milliseconds idle{300'000};        // between two reads of one answer
    std::chrono::milliseconds total{900'000};       // request read -> last byte relayed

    relay::half_close half_close = relay::half_close::gone;

    bool operator==(const options&) const = default;
};

}  // namespace ferry::relay

// How long a try may take to its first content while somebody else could be asked. Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "relay/exchange/row_delays.hpp"

namespace ferry::relay {

// What is known beforehand of the first content of an answer.
struct expected_delay {
    std::optional<usual_delay> usual;  // of the row
    bool is_stream = true;             // else all of the answer is made before its first byte comes
    std::int64_t tokens = 500;         // of the answer
    int openings = 0;                  // of the row's circuit in a row
};

// Three times what the row usually takes, between 5 s and `most`. Of a row that is not known yet, 8 s and, where the
// answer comes as a whole, the time to make it; doubled for each time that its circuit opened, for it may be slow and
// well, and that is found out by probes alone: whoever was cut off is no measure.
inline milliseconds patience_for(const expected_delay& of, milliseconds most) {
    constexpr auto least = milliseconds(5'000), unknown = milliseconds(8'000), a_token = milliseconds(20);
    constexpr int enough = 20, times = 3;
    if (of.usual && of.usual->known >= enough) return std::min(most, std::max(least, of.usual->quantile * times));
    auto length = unknown;
    if (!of.is_stream) length += a_token * of.tokens;
    if (of.usual) return std::min(most, std::max(length, of.usual->quantile * times));
    for (int i = 0; i < of.openings && length < most; ++i) length *= 2;
    return std::min(most, length);
}

// How long the client will wait, by the header its SDK sends; nothing if it does not say so. Seconds, as text.
std::optional<milliseconds> client_timeout(std::string_view seconds);

}  // namespace ferry::relay

#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <variant>

#include "relay/answer/aggregate.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/answer/document.hpp"
#include "relay/answer/download.hpp"
#include "relay/answer/first_content.hpp"
#include "relay/answer/rescue.hpp"
#include "relay/answer/stream.hpp"
#include "relay/tries/attempt.hpp"
#include "relay/tries/hedge.hpp"

namespace ferry::relay {

// An answer on its way: the try it comes from, the way it takes, and where it goes. The last piece, which the sink
// holds, lies in the memory of the other two.
struct answer_under_way {
    explicit answer_under_way(request& x) : broken_off(x), second(x, &await_first_content), sink(x) {}

    rescue broken_off;
    std::optional<attempt> in_turn;  // the latest try
    hedge second;                    // the one beside the first
    attempt* source = nullptr;       // one of them
    std::variant<std::monostate, document, event_stream, aggregate, download> way;
    answer_sink sink;
};

// Pumps the answer of a try that got one into the sink, until only the last piece is held.
boost::asio::awaitable<std::optional<fault>> pump(request& x, answer_under_way& answer);

}  // namespace ferry::relay

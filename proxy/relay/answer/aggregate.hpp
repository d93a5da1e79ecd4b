// An event stream that is put together for a client which asked for one document.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "relay/answer/answer_sink.hpp"
#include "relay/answer/event_collector.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Nothing goes out before the answer is complete; it has at most 16 MiB. Owned by `handle`; lives on its core.
// core.
class aggregate {
public:
    aggregate(request& x, attempt& from);
    aggregate(const aggregate&) = delete;
    aggregate& operator=(const aggregate&) = delete;

    // Until the whole answer is held. A fault: it has failed, and nothing is.
    boost::asio::awaitable<std::optional<fault>> pump(answer_sink& sink);

private:
    boost::asio::awaitable<std::optional<fault>> read_whole();
    void note_success();
    void note_usage();

    request& x_;
    attempt& from_;
    const std::vector<std::string_view> secrets_;
    event_collector all_;
    std::string document_;
};

}  // namespace ferry::relay

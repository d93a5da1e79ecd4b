// What the admin listener answers. The figures come through functions the application hands in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "relay/exchange/http_exchange.hpp"

namespace ferry::server {

struct ops_answers {
    // Why the process should get no traffic, or nothing when it is ready. Called on the admin listener's core.
    std::function<std::optional<std::string>()> not_ready;
    // What works but not as it should, or nothing. Likewise.
    std::function<std::optional<std::string>()> degraded;
    // Makes a document and hands it over, on any thread. Called on the admin listener's core, which must not wait for
    // it: it takes milliseconds where there are many models.
    using maker = std::function<void(std::function<void(std::string)> take)>;
    maker status;   // the JSON document of /status
    maker metrics;  // the text of /metrics
};

// GET /healthz, /readyz, /status, /metrics.
boost::asio::awaitable<void> answer_ops(relay::http_exchange& x, const ops_answers& answers);

}  // namespace ferry::server

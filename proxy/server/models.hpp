// GET /models and GET /models/{name}: what this key may ask for, in OpenAI's shape.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "relay/exchange/http_exchange.hpp"
#include "server/model_lists.hpp"

namespace ferry::server {

// REQUIRES: x.who is known. `made_before` is the core's.
boost::asio::awaitable<void> send_model_list(relay::http_exchange& x, model_lists& made_before);

// 404 model_not_found for a model that does not exist and for one this key may not see: the two look alike. 503
// model_unavailable for one all of whose rows are refused.
boost::asio::awaitable<void> send_model(relay::http_exchange& x, std::string_view name);

}  // namespace ferry::server

// Relays an answer that is one JSON document.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/exchange.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Reads the answer of `from`, settles, releases it to the client. Answers up to 256 KiB are read whole before a byte
// goes out, so that one which turns out cut, empty or an error is refused honestly; larger ones are passed on as they
// come, and a cut then breaks the client's connection.
// A fault means that nothing was sent to the client yet.
boost::asio::awaitable<std::optional<fault>> relay_full(exchange& x, attempt& from);

// An answer with an error status: its body is read (to 64 KiB) and made a fault by the provider's own rules.
boost::asio::awaitable<fault> read_error(exchange& x, attempt& from);

}  // namespace ferry::relay

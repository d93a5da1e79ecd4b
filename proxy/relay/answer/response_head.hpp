// The head of an answer to the client: status line, common headers; how long it may be held back.
#pragma once

#include <string_view>

#include "base/text_buffer.hpp"
#include "relay/exchange/http_exchange.hpp"

namespace ferry::relay {

// Everything but the framing. `content_type` "" adds none.
text_buffer start_head(const http_exchange& x, int status, std::string_view content_type);

// Only now, as it goes out: a drain may have begun while the head of a stream was held.
void end_head(const http_exchange& x, text_buffer& head);

}  // namespace ferry::relay

#pragma once

#include <cstdint>
#include <string>

#include "base/fault.hpp"

namespace ferry::openai {

// {"error":{"message","type","param","code"}}, and "upstream_code" where the provider's own code says more. Where the
// upstream said it in this very shape and it is the client's to hear, the upstream's own bytes.
std::string render_error(const fault& f);

// The same as the last event of a stream that has begun: `data: {...}` and a blank line. No [DONE] may follow it.
std::string sse_error_event(const fault& f);
// The same for a stream whose events have types, as the next after those before `sequence`.
std::string typed_error_event(const fault& f, std::int64_t sequence);

}  // namespace ferry::openai

// What an HTTP/1.1 head must look like before anything else may read it. Stricter than the RFCs allow a recipient to
// be, because two parties that read one message differently are how requests are smuggled (RFC 9112 section 11.2).
#pragma once

#include <optional>
#include <string_view>

#include "base/fault.hpp"
#include "net/http_head.hpp"
#include "net/token.hpp"

namespace ferry::net {

// Reads a whole request head, its empty line included, into `into` (reset, but for room its vector keeps): method,
// target, version, fields, framing, keep_alive; views into `head`. The fault is a client fault: bad_framing,
// http_version, not_supported (another transfer coding), expectation_failed.
std::optional<fault> read_request_head(std::string_view head, http_head& into);

// The same for the head of an upstream's answer; the fault is upstream_invalid_response. The framing is what the fields
// say: that a status or a method allows no body is the caller's to know.
std::optional<fault> read_response_head(std::string_view head, http_head& into);

// What is told of a message whose head or body is not as it must be; `why` is a part of a sentence about it.
fault malformed_request(std::string_view why);
fault malformed_response(std::string_view why);

}  // namespace ferry::net

// What a read that brought nothing means for the body of an answer.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/answer/stream_gate.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

struct body_end {
    stream_end how = stream_end::clean;
    // Why nothing more is read, where neither the body ended nor the upstream cut it: a deadline, the client, a stop.
    std::optional<fault> why;
};

// `got`: the last read; it may have brought something where the body is over.
inline body_end end_of_body(const attempt& from, const net::io_result& got) {
    const bool ended = got.status == net::io_status::eof && from.ends_with_connection();
    if (from.body_done() || ended) return {};
    auto why = from.why_no_bytes(got);
    const bool was_cut = got.status == net::io_status::eof || got.status == net::io_status::failed;
    if (was_cut && why.source == fault_source::upstream) return {stream_end::truncated, std::nullopt};
    return {stream_end::truncated, std::move(why)};
}

}  // namespace ferry::relay

#pragma once

#include <cstdint>
#include <string_view>

#include "http/request.hpp"
#include "io/transport.hpp"
#include "upstream/delivery.hpp"
#include "upstream/large_body.hpp"

namespace ferry::bench {

struct upstream_shared;

// Turns what one connection received into deliveries and ledger entries: counts it, decides what it gets, records it.
// Owned by: a session. Lives on: its worker's thread.
class reception {
public:
    reception(upstream_shared& shared, const transport& from);

    // `large` is the body where it was too large to be held, else null.
    delivery take(const request& r, large_body* large);
    // What cannot be framed is answered with 400, and the connection ends.
    delivery refuse(std::string_view received, std::string_view why);
    // The peer went inside a request, or inside a large body.
    void record_fragment(std::string_view received, bool by_reset);
    void record_part(request r, large_body& received, bool by_reset);
    // The delivery is over; `end` is one of README.md's "How an answer ended".
    void settle(delivery& over, std::string_view end, bool by_reset);

private:
    std::shared_ptr<ledger_entry> new_entry(const request& r, large_body* large, std::uint64_t seq) const;
    void record_gone(const request& r, large_body* large, bool by_reset);

    upstream_shared& shared_;
    const transport& transport_;
    const std::uint64_t connection_;
};

}  // namespace ferry::bench

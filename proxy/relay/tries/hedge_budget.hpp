#pragma once

#include <array>
#include <cstdint>
#include <mutex>

namespace ferry::relay {

// How many second tries a row may cause, as a share of its requests, and how much they may cost, as a share of what
// those cost. Two buckets for each row, into which each request puts its share; a second try takes one out of the
// first, and as much out of the other as it is dearer. Rows whose ids fall together share theirs. Owned by the
// application and shared by the cores; any thread may call.
class hedge_budget {
public:
    void note_request(std::int64_t row_id, double share, double cost_share);
    // May a second try be begun that costs `times` what the row does? One of more than ten never may.
    bool take(std::int64_t row_id, double times);

private:
    struct bucket {
        std::mutex mutex;
        double tries = 1, costs = 1;  // left, in those of the row itself
    };
    bucket& bucket_of(std::int64_t row_id) { return buckets_[static_cast<std::uint64_t>(row_id) % buckets_.size()]; }

    std::array<bucket, 256> buckets_;
};

}  // namespace ferry::relay

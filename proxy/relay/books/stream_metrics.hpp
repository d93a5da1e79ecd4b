// How a stream flows, as the metrics tell it.
#pragma once

#include "relay/books/counters.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Counts a stream as open while it lives. Owned by the relay of one stream; lives on its core.
class stream_metrics {
public:
    explicit stream_metrics(const request& x) : core_(x.core.counts.measured), model_(core_.of(x)) {
        core_.open_streams.add(1);
    }
    ~stream_metrics() { core_.open_streams.subtract(1); }
    stream_metrics(const stream_metrics&) = delete;
    stream_metrics& operator=(const stream_metrics&) = delete;

    // A read brought events; `at` is when it returned.
    void on_chunk(steady::time_point at) {
        if (last_ != steady::time_point{}) model_.chunk_us.observe(us_between(last_, at));
        last_ = at;
    }

private:
    request_metrics& core_;
    model_metrics& model_;
    steady::time_point last_{};
};

}  // namespace ferry::relay

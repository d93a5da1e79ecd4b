// What is measured of requests, in one shard for each core.
#pragma once

#include "base/metrics.hpp"
#include "usage/records.hpp"

namespace ferry::relay {

struct request;
struct http_exchange;

// The bounds that the OpenTelemetry conventions for generative AI advise, in microseconds.
struct duration_bounds {
    static constexpr std::array<std::uint64_t, 16> upper = {
        1'000,   5'000,     10'000,    20'000,    40'000,     80'000,     160'000,    320'000,
        640'000, 1'280'000, 2'560'000, 5'120'000, 10'240'000, 20'480'000, 40'960'000, 81'920'000};
};
struct first_token_bounds {
    static constexpr std::array<std::uint64_t, 16> upper = {
        1'000,   5'000,   10'000,  20'000,    40'000,    60'000,    80'000,    100'000,
        250'000, 500'000, 750'000, 1'000'000, 2'500'000, 5'000'000, 7'500'000, 10'000'000};
};
struct chunk_bounds {
    static constexpr std::array<std::uint64_t, 13> upper = {10'000,  25'000,    50'000,   75'000,  100'000,
                                                            150'000, 200'000,   300'000,  400'000, 500'000,
                                                            750'000, 1'000'000, 2'500'000};
};
struct overhead_bounds {
    static constexpr std::array<std::uint64_t, 12> upper = {25,    50,    100,    200,    400,     800,
                                                            1'600, 3'200, 10'000, 50'000, 100'000, 1'000'000};
};
// In 1/1000 of what was reported.
struct estimate_error_bounds {
    static constexpr std::array<std::uint64_t, 10> upper = {10, 20, 50, 80, 120, 200, 300, 500, 1'000, 2'000};
};
struct token_bounds {
    static constexpr std::array<std::uint64_t, 14> upper = {
        1, 4, 16, 64, 256, 1'024, 4'096, 16'384, 65'536, 262'144, 1'048'576, 4'194'304, 16'777'216, 67'108'864};
};

// Of one model, as far as the labels go.
struct model_metrics {
    std::array<metric_counter, 6> by_class;                    // [status / 100]; [0]: nobody knows
    std::array<metric_counter, usage::end_reason_count> ends;  // [end_reason]; requests with a usage row
    metric_counter prompt, cached, cache_write, completion, reasoning, audio;
    metric_counter cost_pico;
    metric_counter retries, failovers;
    metric_histogram<duration_bounds> duration_us;
    metric_histogram<first_token_bounds> first_token_us;
    metric_histogram<chunk_bounds> chunk_us;
    metric_histogram<token_bounds> input_tokens, output_tokens;
};

inline constexpr std::size_t most_models = 500, most_codes = 100;
inline constexpr std::size_t model_labels = 5;  // operation, model, provider, currency, stream

// Owned by a core; written on it, read from anywhere.
class request_metrics {
public:
    request_metrics();

    // The metrics of the model that answers, or of all that never came to one. One search for each new label set and
    // now and then one more; else a comparison of a few numbers.
    model_metrics& of(const request& x);

    // A request is over, whichever way.
    void finished(const request& x, std::int64_t duration_us);
    void finished(const http_exchange& x, std::int64_t duration_us);

    metric_table<model_labels, model_metrics, most_models> models;
    metric_table<1, metric_counter, most_codes> refusals, errors, upstream_failures;  // by error code
    metric_table<1, metric_counter, most_codes> usage_marks;  // requests whose usage is marked, by mark
    metric_histogram<overhead_bounds> overhead_us;
    metric_counter open_streams;
    metric_counter estimated_prompts, estimated_completions;  // answers
    metric_histogram<estimate_error_bounds> prompt_error, completion_error;

private:
    static void count_end(model_metrics& model, const http_exchange& x, std::int64_t duration_us);

    // A row of one catalog version has the same labels for ever.
    struct recent {
        std::int64_t version = -1, row = 0;
        std::string_view operation;
        bool stream = false;
        model_metrics* values = nullptr;
    };
    std::array<recent, 64> recent_;
};

}  // namespace ferry::relay

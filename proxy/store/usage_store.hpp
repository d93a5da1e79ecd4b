#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/rows.hpp"

namespace ferry::store {

// What a row must be; what is not there is all the same.
struct usage_filter {
    std::optional<std::int64_t> since_us;                                                 // started_at >= since
    std::optional<std::int64_t> until_us;                                                 // started_at < until
    std::optional<std::vector<std::int64_t>> key_ids = {}, user_ids = {}, team_ids = {};  // one of these
    std::optional<std::string> request_id = {}, model_name = {}, provider = {}, operation = {};
};

// Whether reports and usage_daily count the request as failed. A client that went away (499) is nobody's error.
inline bool counts_as_error(int status, bool has_error_code) {
    return status != 499 && (has_error_code || status < 200 || status >= 400);
}

// The usage rows: written by the shipper, read by reports.
// Owned by: the shipper, or a CLI command. Lives on: one store thread; every call blocks.
class usage_store {
public:
    virtual ~usage_store() = default;

    // Stores both in one transaction and returns how many usage rows were new. Rows whose primary key is in the table
    // already are left as they are, so a batch may be given again. usage_daily and the keys' last_used_at follow the
    // new rows only. When it returns, the rows are durable: they survive power loss.
    // Throws store_unavailable (nothing stored: give the same batch again later) or row_refused (nothing stored: find
    // the guilty row by bisection). Rows are never refused because their key or model is gone.
    virtual std::size_t insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) = 0;

    // Which row of ai_models issued an id, and for whom; nothing for one that no usage row has told of.
    virtual std::optional<issuer_row> find_issuer(const std::string& id) = 0;

    // Takes away some of the rows of usage_records and usage_attempts begun before `before_us`; true if more may be
    // left. One call is short: a month's partition on PostgreSQL, some hundred rows on the embedded store. usage_daily
    // keeps its sums. REQUIRES: `before_us` begins a month, UTC; and no row that was begun before it is given to
    // insert() again: the store would not know it any more.
    virtual bool purge(std::int64_t before_us) = 0;

    // Gives the lines of usage_daily of the days from `first` up to `end`, which is not among them, by day; "" for no
    // bound on that side. Also days whose rows were purged.
    virtual void scan_days(const std::string& first, const std::string& end,
                           const std::function<void(const day_row&)>& visit) = 0;

    // Gives every such row of usage_records to `visit`, by request_id and so by time but for milliseconds, from one
    // consistent view. REQUIRES for a window: ids that are UUIDv7s of their started_at, give or take minutes.
    // The row passed is only valid during the call. What `visit` throws ends the scan and comes out of here.
    virtual void scan(const usage_filter& wanted, const std::function<void(const usage_row&)>& visit) = 0;
};

}  // namespace ferry::store

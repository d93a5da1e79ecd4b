#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "store/rows.hpp"

namespace ferry::store {

// What a row must be; what is not there is all the same.
struct usage_filter {
    std::optional<std::int64_t> since_us;                                                 // started_at >= since
    std::optional<std::int64_t> until_us;                                                 // started_at < until
    std::optional<std::vector<std::int64_t>> key_ids = {}, user_ids = {}, team_ids = {};  // one of these
    std::optional<std::string> request_id = {}, model_name = {}, provider = {}, operation = {};
};

// Sums of hours. Texts and ids that were not asked for are "" and 0, which also stand for none.
struct sum_row {
    std::string hour;  // YYYY-MM-DD HH:00 or YYYY-MM-DD, UTC
    std::int64_t key_id = 0, user_id = 0, team_id = 0;
    std::string model_name, provider, operation, basis, end_reason, currency, unit_kind;
    int128 requests = 0, errors = 0, prompt_tokens = 0, completion_tokens = 0, cached_tokens = 0, total_tokens = 0,
           units = 0, cost_pico = 0;
};

// What sums are told apart by; no hour and a day: hours are added up to days of UTC.
struct sums_by {
    bool hour = false, day = false, key = false, user = false, team = false, model = false, provider = false,
         operation = false, basis = false, end_reason = false;
};

// Whether reports and usage_hourly count the request as failed. A client that went away (499) is nobody's error.
inline bool counts_as_error(int status, bool has_error_code) {
    return status != 499 && (has_error_code || status < 200 || status >= 400);
}

// The usage rows: written by the shipper, read by reports.
// Owned by: the shipper, or a CLI command. Lives on: one store thread; every call blocks.
class usage_store {
public:
    virtual ~usage_store() = default;

    // Stores both in one transaction and returns how many usage rows were new. Rows whose primary key is in the table
    // already are left as they are, so a batch may be given again. usage_hourly and the keys' last_used_at follow the
    // new rows only. When it returns, the rows are durable: they survive power loss.
    // Throws store_unavailable (nothing stored: give the same batch again later) or row_refused (nothing stored: find
    // the guilty row by bisection). Rows are never refused because their key or model is gone.
    virtual std::size_t insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) = 0;

    // Which row of ai_models issued an id, and for whom; nothing for one that no usage row has told of.
    virtual std::optional<issuer_row> find_issuer(const std::string& id) = 0;

    // Takes away some of the rows of usage_records and usage_attempts begun before `before_us`; true if more may be
    // left. One call is short: a month's partition on PostgreSQL, some hundred rows on the embedded store.
    // usage_hourly keeps its sums. REQUIRES: `before_us` begins a month, UTC; and no row that was begun before it is
    // given to insert() again: the store would not know it any more.
    virtual bool purge(std::int64_t before_us) = 0;
    // Takes away some of the sums of hours before that one; true if more may be left. As short as purge(): an hour on
    // PostgreSQL, some hundred sums on the embedded store. REQUIRES: `before_us` begins an hour.
    virtual bool purge_sums(std::int64_t before_us) = 0;

    // Gives the sums of hours by those of their names that `by` asks for, and by currency and kind of units; in no
    // order. Also of hours whose rows were purged. REQUIRES: the window begins and ends with an hour; no request_id is
    // wanted. Where sums were kept per day they stand for the first hour of their day, and know no more than key and
    // provider; until when that was, last_day_sum() says.
    virtual void scan_sums(const usage_filter& wanted, const sums_by& by,
                           const std::function<void(const sum_row&)>& visit) = 0;
    // The last day in the window whose sums were kept per day, YYYY-MM-DD; "" if there is none.
    virtual std::string last_day_sum(const usage_filter& window) = 0;

    // Gives every such row of usage_records to `visit`, by request_id and so by time but for milliseconds, from one
    // consistent view. REQUIRES for a window: ids that are UUIDv7s of their started_at, give or take minutes.
    // The row passed is only valid during the call. What `visit` throws ends the scan and comes out of here.
    virtual void scan(const usage_filter& wanted, const std::function<void(const usage_row&)>& visit) = 0;
};

}  // namespace ferry::store

#pragma once

#include <chrono>

#include "store/postgres/link.hpp"
#include "store/usage_store.hpp"

namespace ferry::store::postgres {

// usage_store on a PostgreSQL database. Sees to it once a day that the months to come have partitions.
class usage : public usage_store {
public:
    explicit usage(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::size_t insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) override;
    std::optional<issuer_row> find_issuer(const std::string& id) override;
    bool purge(std::int64_t before_us) override;
    bool purge_sums(std::int64_t before_us) override;
    void scan_sums(const usage_filter& wanted, const sums_by& by,
                   const std::function<void(const sum_row&)>& visit) override;
    std::string last_day_sum(const usage_filter& window) override;
    void scan(const usage_filter& wanted, const std::function<void(const usage_row&)>& visit) override;

private:
    void make_partitions_if_due();

    link link_;
    std::chrono::steady_clock::time_point next_partitions_{};
    std::string told_;  // what was said last about partitions that could not be made
};

}  // namespace ferry::store::postgres

#pragma once

#include <utility>

#include "store/sqlite/link.hpp"
#include "store/sqlite/usage_lines.hpp"
#include "store/usage_store.hpp"

namespace ferry::store::sqlite {

// A literal of SQL.
std::string quoted(const std::string& text);

// The least id of a sum of this hour.
std::int64_t first_sum_of(std::int64_t hour_us);

class usage final : public usage_store {
public:
    explicit usage(connection_options options) : link_(std::move(options)) {}

    std::size_t insert(std::span<const usage_row> rows, std::span<const attempt_row> attempts) override;
    std::optional<issuer_row> find_issuer(const std::string& id) override;
    bool purge(std::int64_t before_us) override;
    bool purge_sums(std::int64_t before_us) override;
    void scan_sums(const usage_filter& wanted, const sums_by& by,
                   const std::function<void(const sum_row&)>& visit) override;
    std::string last_day_sum(const usage_filter& window) override;
    void scan(const usage_filter& wanted, const std::function<void(const usage_row&)>& visit) override;

private:
    link link_;
    usage_lines lines_;
};

}  // namespace ferry::store::sqlite

#pragma once

#include <utility>

#include "store/budget_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class budgets_table final : public budget_store {
public:
    explicit budgets_table(connection_options options) : link_(std::move(options)) {}

    std::vector<budget_state> renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                    std::chrono::seconds term) override;
    std::vector<budget_use_row> used() override;
    void release(const std::string& instance) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

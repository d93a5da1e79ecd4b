#pragma once

#include <utility>

#include "store/budget_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class budgets_table final : public budget_store {
public:
    explicit budgets_table(connection_options options) : link_(std::move(options)) {}

    std::vector<budget_state> renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                    const budget_terms& terms) override;
    std::vector<budget_use_row> used() override;
    void release(const std::string& instance) override;
    std::optional<std::string> claim(const budget_notice& what) override;
    void disclaim(const budget_notice& what) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

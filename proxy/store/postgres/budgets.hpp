#pragma once

#include <memory>
#include <utility>

#include "store/budget_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// budget_store on a PostgreSQL database; the rules are ferry_renew_budget() of its schema.
class budgets_table final : public budget_store {
public:
    explicit budgets_table(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::vector<budget_state> renew(const std::string& instance, std::span<const budget_renewal> renewals,
                                    const budget_terms& terms) override;
    std::vector<budget_use_row> used() override;
    void release(const std::string& instance) override;
    std::optional<std::string> claim(const budget_notice& what) override;
    void disclaim(const budget_notice& what) override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

#pragma once

#include <memory>
#include <utility>

#include "store/limit_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// limit_store on a PostgreSQL database. Times are the server's, so the clocks of the processes may differ.
class limits_table final : public limit_store {
public:
    explicit limits_table(std::shared_ptr<place> at) : link_(std::move(at)) {}

    void exchange(const std::string& instance, std::span<const limit_use_row> asked,
                  const limit_decision& decide) override;
    std::vector<limit_use_row> used() override;
    void forget_old_use() override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

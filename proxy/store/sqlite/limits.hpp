#pragma once

#include <utility>

#include "store/limit_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class limits_table final : public limit_store {
public:
    explicit limits_table(connection_options options) : link_(std::move(options)) {}

    void exchange(const std::string& instance, std::span<const limit_use_row> asked,
                  const limit_decision& decide) override;
    std::vector<limit_use_row> used() override;
    void forget_old_use() override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

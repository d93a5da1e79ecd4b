#pragma once

#include <utility>

#include "store/calibration_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class calibration_table final : public calibration_store {
public:
    explicit calibration_table(connection_options options) : link_(std::move(options)) {}

    std::vector<calibration_row> list() override;
    void save(std::span<const calibration_row> rows) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

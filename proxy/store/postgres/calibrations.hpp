#pragma once

#include <memory>
#include <utility>

#include "store/calibration_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

class calibration_table final : public calibration_store {
public:
    explicit calibration_table(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::vector<calibration_row> list() override;
    void save(std::span<const calibration_row> rows) override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

#pragma once

#include <utility>

#include "store/route_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class routes final : public route_store {
public:
    explicit routes(connection_options options) : link_(std::move(options)) {}

    std::vector<route_row> list_routes() override;
    void add_route(const route_row& row) override;
    bool change_route(const std::string& name, const route_change& change) override;
    bool remove_route(const std::string& name) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

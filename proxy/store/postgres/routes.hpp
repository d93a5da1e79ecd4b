#pragma once

#include <memory>
#include <utility>

#include "store/postgres/link.hpp"
#include "store/route_store.hpp"

namespace ferry::store::postgres {

// route_store on a PostgreSQL database.
class routes : public route_store {
public:
    explicit routes(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::vector<route_row> list_routes() override;
    void add_route(const route_row& row) override;
    bool change_route(const std::string& name, const route_change& change) override;
    bool remove_route(const std::string& name) override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

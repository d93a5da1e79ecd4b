#pragma once

#include <memory>
#include <utility>

#include "store/people_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// people_store on a PostgreSQL database.
class people_table : public people_store {
public:
    explicit people_table(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::vector<person_row> list(people of) override;
    std::int64_t add(people of, const person_row& one) override;
    bool change(people of, std::int64_t id, std::span<const column_value> values) override;
    bool remove(people of, std::int64_t id) override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

#pragma once

#include <utility>

#include "store/people_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class people_table final : public people_store {
public:
    explicit people_table(connection_options options) : link_(std::move(options)) {}

    std::vector<person_row> list(people of) override;
    std::int64_t add(people of, const person_row& one) override;
    bool change(people of, std::int64_t id, std::span<const column_value> values) override;
    bool remove(people of, std::int64_t id) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

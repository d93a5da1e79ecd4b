#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/column_value.hpp"
#include "store/rows.hpp"

namespace ferry::store {

// Whom keys belong to: the tables `users` and `teams`.
enum class people { users, teams };

// Owned by: a CLI command. Lives on: one store thread; every call blocks.
class people_store {
public:
    virtual ~people_store() = default;

    virtual std::vector<person_row> list(people of) = 0;  // by id
    // Returns the id; `id`, `keys` and `created_at_us` of the row are ignored, as is `team_id` of a team. row_refused
    // if the name is taken, or there is no such team.
    virtual std::int64_t add(people of, const person_row& one) = 0;
    // False if there is no such row. store_error for a column that no change may touch.
    virtual bool change(people of, std::int64_t id, std::span<const column_value> values) = 0;
    // False if there is no such row. row_refused while keys belong to it. Users of a team that goes have none.
    virtual bool remove(people of, std::int64_t id) = 0;
};

}  // namespace ferry::store

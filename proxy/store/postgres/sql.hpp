#pragma once

#include "store/postgres/link.hpp"
#include "store/sql_runner.hpp"

namespace ferry::store::postgres {

// sql_runner on a PostgreSQL database. Each run has a connection of its own, on which nothing has a deadline.
class sql : public sql_runner {
public:
    explicit sql(std::shared_ptr<place> at) : place_(std::move(at)) {}

    void run(std::string_view text, const std::function<void(const sql_result&)>& done) override;

private:
    std::shared_ptr<place> place_;
};

}  // namespace ferry::store::postgres

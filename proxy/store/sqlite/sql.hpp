#pragma once

#include <utility>

#include "store/sql_runner.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class sql final : public sql_runner {
public:
    explicit sql(connection_options options) : link_(std::move(options)) {}

    void run(std::string_view text, const std::function<void(const sql_result&)>& done) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

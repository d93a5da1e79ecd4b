#pragma once

#include <optional>
#include <utility>

#include "store/model_store.hpp"
#include "store/sqlite/link.hpp"

namespace ferry::store::sqlite {

class models final : public model_store {
public:
    explicit models(connection_options options) : link_(std::move(options)) {}

    catalog_rows load_catalog() override;
    std::optional<catalog_changes> load_changes(std::int64_t since) override;
    std::int64_t change_token() override;
    std::vector<model_row> list_models() override;
    std::int64_t add_model(std::span<const column_value> values) override;
    bool change_model(std::int64_t id, std::span<const column_value> values) override;
    bool remove_model(std::int64_t id) override;

private:
    link link_;
};

}  // namespace ferry::store::sqlite

#pragma once

#include "store/model_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// model_store on a PostgreSQL database. JSON columns come back as the database writes JSONB.
class models : public model_store {
public:
    explicit models(std::shared_ptr<place> at) : link_(std::move(at)) {}

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

}  // namespace ferry::store::postgres

#pragma once

#include <span>

#include "store/database.hpp"
#include "store/migration.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// A PostgreSQL database.
class server_database : public database {
public:
    // `known` are the migrations of this program. Throws store_error if the url is no good; does no I/O.
    server_database(const options& chosen, std::span<const migration> known);

    std::unique_ptr<model_store> models() override;
    std::unique_ptr<key_store> keys() override;
    std::unique_ptr<route_store> routes() override;
    std::unique_ptr<people_store> people() override;
    std::unique_ptr<limit_store> limits() override;
    std::unique_ptr<budget_store> budgets() override;
    std::unique_ptr<usage_store> usage() override;
    std::unique_ptr<conversation_store> conversations() override;
    std::unique_ptr<calibration_store> calibrations() override;
    std::unique_ptr<sql_runner> sql() override;
    std::unique_ptr<catalog_watch> watch_catalog(std::function<void()> look) override;
    std::vector<migration_name> pending_migrations() override;
    std::vector<migration_name> migrate() override;
    void hurry(std::chrono::milliseconds most) override { place_->watch.hurry(most); }
    std::string description() const override { return place_->where.description; }

private:
    std::shared_ptr<place> place_;
    std::span<const migration> known_;
};

}  // namespace ferry::store::postgres

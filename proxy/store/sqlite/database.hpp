#pragma once

#include <span>
#include <string>

#include "store/database.hpp"
#include "store/migration.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

// A SQLite file as a store. `known` are the migrations it shall have; it must outlive this.
class file_database final : public database {
public:
    file_database(const std::string& path, const store::options& chosen, std::span<const migration> known);

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
    std::unique_ptr<catalog_watch> watch_catalog(std::function<void()>) override { return nullptr; }
    std::vector<migration_name> pending_migrations() override;
    std::vector<migration_name> migrate() override;
    void hurry(std::chrono::milliseconds) override {}  // calls wait for busy_timeout at most
    std::string description() const override;

private:
    connection_options options_;
    std::span<const migration> known_;
};

}  // namespace ferry::store::sqlite

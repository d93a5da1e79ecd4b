#pragma once

#include "store/key_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// key_store on a PostgreSQL database.
class keys : public key_store {
public:
    explicit keys(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::vector<key_row> list_keys() override;
    std::int64_t add_key(const key_row& key) override;
    bool change_key(std::int64_t id, std::span<const column_value> values) override;
    bool revoke_key(std::int64_t id) override;
    std::int64_t rotate_key(std::int64_t old_id, const key_row& successor, std::int64_t grace_until_us) override;
    std::int64_t find_or_add_user(const std::string& id_or_name) override;
    names user_names() override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

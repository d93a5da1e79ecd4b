#pragma once

#include <memory>
#include <utility>

#include "store/conversation_store.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// conversation_store on a PostgreSQL database.
class conversations : public conversation_store {
public:
    explicit conversations(std::shared_ptr<place> at) : link_(std::move(at)) {}

    std::optional<conversation_row> create(std::int64_t owner, std::int64_t id, const std::string& title,
                                           std::int64_t now_us) override;
    std::optional<conversation_row> find(std::int64_t owner, std::int64_t id) override;
    std::optional<conversation_row> rename(std::int64_t owner, std::int64_t id, const std::string& title,
                                           std::int64_t now_us) override;
    bool remove(std::int64_t owner, std::int64_t id, std::int64_t now_us) override;
    std::optional<std::vector<conversation_row>> list(std::int64_t owner, const page_of& page,
                                                      const std::string& words) override;
    std::optional<std::vector<message_row>> messages(std::int64_t owner, std::int64_t id, const page_of& page) override;
    tail_of tail(std::int64_t owner, std::int64_t id, std::size_t most, std::size_t most_bytes) override;
    std::size_t append(std::span<const turn_row> turns) override;
    bool purge(std::int64_t before_us) override;

private:
    link link_;
};

}  // namespace ferry::store::postgres

// A map whose versions share what is equal in them: a change copies the few shards it touches and leaves the others.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace ferry {

// Immutable; a copy costs one reference. `Value` is cheap to copy: a pointer, as a rule a shared one. `Key` may be a
// view into what the value points to: both are replaced together.
// Lives on: any thread. The memory of a shard is freed by whoever lets the last version that has it go.
template <class Key, class Value>
class shard_map {
    static constexpr std::size_t shards = 1024;  // of 100,000 values, one has 100
    using shard = boost::unordered_flat_map<Key, Value>;
    using table = std::array<std::shared_ptr<const shard>, shards>;

    static std::size_t shard_of(const Key& key) {
        // Fibonacci hashing: numbers that follow each other hash to themselves and would fill one shard.
        return (static_cast<std::uint64_t>(boost::hash<Key>()(key)) * 0x9E3779B97F4A7C15ull) >> 54;
    }

public:
    // Null if there is none. Valid as long as this version or one that took it over unchanged.
    const Value* find(const Key& key) const {
        if (!table_) return nullptr;
        const shard* one = (*table_)[shard_of(key)].get();
        if (one == nullptr) return nullptr;
        const auto found = one->find(key);
        return found == one->end() ? nullptr : &found->second;
    }
    bool contains(const Key& key) const { return find(key) != nullptr; }
    std::size_t size() const { return size_; }

    // In no order.
    template <class Visitor>
    void for_each(const Visitor& visit) const {
        if (!table_) return;
        for (const auto& one : *table_) {
            if (!one) continue;
            for (const auto& [key, value] : *one) visit(value);
        }
    }

    // The next version in the making. Owned by who makes it; lives on its thread.
    class editor {
    public:
        explicit editor(const shard_map& from)
            : table_(from.table_ ? std::make_shared<table>(*from.table_) : std::make_shared<table>()),
              size_(from.size_) {}

        const Value* find(const Key& key) const {
            const shard* one = (*table_)[shard_of(key)].get();
            if (one == nullptr) return nullptr;
            const auto found = one->find(key);
            return found == one->end() ? nullptr : &found->second;
        }
        void put(Key key, Value value) {
            erase(key);
            own(shard_of(key)).emplace(std::move(key), std::move(value));
            ++size_;
        }
        void erase(const Key& key) {
            if (find(key) == nullptr) return;
            own(shard_of(key)).erase(key);
            --size_;
        }
        // REQUIRES: the editor is not used afterwards.
        shard_map take() {
            shard_map made;
            made.table_ = std::move(table_);
            made.size_ = size_;
            return made;
        }

    private:
        shard& own(std::size_t index) {
            if (owned_[index] != nullptr) return *owned_[index];
            const auto& before = (*table_)[index];
            const auto copy = before ? std::make_shared<shard>(*before) : std::make_shared<shard>();
            (*table_)[index] = copy;
            return *(owned_[index] = copy.get());
        }

        std::shared_ptr<table> table_;
        std::array<shard*, shards> owned_{};  // those that this editor has copied
        std::size_t size_;
    };

private:
    std::shared_ptr<const table> table_;
    std::size_t size_ = 0;
};

}  // namespace ferry

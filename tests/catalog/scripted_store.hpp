// A store that does what a test tells it to.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "catalog/loader.hpp"
#include "store/model_store.hpp"
#include "store/store_error.hpp"

namespace ferry::catalog::samples {

// What all connections of one test share. Any thread.
struct script {
    std::mutex mutex;
    store::catalog_rows rows;
    std::string failure;  // thrown by every call while not empty
    int connections = 0;  // opened so far
    int loads = 0;
    int changes_read = 0;
    bool knows_changes = true;
    std::map<std::int64_t, store::catalog_rows> earlier;  // by version

    // A change as a trigger would announce it.
    template <class Change>
    void change(const Change& apply) {
        const std::lock_guard lock(mutex);
        earlier[rows.version] = rows;
        apply(rows);
        ++rows.version;
    }
    void fail(std::string what) {
        const std::lock_guard lock(mutex);
        failure = std::move(what);
    }
};

class scripted_store : public store::model_store {
public:
    explicit scripted_store(std::shared_ptr<script> told) : script_(std::move(told)) {}

    store::catalog_rows load_catalog() override {
        const std::lock_guard lock(script_->mutex);
        check();
        ++script_->loads;
        return script_->rows;
    }
    std::optional<store::catalog_changes> load_changes(std::int64_t since) override {
        const std::lock_guard lock(script_->mutex);
        check();
        const auto before = script_->earlier.find(since);
        if (!script_->knows_changes || before == script_->earlier.end()) return std::nullopt;
        ++script_->changes_read;
        const store::catalog_rows& now = script_->rows;
        store::catalog_changes changes;
        changes.version = now.version;
        // That a row is named is no promise that it differs.
        changes.models = now.models;
        changes.models_gone = gone(before->second.models, now.models);
        changes.keys = now.keys;
        changes.keys_gone = gone(before->second.keys, now.keys);
        return changes;
    }
    std::int64_t change_token() override {
        const std::lock_guard lock(script_->mutex);
        check();
        return script_->rows.version;
    }
    std::vector<store::model_row> list_models() override { throw store::store_error("not in the script"); }
    std::int64_t add_model(std::span<const store::column_value>) override { throw store::store_error("not scripted"); }
    bool change_model(std::int64_t, std::span<const store::column_value>) override {
        throw store::store_error("not scripted");
    }
    bool remove_model(std::int64_t) override { throw store::store_error("not scripted"); }

private:
    template <class Row>
    static std::vector<std::int64_t> gone(const std::vector<Row>& before, const std::vector<Row>& now) {
        std::vector<std::int64_t> ids;
        for (const Row& row : before)
            if (std::ranges::find(now, row.id, &Row::id) == now.end()) ids.push_back(row.id);
        return ids;
    }

    // A connection that has failed once stays broken, as real ones do.
    void check() {
        if (!script_->failure.empty()) is_broken_ = true;
        if (is_broken_) throw store::store_unavailable(script_->failure.empty() ? "stale" : script_->failure);
    }

    std::shared_ptr<script> script_;
    bool is_broken_ = false;
};

inline loader::open_models opener(std::shared_ptr<script> told) {
    return [told] {
        const std::lock_guard lock(told->mutex);
        ++told->connections;
        return std::make_unique<scripted_store>(told);
    };
}

}  // namespace ferry::catalog::samples

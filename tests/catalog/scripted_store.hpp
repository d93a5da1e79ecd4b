// A store that does what a test tells it to.
#pragma once

#include <atomic>
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

    // A change as a trigger would announce it.
    template <class Change>
    void change(const Change& apply) {
        const std::lock_guard lock(mutex);
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

#include "catalog/catalog.hpp"

#include <algorithm>
#include <atomic>

#include "openai/optional_model.hpp"

namespace ferry::catalog {
namespace {

std::atomic<std::uint64_t> catalogs{0};

bool is_before(const candidate& a, const candidate& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.id < b.id;
}

}  // namespace

catalog::catalog(parts made) : parts_(std::move(made)), serial_(++catalogs) {
    find_accounts();
    parts_.routes.for_each([this](const route_ptr& one) {
        asks_for_speed_ = asks_for_speed_ || one->strategy == route_strategy::fastest;
    });
}

void catalog::find_accounts() {
    operation_set wanted, ambiguous;
    for (const auto& one : openai::operations()) {
        if (one.model == openai::model_place::account || one.model == openai::model_place::owner_of_id ||
            openai::may_leave_model_out(one)) {
            wanted.set(openai::index_of(one));
        }
    }
    parts_.rows.for_each([&](const candidate_ptr& row) {
        further_paths_.insert(row->further_paths.begin(), row->further_paths.end());
        const auto open = row->serves & wanted & ~ambiguous;
        for (auto i = open._Find_first(); i < open.size(); i = open._Find_next(i)) {
            auto& known = only_accounts_[i];
            if (known != nullptr && known->account != row->account) {
                ambiguous.set(i);
                known = nullptr;
            } else if (known == nullptr || is_before(*row, *known)) {
                known = row.get();
            }
        }
    });
}

const candidate* catalog::only_account(const openai::operation& operation) const {
    return only_accounts_[openai::index_of(operation)];
}

const candidate* catalog::find_row(std::int64_t id) const {
    const candidate_ptr* found = parts_.rows.find(id);
    return found == nullptr ? nullptr : found->get();
}

std::span<const candidate* const> catalog::rows_of(std::string_view model_name) const {
    const group_ptr* found = parts_.groups.find(model_name);
    if (found == nullptr) return {};
    return (*found)->rows;
}

const virtual_route* catalog::find_route(std::string_view name) const {
    const route_ptr* found = parts_.routes.find(name);
    return found == nullptr ? nullptr : found->get();
}

std::vector<const candidate*> catalog::rows() const {
    std::vector<const candidate*> all;
    all.reserve(size());
    parts_.rows.for_each([&all](const candidate_ptr& row) { all.push_back(row.get()); });
    std::sort(all.begin(), all.end(), [](const candidate* a, const candidate* b) { return a->id < b->id; });
    return all;
}

}  // namespace ferry::catalog

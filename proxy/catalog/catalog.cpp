#include "catalog/catalog.hpp"

#include <algorithm>
#include <atomic>

namespace ferry::catalog {
namespace {

std::atomic<std::uint64_t> catalogs{0};

}  // namespace

catalog::catalog(parts made) : parts_(std::move(made)), serial_(++catalogs) {}

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

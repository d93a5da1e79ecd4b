#include "server/model_lists.hpp"

#include <algorithm>

namespace ferry::server {
namespace {

// What a core frees when the catalog changes is freed on the core: not more than takes a fraction of a millisecond.
constexpr std::size_t most_bytes = 4 * 1024 * 1024;

std::size_t bytes_of(const std::vector<std::string>& all) {
    std::size_t bytes = 0;
    for (const std::string& one : all) bytes += one.size() + sizeof(one);
    return bytes;
}

}  // namespace

void model_lists::begin(const catalog::catalog& models) {
    if (of_ == models.serial()) return;
    of_ = models.serial();
    entries_.clear();
    bytes_ = 0;
}

model_list_text model_lists::find(const catalog::catalog& models, const access::sha256_digest& allowed) {
    begin(models);
    const auto found = std::ranges::find(entries_, allowed, &entry::allowed);
    return found == entries_.end() ? nullptr : found->text;
}

void model_lists::keep(const catalog::catalog& models, const access::sha256_digest& allowed,
                       const model_list_text& made) {
    begin(models);
    const std::size_t bytes = bytes_of(*made);
    if (bytes > most_bytes) return;
    while (bytes_ + bytes > most_bytes) {
        bytes_ -= entries_.front().bytes;
        entries_.erase(entries_.begin());
    }
    entries_.push_back({allowed, made, bytes});
    bytes_ += bytes;
}

}  // namespace ferry::server

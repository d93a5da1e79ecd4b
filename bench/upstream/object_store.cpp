#include "upstream/object_store.hpp"

#include <utility>

namespace ferry::bench {
namespace {

constexpr std::size_t most_objects = 10'000;
constexpr std::size_t most_content = std::size_t(64) << 20;

// No header value holds a line feed.
std::string key_of(std::string_view credential, std::string_view id) {
    std::string key(credential);
    key += '\n';
    return key += id;
}

std::size_t content_of(const stored_object& o) {
    return o.content ? o.content->size() : 0;
}

}  // namespace

void object_store::put(std::string_view credential, stored_object object) {
    auto key = key_of(credential, object.id);
    const std::lock_guard lock(mutex_);
    if (const auto old = by_key_.find(key); old != by_key_.end()) erase(old->second);
    content_bytes_ += content_of(object);
    entries_.push_back({key, std::make_shared<const stored_object>(std::move(object))});
    by_key_[std::move(key)] = std::prev(entries_.end());
    keep_bounds();
}

void object_store::keep_bounds() {
    while (entries_.size() > most_objects) erase(entries_.begin());
    for (auto it = entries_.begin(); content_bytes_ > most_content && it != entries_.end(); ++it) {
        if (!it->object->content) continue;
        content_bytes_ -= content_of(*it->object);
        auto bare = std::make_shared<stored_object>(*it->object);
        bare->content.reset();
        it->object = std::move(bare);
    }
}

void object_store::erase(entries::iterator which) {
    content_bytes_ -= content_of(*which->object);
    by_key_.erase(which->key);
    entries_.erase(which);
}

object_store::entries::iterator object_store::at(std::string_view credential, std::string_view kind,
                                                 std::string_view id) const {
    const auto there = by_key_.find(key_of(credential, id));
    if (there == by_key_.end() || there->second->object->kind != kind) return entries_.end();
    return there->second;
}

object_store::found object_store::find(std::string_view credential, std::string_view kind, std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto there = at(credential, kind, id);
    return there == entries_.end() ? nullptr : there->object;
}

object_store::found object_store::change(std::string_view credential, std::string_view kind, std::string_view id,
                                         const std::function<void(stored_object&)>& how) {
    const std::lock_guard lock(mutex_);
    const auto there = at(credential, kind, id);
    if (there == entries_.end()) return nullptr;
    auto changed = std::make_shared<stored_object>(*there->object);
    how(*changed);
    content_bytes_ += content_of(*changed);
    content_bytes_ -= content_of(*there->object);
    there->object = changed;
    keep_bounds();
    return changed;
}

bool object_store::remove(std::string_view credential, std::string_view kind, std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto there = at(credential, kind, id);
    if (there == entries_.end()) return false;
    erase(there);
    return true;
}

std::vector<object_store::found> object_store::list(std::string_view credential, std::string_view kind,
                                                    std::string_view parent) const {
    std::vector<found> all;
    const auto prefix = key_of(credential, {});
    const std::lock_guard lock(mutex_);
    for (const auto& e : entries_) {
        const bool is_own = e.key.compare(0, prefix.size(), prefix) == 0;
        if (is_own && e.object->kind == kind && e.object->parent == parent) all.push_back(e.object);
    }
    return all;
}

void object_store::clear() {
    const std::lock_guard lock(mutex_);
    by_key_.clear();
    entries_.clear();
    content_bytes_ = 0;
}

}  // namespace ferry::bench

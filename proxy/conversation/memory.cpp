#include "conversation/memory.hpp"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <span>
#include <utility>

#include "conversation/kept_message.hpp"

namespace ferry::conversation {

namespace {

constexpr std::size_t around_entry = 256, around_message = sizeof(usage::message);

std::size_t bytes_of(const messages& all) {
    std::size_t size = around_entry;
    for (const auto& one : all) size += around_message + size_of(one);
    return size;
}

// What stays where only `most` may: the last ones, and the last instructions in front of them.
messages end_of(const messages& before, std::size_t most) {
    const std::span all(before);
    const auto last = all.last(std::min(all.size(), most));
    const auto dropped = all.first(all.size() - last.size());
    const auto instructions = latest_instructions(all);
    const auto first = static_cast<std::size_t>(instructions.data() - all.data());
    messages kept;
    if (first < dropped.size()) {
        const auto lost = dropped.subspan(first, std::min(instructions.size(), dropped.size() - first));
        kept.assign(lost.begin(), lost.end());
    }
    kept.insert(kept.end(), last.begin(), last.end());
    return kept;
}

}  // namespace

std::size_t hash_value(const key& which) {
    std::size_t seed = 0;
    boost::hash_combine(seed, which.owner);
    boost::hash_combine(seed, which.id);
    return seed;
}

memory::ticket& memory::ticket::operator=(ticket&& other) noexcept {
    if (this != &other) {
        leave();
        home_ = other.home_;
        entry_ = std::move(other.entry_);
    }
    return *this;
}

void memory::ticket::leave() {
    if (!entry_) return;
    const std::lock_guard lock(home_->mutex_);
    --entry_->holders;
    entry_->is_alone = false;
    // Of what could not be loaded, nothing need be remembered.
    if (!entry_->kept && entry_->is_idle() && !entry_->is_forgotten) home_->entries_.erase(key(entry_->which));
    entry_.reset();
}

void memory::reconfigure(const memory_options& options) {
    const std::lock_guard lock(mutex_);
    options_ = options;
    make_room();
}

std::optional<memory::ticket> memory::join(const key& which, bool alone, steady::time_point now) {
    const std::lock_guard lock(mutex_);
    auto& found = entries_[which];
    if (!found) {
        found = std::make_shared<entry>();
        found->which = which;
    }
    if (found->holders > 0 && (alone || found->is_alone)) return std::nullopt;
    const bool is_old = options_.trusted.count() > 0 && now - found->used > options_.trusted;
    if (is_old && found->is_idle()) keep(*found, nullptr);
    ++found->holders;
    found->is_alone = alone;
    found->used = now;
    auto held = found;
    make_room();
    return ticket(*this, std::move(held));
}

std::shared_ptr<const messages> memory::known(const ticket& of) const {
    const std::lock_guard lock(mutex_);
    return of.entry_->kept;
}

void memory::fill(const key& which, messages stored, std::int64_t next_position) {
    auto made = std::make_shared<const messages>(std::move(stored));
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(which);
    if (found == entries_.end() || found->second->kept) return;
    found->second->next_position = next_position;
    keep(*found->second, std::move(made));
    make_room();
}

std::int64_t memory::add(const ticket& to, const messages& turn) {
    const std::lock_guard lock(mutex_);
    auto& in = *to.entry_;
    const auto room = options_.most_messages - std::min(options_.most_messages, turn.size());
    auto all = in.kept ? end_of(*in.kept, room) : messages();
    all.insert(all.end(), turn.begin(), turn.end());
    keep(in, std::make_shared<const messages>(std::move(all)));
    ++in.unstored;
    ++unstored_[in.which.owner];
    return std::exchange(in.next_position, in.next_position + static_cast<std::int64_t>(turn.size()));
}

void memory::stored(const key& which) {
    const std::lock_guard lock(mutex_);
    // Those of processes before this one were never counted.
    const auto of = unstored_.find(which.owner);
    if (of != unstored_.end() && --of->second == 0) unstored_.erase(of);
    const auto found = entries_.find(which);
    if (found != entries_.end() && found->second->unstored > 0) --found->second->unstored;
}

bool memory::has_unstored(std::int64_t owner, std::optional<std::int64_t> id) const {
    const std::lock_guard lock(mutex_);
    if (!id) return unstored_.contains(owner);
    const auto found = entries_.find({owner, *id});
    return found != entries_.end() && found->second->unstored > 0;
}

void memory::forget(const key& which) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(which);
    if (found == entries_.end()) return;
    bytes_ -= found->second->bytes;
    found->second->is_forgotten = true;
    entries_.erase(found);
}

std::size_t memory::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

std::size_t memory::conversations() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

void memory::keep(entry& in, std::shared_ptr<const messages> what) {
    in.kept = std::move(what);
    if (in.is_forgotten) return;  // no longer counted
    const std::size_t now = in.kept ? bytes_of(*in.kept) : 0;
    bytes_ += now - in.bytes;
    in.bytes = now;
}

// Down to three quarters, so that not every turn looks at all of them.
void memory::make_room() {
    if (bytes_ <= options_.most_bytes) return;
    std::vector<std::pair<steady::time_point, key>> idle;
    for (const auto& [which, one] : entries_)
        if (one->is_idle()) idle.emplace_back(one->used, which);
    std::sort(idle.begin(), idle.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [used, which] : idle) {
        if (bytes_ <= options_.most_bytes / 4 * 3) break;
        bytes_ -= entries_.at(which)->bytes;
        entries_.erase(which);
    }
}

}  // namespace ferry::conversation

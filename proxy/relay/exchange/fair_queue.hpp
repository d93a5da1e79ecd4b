// Who is next of those who wait for the same.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace ferry::relay {

// Lower priorities go first. Within one, keys take turns, each with what it brought first. But every eighth turn goes
// to the one of the foremost of each priority that has waited for longest, so nobody waits for ever. Owned by whoever
// guards it. Pure: no clock. Each call takes a time that grows with the logarithm of how many wait.
template <class T>
class fair_queue {
public:
    // In the order of their turns.
    struct place {
        std::int64_t priority = 0;
        std::uint64_t round = 0;   // of the turns of all keys
        std::uint64_t number = 0;  // in the order in which they came
        auto operator<=>(const place&) const = default;
    };

    place join(std::int64_t key, std::int64_t priority, T who) {
        const auto at = place_for(key, priority);
        ++came_;
        auto& of = levels_[priority];
        auto& mine = of.keys[key];
        mine.latest = at.round;
        ++mine.count;
        waiting_.emplace(at, entry{key, std::move(who)});
        return at;
    }
    // Where somebody of that key would stand.
    place place_for(std::int64_t key, std::int64_t priority) const {
        const auto level = levels_.find(priority);
        if (level == levels_.end()) return {priority, 1, came_};
        const auto mine = level->second.keys.find(key);
        const auto latest = mine == level->second.keys.end() ? 0 : mine->second.latest;
        return {priority, std::max(latest, level->second.round) + 1, came_};
    }
    bool leave(const place& at) {
        const auto found = waiting_.find(at);
        if (found == waiting_.end()) return false;
        take(found);
        return true;
    }

    std::optional<T> next() {
        if (waiting_.empty()) return std::nullopt;
        auto chosen = waiting_.begin();
        if (++turns_ % turns_by_priority == 0) {
            for (const auto& [priority, of] : levels_) {
                const auto foremost = waiting_.lower_bound(place{priority, 0, 0});
                if (foremost->first.number < chosen->first.number) chosen = foremost;
            }
        }
        levels_[chosen->first.priority].round = chosen->first.round;
        return take(chosen);
    }
    // Whose turn would come last, if it would come behind `other`.
    std::optional<T> last_behind(const place& other) {
        if (waiting_.empty() || std::prev(waiting_.end())->first < other) return std::nullopt;
        return take(std::prev(waiting_.end()));
    }

    std::size_t size() const { return waiting_.size(); }
    bool empty() const { return waiting_.empty(); }

private:
    struct entry {
        std::int64_t key;
        T who;
    };
    struct of_key {
        std::uint64_t latest = 0;  // round that one of its waits for
        std::size_t count = 0;
    };
    struct level {
        std::uint64_t round = 0;              // of the latest turn
        std::map<std::int64_t, of_key> keys;  // that wait
    };
    static constexpr std::uint64_t turns_by_priority = 8;

    T take(typename std::map<place, entry>::iterator at) {
        const auto level = levels_.find(at->first.priority);
        const auto mine = level->second.keys.find(at->second.key);
        if (--mine->second.count == 0) level->second.keys.erase(mine);
        if (level->second.keys.empty()) levels_.erase(level);
        auto who = std::move(at->second.who);
        waiting_.erase(at);
        return who;
    }

    std::map<place, entry> waiting_;
    std::map<std::int64_t, level> levels_;  // by priority
    std::uint64_t came_ = 0, turns_ = 0;
};

}  // namespace ferry::relay

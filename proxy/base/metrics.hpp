// Counters and histograms of one core: written by its thread alone, read from any. No locked instruction, no
// allocation once a label set is known.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace ferry {

// One writer. A reader may see it a moment late, never torn.
class metric_counter {
public:
    void add(std::uint64_t more) {
        value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t less) { add(~less + 1); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// `Bounds` names a constexpr array `upper` of ascending bounds, each inclusive, in the unit of what is observed.
template <class Bounds>
class metric_histogram {
public:
    static constexpr std::size_t bucket_count = Bounds::upper.size() + 1;

    void observe(std::int64_t value) {
        const auto known = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
        const auto* at = std::lower_bound(Bounds::upper.begin(), Bounds::upper.end(), known);
        buckets_[static_cast<std::size_t>(at - Bounds::upper.begin())].add(1);
        sum_.add(known);
    }

    std::uint64_t sum() const { return sum_.value(); }
    std::uint64_t bucket(std::size_t which) const { return buckets_[which].value(); }

private:
    std::array<metric_counter, bucket_count> buckets_;
    metric_counter sum_;
};

// The label sets of one group of metrics, each with its values. It grows up to Most sets; what comes later is counted
// in the one its owner calls `other`. Nothing is ever removed, so that readers need no lock.
// Lives on: the core that calls of(); for_each() on any thread.
template <std::size_t Labels, class Values, std::size_t Most>
class metric_table {
public:
    using label_views = std::array<std::string_view, Labels>;

    explicit metric_table(const label_views& other) { of(other); }

    // The values of these labels. A search by text: keep what it returns for as long as the labels stay.
    Values& of(const label_views& labels) {
        const auto found = index_.find(labels);
        if (found != index_.end()) return *found->second;
        const auto size = size_.load(std::memory_order_relaxed);
        if (size == Most) return sets_.front()->values;
        auto made = std::make_unique<set>();
        label_views own;
        for (std::size_t i = 0; i < Labels; ++i) own[i] = made->labels[i].assign(labels[i]);
        index_.emplace(own, &made->values);
        sets_[size] = std::move(made);
        size_.store(size + 1, std::memory_order_release);
        return sets_[size]->values;
    }

    // `see` is called with the labels (std::array of std::string) and the values of each set.
    template <class See>
    void for_each(See see) const {
        const auto size = size_.load(std::memory_order_acquire);
        for (std::size_t i = 0; i < size; ++i) see(sets_[i]->labels, sets_[i]->values);
    }

private:
    struct set {
        std::array<std::string, Labels> labels;
        Values values;
    };
    std::array<std::unique_ptr<set>, Most> sets_;
    std::atomic<std::size_t> size_{0};
    std::map<label_views, Values*> index_;  // views into sets_
};

}  // namespace ferry

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ferry::bench {

// HdrHistogram's log-linear form: whole numbers (here nanoseconds) from 0 to an hour, each known to 3 significant
// digits, in constant memory (270 KB). Owned by: a tally. Lives on: one thread.
class histogram {
public:
    static constexpr std::uint64_t highest = std::uint64_t(3600) * 1'000'000'000;  // larger ones are counted as this

    histogram();
    void record(std::uint64_t value);
    void add(const histogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }
    double mean() const;
    double deviation() const;
    // The smallest recorded value (as the upper end of its bucket) that at least this fraction of all reach or stay
    // below; 0 if there are none.
    std::uint64_t quantile(double fraction) const;
    double fraction_up_to(std::uint64_t value) const;

    // At most `most` pairs of the upper end of a range and how many lie in it, empty ranges left out.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges(std::size_t most) const;
    // HdrHistogram's published V2 form, compressed, in base64 (HISTFAAAA...).
    std::string encoded() const;

private:
    static std::size_t slot_of(std::uint64_t value);
    static std::uint64_t upper_end(std::size_t slot);

    std::vector<std::uint64_t> counts_;
    std::size_t used_ = 0;  // slots from here on are 0
    std::uint64_t count_ = 0, max_ = 0;
    double sum_ = 0, squares_ = 0;
};

}  // namespace ferry::bench

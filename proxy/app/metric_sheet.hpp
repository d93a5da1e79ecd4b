// The figures of a scrape as they are gathered, and their text.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::app {

using metric_labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// A histogram as it was read; the last count is of what lies above all bounds. Bounds and sum are divided by `scale`.
struct histogram_view {
    std::span<const std::uint64_t> upper;
    std::span<const std::uint64_t> counts;
    std::uint64_t sum = 0;
    double scale = 1;
};

// Figures of the same name and labels are added up: each core brings its own. A family is told even when it has no
// figures. The next scrape uses the same sheet again: names and labels, which are most of the text and of the work,
// were written when they first came. Owned by whoever scrapes; one thread at a time.
// REQUIRES: one name always comes with one help, one kind and, a histogram, with the same bounds.
class metric_sheet {
public:
    metric_sheet();
    ~metric_sheet();
    metric_sheet(const metric_sheet&) = delete;
    metric_sheet& operator=(const metric_sheet&) = delete;

    // Begins or goes on with a family: what is added next belongs to it.
    metric_sheet& counter(std::string_view name, std::string_view help);
    metric_sheet& gauge(std::string_view name, std::string_view help);
    metric_sheet& histogram(std::string_view name, std::string_view help);

    metric_sheet& add(double value, metric_labels labels = {});
    metric_sheet& add(const histogram_view& values, metric_labels labels = {});

    // The text exposition format, version 0.0.4, of all that was added since the last call.
    std::string take_text();

private:
    struct families;
    std::unique_ptr<families> families_;
};

}  // namespace ferry::app
